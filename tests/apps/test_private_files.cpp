#include "apps/lifelined/private_files.hpp"
#include "tests/temp_folder.hpp"

#include <catch2/catch.hpp>

#include <sys/stat.h>

using namespace lifeline;

namespace {

mode_t mode_of(const std::string& path) {
  struct stat info {};
  REQUIRE(::stat(path.c_str(), &info) == 0);
  return info.st_mode & 07777;
}

} // namespace

TEST_CASE("private files: only a mask that keeps all others out is kept, every other becomes the strictest") {
  static_assert(app::private_mask(0022) == 0077);
  static_assert(app::private_mask(0) == 0077);
  static_assert(app::private_mask(0002) == 0077);
  static_assert(app::private_mask(0026) == 0077);
  static_assert(app::private_mask(0027) == 0027);
  static_assert(app::private_mask(0007) == 0007);
  static_assert(app::private_mask(0077) == 0077);
  const auto before = ::umask(0022);
  CHECK(app::keep_files_private() == 0077);
  const testing::temp_folder folder;
  std::filesystem::create_directories(folder.file("data/recordings"));
  std::ofstream{folder.file("data/note")} << "x";
  CHECK(mode_of(folder.file("data")) == 0700);
  CHECK(mode_of(folder.file("data/recordings")) == 0700);
  CHECK(mode_of(folder.file("data/note")) == 0600);
  ::umask(before);
}

TEST_CASE("private files: open folders are closed to others, a group's access stays, shared ones are only named") {
  const testing::temp_folder folder;
  const auto make = [&](const std::string& name, mode_t mode) {
    std::filesystem::create_directory(folder.file(name));
    REQUIRE(::chmod(folder.file(name).c_str(), mode) == 0);
    return folder.file(name);
  };
  const auto open = make("open", 0755);
  const auto group = make("group", 0750);
  const auto closed = make("closed", 0700);
  const auto shared = make("shared", 01777);
  const auto said = app::close_to_others({open, group, closed, shared, folder.file("none"), ""});
  REQUIRE(said.size() == 2);
  CHECK_THAT(said[0], Catch::Contains(open) && Catch::Contains("closed now"));
  CHECK_THAT(said[1], Catch::Contains(shared) && Catch::Contains("shared"));
  CHECK(mode_of(open) == 0750);
  CHECK(mode_of(group) == 0750);
  CHECK(mode_of(closed) == 0700);
  CHECK(mode_of(shared) == 01777);
  CHECK(app::close_to_others({open, group, closed}).empty());
  std::ofstream{folder.file("lifeline.log")} << "x";
  REQUIRE(::chmod(folder.file("lifeline.log").c_str(), 0644) == 0);
  CHECK(app::close_to_others({folder.file("lifeline.log")}).size() == 1);
  CHECK(mode_of(folder.file("lifeline.log")) == 0640);
}
