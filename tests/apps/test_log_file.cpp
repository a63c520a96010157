#include "apps/lifelined/log_file.hpp"
#include "apps/lifelined/logging.hpp"
#include "tests/temp_folder.hpp"

#include <catch2/catch.hpp>
#include <nlohmann/json.hpp>
#include <spdlog/logger.h>
#include <spdlog/pattern_formatter.h>

#include <atomic>
#include <sys/resource.h>
#include <thread>

using lifeline::app::log_file;
using lifeline::app::log_output;
using lifeline::testing::content_of;
using lifeline::testing::temp_folder;
using namespace lifeline;

namespace {

/// A logger whose lines are only their text: ten bytes for those of `write`.
struct journal_of_lines {
  explicit journal_of_lines(const std::string& path, std::uint64_t max_size = 0, std::size_t keep = 0)
      : file(std::make_shared<log_file>(path, max_size, keep)), log("test", file) {
    log.set_formatter(std::make_unique<spdlog::pattern_formatter>("%v"));
  }
  void write(int from, int to) {
    for (int i = from; i <= to; ++i)
      log.info("line {:04}", i);
  }
  std::shared_ptr<log_file> file;
  spdlog::logger log;
};

std::string lines(int from, int to) {
  std::string text;
  for (int i = from; i <= to; ++i)
    text += fmt::format("line {:04}\n", i);
  return text;
}

/// No further file can be opened by this process while it lives.
class no_more_files {
public:
  no_more_files() {
    ::getrlimit(RLIMIT_NOFILE, &before_);
    auto none = before_;
    none.rlim_cur = 0;
    ::setrlimit(RLIMIT_NOFILE, &none);
  }
  no_more_files(const no_more_files&) = delete;
  no_more_files& operator=(const no_more_files&) = delete;
  ~no_more_files() { ::setrlimit(RLIMIT_NOFILE, &before_); }

private:
  rlimit before_{};
};

} // namespace

TEST_CASE("A log file that has reached its size becomes the first of the older ones, of which so many are kept",
          "[log]") {
  const temp_folder folder;
  const auto path = folder.file("deep/log");
  journal_of_lines j(path, 35, 2);
  j.write(1, 3);
  CHECK(content_of(path) == lines(1, 3));
  CHECK_FALSE(std::filesystem::exists(path + ".1"));
  j.write(4, 11);
  CHECK(content_of(path) == lines(10, 11));
  CHECK(content_of(path + ".1") == lines(7, 9));
  CHECK(content_of(path + ".2") == lines(4, 6));
  CHECK_FALSE(std::filesystem::exists(path + ".3"));
  CHECK_FALSE(std::filesystem::exists(path + ".new"));
}

TEST_CASE("Without older files to keep a full log file begins anew", "[log]") {
  const temp_folder folder;
  journal_of_lines j(folder.file("log"), 35, 0);
  j.write(1, 4);
  CHECK(content_of(folder.file("log")) == lines(4, 4));
  CHECK_FALSE(std::filesystem::exists(folder.file("log.1")));
}

TEST_CASE("A log file without a largest size grows", "[log]") {
  const temp_folder folder;
  journal_of_lines j(folder.file("log"), 0, 5);
  j.write(1, 500);
  CHECK(content_of(folder.file("log")) == lines(1, 500));
  CHECK_FALSE(std::filesystem::exists(folder.file("log.1")));
}

TEST_CASE("What an earlier process has written counts for the size, and stays", "[log]") {
  const temp_folder folder;
  const auto path = folder.file("log");
  journal_of_lines(path, 35, 1).write(1, 2);
  journal_of_lines j(path, 35, 1);
  j.write(3, 4);
  CHECK(content_of(path + ".1") == lines(1, 3));
  CHECK(content_of(path) == lines(4, 4));
}

TEST_CASE("A line that is longer than the largest size is written whole", "[log]") {
  const temp_folder folder;
  const std::string much(100, 'x');
  journal_of_lines j(folder.file("log"), 35, 3);
  j.log.info(much);
  j.log.info(much);
  CHECK(content_of(folder.file("log")) == much + "\n");
  CHECK(content_of(folder.file("log.1")) == much + "\n");
  CHECK_FALSE(std::filesystem::exists(folder.file("log.2"))); // no empty ones in between
}

