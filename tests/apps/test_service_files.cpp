// The files that make a service of the engine: what they say, and, where the programs are there, that those agree.
#include "tests/temp_folder.hpp"

#include <catch2/catch.hpp>

#include <algorithm>
#include <array>
#include <cstdio>
#include <map>
#include <sstream>
#include <sys/wait.h>
#include <vector>

using lifeline::testing::content_of;
using lifeline::testing::temp_folder;

namespace {

const std::string unit_path = LIFELINE_SOURCE_DIR "/config/systemd/lifeline.service";
const std::string rotation_path = LIFELINE_SOURCE_DIR "/config/logrotate/lifeline";

/// Lines without the blanks around them; none that are empty or a comment.
std::vector<std::string> lines_of(const std::string& path) {
  std::vector<std::string> result;
  std::istringstream in(content_of(path));
  for (std::string line; std::getline(in, line);) {
    const auto first = line.find_first_not_of(" \t");
    if (first == std::string::npos || line[first] == '#') continue;
    result.push_back(line.substr(first, line.find_last_not_of(" \t") - first + 1));
  }
  return result;
}

/// "Section.Key" to its value. Fails the test when a line is none of a unit file or a key is given twice.
std::map<std::string, std::string> read_unit(const std::string& path) {
  std::map<std::string, std::string> result;
  std::string section;
  for (const auto& line : lines_of(path)) {
    INFO(line);
    if (line.front() == '[') {
      REQUIRE(line.back() == ']');
      section = line.substr(1, line.size() - 2);
      continue;
    }
    const auto equals = line.find('=');
    REQUIRE(equals != std::string::npos);
    REQUIRE_FALSE(section.empty());
    REQUIRE(result.emplace(section + "." + line.substr(0, equals), line.substr(equals + 1)).second);
  }
  return result;
}

std::vector<std::string> words_of(const std::string& text) {
  std::istringstream in(text);
  std::vector<std::string> words;
  for (std::string word; in >> word;)
    words.push_back(word);
  return words;
}

struct outcome {
  int status = -1;
  std::string output;
};

outcome run(const std::string& command) {
  outcome result;
  auto* pipe = ::popen((command + " 2>&1").c_str(), "r");
  if (pipe == nullptr) return result;
  std::array<char, 4096> block{};
  while (const auto got = std::fread(block.data(), 1, block.size(), pipe))
    result.output.append(block.data(), got);
  const int status = ::pclose(pipe);
  if (WIFEXITED(status)) result.status = WEXITSTATUS(status);
  return result;
}

bool installed(const std::string& program) {
  return run("PATH=$PATH:/usr/sbin:/sbin command -v " + program).status == 0;
}

} // namespace

TEST_CASE("The service is watched, restarted whenever it ends, and reloaded by SIGHUP", "[service]") {
  auto unit = read_unit(unit_path);
  CHECK(unit["Service.Type"] == "notify");
  CHECK(unit["Service.NotifyAccess"] == "main");
  CHECK(unit["Service.WatchdogSec"] == "30");
  CHECK(unit["Service.Restart"] == "always");
  CHECK(unit["Service.RestartSec"] == "1");
  CHECK(unit["Unit.StartLimitIntervalSec"] == "0");
  CHECK(unit["Service.TimeoutStopSec"] == "30");
  CHECK(unit["Service.LimitNOFILE"] == "65536");
  CHECK(unit["Service.ExecStart"] == "/usr/local/bin/lifelined --config /etc/lifeline/lifeline.toml");
  CHECK(unit["Service.ExecReload"] == "/bin/kill -HUP $MAINPID");
  CHECK(unit["Service.User"] == "lifeline");
  CHECK(unit["Service.StateDirectory"] == "lifeline");
  CHECK(unit["Install.WantedBy"] == "multi-user.target");
}

TEST_CASE("The service's fences leave what the engine does", "[service]") {
  auto unit = read_unit(unit_path);
  CHECK(unit["Service.NoNewPrivileges"] == "yes");
  CHECK(unit["Service.ProtectSystem"] == "strict"); // StateDirectory and LogsDirectory are exempt
  const auto families = words_of(unit["Service.RestrictAddressFamilies"]);
  for (const auto* family : {"AF_INET", "AF_INET6", "AF_UNIX", "AF_NETLINK"})
    CHECK(std::find(families.begin(), families.end(), family) != families.end());
  // These would take the network, the addresses that phones have, or the watch over its own threads and files.
  for (const auto* key : {"PrivateNetwork", "IPAddressDeny", "SocketBindDeny", "ProcSubset", "DynamicUser"})
    CHECK(unit.count("Service." + std::string{key}) == 0);
  CHECK(unit["Service.SystemCallFilter"] == "@system-service");
}

