#pragma once
// A disk that can be switched while the engine runs on it: lifeline_faulty_disk.so beneath the engine, and its switch.

#include "tests/peers/harness/workspace.hpp"

#include <chrono>
#include <filesystem>
#include <map>
#include <string>

namespace lifeline::peers {

class faulty_disk {
public:
  /// `folder` is what lies on the disk, itself and all below.
  faulty_disk(const workspace& place, const std::filesystem::path& folder);
  ~faulty_disk();
  faulty_disk(const faulty_disk&) = delete;
  faulty_disk& operator=(const faulty_disk&) = delete;

  /// For the child that shall live on it.
  [[nodiscard]] std::map<std::string, std::string> environment() const;

  void heal() { set("none"); }
  /// No byte more can be written, no file made; files can be removed.
  void fill_up() { set("full"); }
  /// Every write, sync and opening takes so long.
  void slow_down(std::chrono::milliseconds each) { set("slow " + std::to_string(each.count())); }
  /// Everything that changes something fails with EROFS.
  void make_read_only() { set("readonly"); }
  /// Everything fails with EIO, reading too.
  void take_away() { set("gone"); }
  /// How many operations have failed or were slowed down so far.
  [[nodiscard]] unsigned long hits() const;

private:
  void set(const std::string& mode);

  std::filesystem::path folder_;
  std::filesystem::path control_;
  char* shared_ = nullptr;
};

} // namespace lifeline::peers
