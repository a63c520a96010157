#pragma once
// For parsers that read files: one folder in memory per process, removed at its end.

#include <filesystem>
#include <fstream>
#include <stdexcept>
#include <string>
#include <string_view>

#include <unistd.h>

namespace lifeline::fuzz {

class scratch_folder {
public:
  scratch_folder() {
    std::error_code none;
    const auto base = std::filesystem::exists("/dev/shm", none) ? std::filesystem::path{"/dev/shm"}
                                                                : std::filesystem::temp_directory_path();
    auto pattern = (base / "lifeline-fuzz-XXXXXX").string();
    if (::mkdtemp(pattern.data()) == nullptr) throw std::runtime_error(pattern + " cannot be made");
    path_ = pattern;
  }
  ~scratch_folder() {
    std::error_code none;
    std::filesystem::remove_all(path_, none);
  }
  scratch_folder(const scratch_folder&) = delete;
  scratch_folder& operator=(const scratch_folder&) = delete;

  [[nodiscard]] const std::filesystem::path& path() const { return path_; }
  /// The file with exactly these bytes.
  std::string write(const std::string& name, std::string_view bytes) const {
    const auto file = path_ / name;
    std::ofstream out(file, std::ios::binary | std::ios::trunc);
    out.write(bytes.data(), static_cast<std::streamsize>(bytes.size()));
    return file.string();
  }

private:
  std::filesystem::path path_;
};

} // namespace lifeline::fuzz