TEST_CASE("systemd itself finds no fault with the service", "[service]") {
  if (!installed("systemd-analyze")) {
    WARN("systemd-analyze is not installed");
    return;
  }
  // The engine need not be installed for this.
  const temp_folder folder;
  auto text = content_of(unit_path);
  const std::string program = "/usr/local/bin/lifelined";
  const auto at = text.find("ExecStart=" + program);
  REQUIRE(at != std::string::npos);
  text.replace(at, std::string{"ExecStart="}.size() + program.size(), "ExecStart=/bin/true");
  std::ofstream{folder.file("lifeline.service")} << text;
  const auto result = run("systemd-analyze verify --man=no " + folder.file("lifeline.service"));
  CHECK(result.status == 0);
  // It complains about other units of the machine too, and an unknown key is only a complaint.
  std::istringstream complaints(result.output);
  for (std::string line; std::getline(complaints, line);)
    CHECK(line.find("lifeline.service") == std::string::npos);
}

TEST_CASE("The log is rotated each day, kept for the audit and opened anew", "[service]") {
  const auto lines = lines_of(rotation_path);
  REQUIRE_FALSE(lines.empty());
  CHECK(lines.front() == "/var/log/lifeline/lifelined.log {");
  CHECK(lines.back() == "}");
  for (const auto* wanted :
       {"daily", "rotate 180", "missingok", "notifempty", "compress", "delaycompress", "nocreate"}) {
    INFO(wanted);
    CHECK(std::count(lines.begin(), lines.end(), wanted) == 1);
  }
  // Copied and cut off, lines in between would be lost.
  CHECK(std::count(lines.begin(), lines.end(), "copytruncate") == 0);
  const auto begin = std::find(lines.begin(), lines.end(), "postrotate");
  const auto end = std::find(begin, lines.end(), "endscript");
  REQUIRE(end != lines.end());
  CHECK(std::any_of(begin, end, [](const auto& line) { return line.find("kill -HUP") != std::string::npos; }));
}

TEST_CASE("The script after a rotation signals the engine, and is quiet when it does not run", "[service]") {
  const temp_folder folder;
  const auto all = lines_of(rotation_path);
  const auto begin = std::find(all.begin(), all.end(), "postrotate");
  const auto end = std::find(begin, all.end(), "endscript");
  REQUIRE(end != all.end());
  std::ofstream script{folder.file("script")};
  script << "kill() { echo \"kill $*\"; }\nsystemctl() { echo \"$PID_OF_ENGINE\"; }\n";
  std::for_each(std::next(begin), end, [&](const auto& line) { script << line << '\n'; });
  script.close();
  const auto with_pid = [&](const std::string& pid) {
    return run("PID_OF_ENGINE=" + pid + " sh " + folder.file("script"));
  };
  CHECK(with_pid("4711").output == "kill -HUP 4711\n");
  for (const auto* none : {"0", "''"}) {
    const auto result = with_pid(none);
    CHECK(result.status == 0);
    CHECK(result.output.empty());
  }
}

TEST_CASE("logrotate itself finds no fault with its file", "[service]") {
  if (!installed("logrotate")) {
    WARN("logrotate is not installed");
    return;
  }
  // Without `su`: the user need not exist here.
  const temp_folder folder;
  std::ofstream copy{folder.file("lifeline")};
  for (const auto& line : lines_of(rotation_path))
    if (line.rfind("su ", 0) != 0) copy << line << '\n';
  copy.close();
  std::filesystem::permissions(folder.file("lifeline"), std::filesystem::perms{0644});
  const auto result =
      run("PATH=$PATH:/usr/sbin logrotate -d -s " + folder.file("state") + " " + folder.file("lifeline"));
  INFO(result.output);
  CHECK(result.status == 0);
  CHECK(result.output.find("error:") == std::string::npos);
}
