#pragma once
// Where a test lives: its own temporary folder, its own ports, and the programs and files of this build.

#include <cstdint>
#include <filesystem>
#include <string>

namespace lifeline::peers {

/// A folder under the system's temporary one. Removed at the end, unless the test fails (an exception is on its way) or
/// LIFELINE_KEEP is set: then it is kept and its path is printed.
class workspace {
public:
  explicit workspace(const std::string& name);
  ~workspace();
  workspace(const workspace&) = delete;
  workspace& operator=(const workspace&) = delete;

  [[nodiscard]] const std::filesystem::path& path() const { return path_; }
  /// A path inside, for a file that is about to be written.
  [[nodiscard]] std::filesystem::path file(const std::string& name) const { return path_ / name; }
  void keep() { keep_ = true; }

private:
  std::filesystem::path path_;
  bool keep_ = false;
  int exceptions_ = 0;
};

/// A program of this build (`lifelined`, ...): beside the running one, or in $LIFELINE_BIN.
std::filesystem::path program(const std::string& name);
/// A file of the source tree.
std::filesystem::path source_file(const std::string& relative);

std::string read_text(const std::filesystem::path& file);
void write_text(const std::filesystem::path& file, const std::string& text);
/// The end of a file, for messages about failures.
std::string tail(const std::filesystem::path& file, std::size_t lines = 40);

/// Ports that no other process of this harness uses: each process locks one block of 500 below the system's own range
/// of chosen ports. The first 300 are for the engine's media, the rest is given out one by one.
struct port_range {
  std::uint16_t first = 0;
  std::uint16_t last = 0;
};
port_range engine_media_ports();
/// A port that can be bound at 127.0.0.1 over UDP and TCP now. `count` neighbours are taken with it.
std::uint16_t take_port(std::uint16_t count = 1);
/// Whether nobody listens there over UDP (with `tcp`: over TCP).
bool is_free(std::uint16_t port, bool tcp = false);

} // namespace lifeline::peers
