#include "storage/witness.hpp"

#include "storage/wal_check.hpp"
#include "storage/wal_file.hpp"

#include <algorithm>
#include <cerrno>
#include <charconv>
#include <cstring>

#include <fcntl.h>
#include <unistd.h>

namespace lifeline::storage {

namespace {

constexpr std::string_view head = "lifeline witness 1\n";
constexpr std::size_t most_wals = 32;

std::string path_in(const std::string& directory) { return directory + "/" + std::string(witness_file); }

std::optional<std::uint64_t> take_number(std::string_view& text) {
  std::uint64_t value = 0;
  const auto [end, bad] = std::from_chars(text.data(), text.data() + text.size(), value);
  if (bad != std::errc{}) return std::nullopt;
  text.remove_prefix(static_cast<std::size_t>(end - text.data()));
  if (!text.empty()) text.remove_prefix(1);
  return value;
}

} // namespace

std::string testimony::encode() const {
  auto text = std::string(head) + std::to_string(position) + " " + std::to_string(last_sequence) + "\n";
  const auto skipped = wals.size() > most_wals ? wals.size() - most_wals : 0;
  text += std::to_string(wals.size() - skipped);
  for (auto i = skipped; i < wals.size() && text.size() < witness_size - 48; ++i)
    text += " " + std::to_string(wals[i]);
  text += "\n";
  text += std::to_string(masked_crc32c(text)) + "\n";
  text.resize(witness_size, ' ');
  text.back() = '\n';
  return text;
}

std::optional<testimony> testimony::decode(std::string_view bytes) {
  if (bytes.size() != witness_size || !bytes.starts_with(head)) return std::nullopt;
  auto text = bytes.substr(head.size());
  testimony t;
  const auto position = take_number(text);
  const auto last = take_number(text);
  const auto count = take_number(text);
  if (!position || !last || !count || *count > most_wals) return std::nullopt;
  t.position = *position;
  t.last_sequence = *last;
  for (std::uint64_t i = 0; i < *count; ++i) {
    const auto number = take_number(text);
    if (!number) return std::nullopt;
    t.wals.push_back(*number);
  }
  const auto covered = bytes.substr(0, bytes.size() - text.size());
  if (take_number(text) != masked_crc32c(covered)) return std::nullopt;
  return t;
}

std::optional<testimony> read_witness(const std::string& directory) {
  const auto bytes = read_whole_file(path_in(directory));
  return bytes ? testimony::decode(*bytes) : std::nullopt;
}

witness::~witness() {
  if (fd_ >= 0) ::close(fd_);
}

tl::expected<void, failure> witness::open(const std::string& directory, testimony first) {
  const auto path = path_in(directory);
  known_ = std::move(first);
  fd_ = ::open(path.c_str(), O_WRONLY | O_CREAT | O_CLOEXEC, 0600);
  if (fd_ < 0 || !write() || ::fsync(fd_) != 0)
    return tl::unexpected(failure{errno == ENOSPC || errno == EDQUOT ? errc::disk_full : errc::io_error,
                                  "writing " + path + ": " + std::strerror(errno)});
  return {};
}

bool witness::write() const {
  const auto bytes = known_.encode();
  return ::pwrite(fd_, bytes.data(), bytes.size(), 0) == static_cast<ssize_t>(bytes.size());
}

void witness::note(std::uint64_t position, std::uint64_t last_sequence, std::uint64_t wal) {
  if (fd_ < 0) return;
  known_.position = position;
  known_.last_sequence = last_sequence;
  if (wal != 0 && (known_.wals.empty() || known_.wals.back() != wal)) known_.wals.push_back(wal);
  if (known_.wals.size() > most_wals) known_.wals.erase(known_.wals.begin());
  (void)write();
}

void witness::forget_wals_below(std::uint64_t least) {
  std::erase_if(known_.wals, [&](std::uint64_t n) { return n < least; });
}

} // namespace lifeline::storage
