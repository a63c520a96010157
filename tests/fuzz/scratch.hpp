#pragma once
// For parsers that read files: one folder in memory per process, removed at its end.

#include "tests/temp_folder.hpp"

#include <filesystem>
#include <fstream>
#include <string>
#include <string_view>

namespace lifeline::fuzz {

class scratch_folder {
public:
  [[nodiscard]] const std::filesystem::path& path() const { return folder_.path; }
  /// The file with exactly these bytes.
  std::string write(const std::string& name, std::string_view bytes) const {
    auto file = folder_.file(name);
    std::ofstream out(file, std::ios::binary | std::ios::trunc);
    out.write(bytes.data(), static_cast<std::streamsize>(bytes.size()));
    return file;
  }

private:
  static std::filesystem::path in_memory() {
    std::error_code none;
    const std::filesystem::path memory = "/dev/shm";
    return std::filesystem::exists(memory, none) ? memory : std::filesystem::temp_directory_path();
  }
  lifeline::testing::temp_folder folder_{in_memory()};
};

} // namespace lifeline::fuzz
