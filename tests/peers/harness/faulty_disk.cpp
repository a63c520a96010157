#include "tests/peers/harness/faulty_disk.hpp"

#include <cerrno>
#include <cstdlib>
#include <cstring>
#include <stdexcept>

#include <fcntl.h>
#include <sys/mman.h>
#include <unistd.h>

namespace lifeline::peers {

namespace {

// The layout is shared with faulty_disk_preload.c: the mode as text, then a counter.
constexpr std::size_t mode_bytes = 64;
constexpr std::size_t control_bytes = 128;

} // namespace

faulty_disk::faulty_disk(const workspace& place, const std::filesystem::path& folder)
    : folder_(folder), control_(place.file("disk-control")) {
  std::filesystem::create_directories(folder_);
  const int fd = ::open(control_.c_str(), O_RDWR | O_CREAT | O_CLOEXEC, 0600);
  if (fd < 0 || ::ftruncate(fd, control_bytes) != 0) throw std::runtime_error(control_.string() + " cannot be made");
  void* memory = ::mmap(nullptr, control_bytes, PROT_READ | PROT_WRITE, MAP_SHARED, fd, 0);
  ::close(fd);
  if (memory == MAP_FAILED) throw std::runtime_error(control_.string() + ": " + std::strerror(errno));
  shared_ = static_cast<char*>(memory);
  heal();
}

faulty_disk::~faulty_disk() { ::munmap(shared_, control_bytes); }

std::map<std::string, std::string> faulty_disk::environment() const {
  std::map<std::string, std::string> all{{"LD_PRELOAD", program("liblifeline_faulty_disk.so").string()},
                                         {"LIFELINE_FAULTY_FOLDER", folder_.string()},
                                         {"LIFELINE_FAULTY_CONTROL", control_.string()}};
  // An engine built with the address sanitizer wants its own library first; the order does no harm here.
  const char* options = std::getenv("ASAN_OPTIONS");
  all["ASAN_OPTIONS"] = (options != nullptr ? std::string{options} + ":" : std::string{}) + "verify_asan_link_order=0";
  return all;
}

void faulty_disk::set(const std::string& mode) {
  char text[mode_bytes] = {};
  std::memcpy(text, mode.data(), mode.size());
  // The first letter last: the library looks at it before the rest.
  std::memcpy(shared_ + 1, text + 1, mode_bytes - 1);
  __atomic_store_n(shared_, text[0], __ATOMIC_SEQ_CST);
}

unsigned long faulty_disk::hits() const {
  return __atomic_load_n(reinterpret_cast<const unsigned long*>(shared_ + mode_bytes), __ATOMIC_SEQ_CST);
}

} // namespace lifeline::peers