TEST_CASE("When no new log file can be made, lines go on into the old one and no older one is given up", "[log]") {
  const temp_folder folder;
  const auto path = folder.file("log");
  journal_of_lines j(path, 35, 2);
  j.write(1, 9);
  {
    const no_more_files now;
    j.write(10, 30);
  }
  CHECK(content_of(path) == lines(7, 30));
  CHECK(content_of(path + ".1") == lines(4, 6));
  CHECK(content_of(path + ".2") == lines(1, 3));
  j.write(31, 33); // tried again when as much again has come
  CHECK(content_of(path + ".1").substr(0, 10) == lines(7, 7));
  CHECK(content_of(path + ".1") + content_of(path) == lines(7, 33));
}

TEST_CASE("After somebody has moved the log file away, reopening begins a new one and loses no line", "[log]") {
  const temp_folder folder;
  const auto path = folder.file("log");
  journal_of_lines j(path);
  j.write(1, 2);
  std::filesystem::rename(path, path + ".moved");
  j.write(3, 3); // not yet told
  CHECK(j.file->reopen());
  j.write(4, 5);
  CHECK(content_of(path + ".moved") == lines(1, 3));
  CHECK(content_of(path) == lines(4, 5));
}

TEST_CASE("Rotation from outside loses and tears no line while others write", "[log]") {
  const temp_folder folder;
  const auto path = folder.file("log");
  journal_of_lines j(path);
  std::atomic<bool> done{false};
  std::thread writer([&] {
    j.write(1, 5000);
    done = true;
  });
  int moved = 0;
  while (!done) {
    std::filesystem::rename(path, path + "." + std::to_string(moved++));
    CHECK(j.file->reopen());
  }
  writer.join();
  std::string all;
  for (int i = 0; i < moved; ++i)
    all += content_of(path + "." + std::to_string(i));
  CHECK(all + content_of(path) == lines(1, 5000));
}

TEST_CASE("A log file that cannot be opened anew stays in use", "[log]") {
  const temp_folder folder;
  std::filesystem::create_directory(folder.file("a"));
  journal_of_lines j(folder.file("a/log"));
  j.write(1, 1);
  std::filesystem::rename(folder.file("a"), folder.file("b"));
  CHECK_FALSE(j.file->reopen());
  j.write(2, 2);
  CHECK(content_of(folder.file("b/log")) == lines(1, 2));
}

TEST_CASE("A log file that cannot be made is said at once", "[log]") {
  const temp_folder folder;
  std::ofstream{folder.file("file")} << "no folder";
  CHECK_THROWS_AS((log_file{folder.file("file/log"), 0, 0}), spdlog::spdlog_ex);
}

TEST_CASE("New settings of the log take effect while it is written to, or not at all", "[log]") {
  const temp_folder folder;
  config::log_settings s;
  s.file = folder.file("first");
  log_output output(s);
  const auto log = output.logger();
  log->debug("too fine");
  log->info("one");
  CHECK(content_of(folder.file("first")).find(" info one\n") != std::string::npos);
  CHECK(content_of(folder.file("first")).find("too fine") == std::string::npos);

  s.file = folder.file("second");
  s.level = config::log_level::debug;
  s.format = config::log_format::json;
  REQUIRE(output.apply(s));
  log->debug("two \"quoted\"\n\xff");
  const auto line = nlohmann::json::parse(content_of(folder.file("second")));
  CHECK(line.at("level") == "debug");
  CHECK(line.at("message") == "two \"quoted\"\n\xef\xbf\xbd");

  auto wrong = s;
  wrong.file = folder.file("second/no-folder");
  wrong.level = config::log_level::error;
  CHECK_FALSE(output.apply(wrong));
  log->debug("three");
  CHECK(content_of(folder.file("second")).find("three") != std::string::npos);

  std::filesystem::rename(folder.file("second"), folder.file("old"));
  REQUIRE(output.reopen());
  log->info("four");
  CHECK(nlohmann::json::parse(content_of(folder.file("second"))).at("message") == "four");
}
