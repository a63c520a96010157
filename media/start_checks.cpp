#include "media/start_checks.hpp"

#include "media/port_pool.hpp"

#include <cerrno>
#include <cstdlib>
#include <cstring>
#include <filesystem>

#include <sys/resource.h>
#include <unistd.h>

namespace lifeline::media {

namespace {
/// SIP, HTTP, the journal, prompts, recordings being sealed.
constexpr std::size_t reserved_files = 512;
} // namespace

tl::expected<void, std::string> check_ports(const settings& s) {
  const auto range = std::to_string(s.port_min) + "-" + std::to_string(s.port_max);
  if (s.port_min < 1024) return tl::unexpected("media ports " + range + ": ports below 1024 are not for media");
  if (count_port_pairs(s.port_min, s.port_max) == 0)
    return tl::unexpected("media ports " + range + ": no even port with the odd one after it lies in the range");
  return {};
}

tl::expected<void, std::string> check_recordings_folder(const std::string& folder) {
  std::error_code ec;
  std::filesystem::create_directories(folder, ec);
  if (ec) return tl::unexpected("recordings folder " + folder + " cannot be made: " + ec.message());
  auto probe = (std::filesystem::path(folder) / ".probe-XXXXXX").string();
  const int fd = ::mkstemp(probe.data());
  if (fd < 0) return tl::unexpected("recordings folder " + folder + " cannot be written: " + std::strerror(errno));
  ::close(fd);
  (void)::unlink(probe.c_str());
  return {};
}

tl::expected<std::size_t, std::string> ensure_open_files(std::size_t port_pairs) {
  const auto needed = port_pairs * 2 + reserved_files;
  rlimit limit{};
  if (::getrlimit(RLIMIT_NOFILE, &limit) != 0)
    return tl::unexpected(std::string("the limit of open files is unknown: ") + std::strerror(errno));
  if (limit.rlim_cur < needed && needed <= limit.rlim_max) {
    const rlimit raised{needed, limit.rlim_max};
    if (::setrlimit(RLIMIT_NOFILE, &raised) == 0) limit = raised;
  }
  if (limit.rlim_cur < needed)
    return tl::unexpected("the limit of open files is " + std::to_string(limit.rlim_cur) + ", but " +
                          std::to_string(port_pairs) + " RTP port pairs need " + std::to_string(needed) +
                          ": raise it (ulimit -n) or narrow the range of media ports");
  return static_cast<std::size_t>(limit.rlim_cur);
}

} // namespace lifeline::media
