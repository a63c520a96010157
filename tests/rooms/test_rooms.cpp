// Which room may know which, held against every #include of the sources. docs/inside.md draws it.

#include <catch2/catch.hpp>

#include <algorithm>
#include <filesystem>
#include <fstream>
#include <map>
#include <set>
#include <string>
#include <vector>

namespace fs = std::filesystem;

namespace {

/// A room and those that it may include besides itself. A room of a module may include what the module may.
using arrows = std::map<std::string, std::set<std::string>>;

const arrows modules{
    {"domain", {}},
    {"sip", {"domain"}},
    {"media", {"domain"}},
    {"storage", {"domain"}},
    {"webhook", {"domain"}},
    {"actors", {"domain", "sip", "media", "storage", "webhook"}},
    {"metrics", {"domain", "actors", "sip", "media", "storage"}}, // the log, and what actors and gateways publish
    {"cti", {"domain", "actors", "webhook"}},
    {"config", {"domain", "sip", "media", "storage", "webhook"}}, // the plain structs that it fills
    {"apps", {"domain", "actors", "sip", "media", "storage", "webhook", "metrics", "cti", "config"}},
    {"bench", {"domain", "actors", "sip", "media", "storage", "webhook", "metrics", "cti", "config", "apps", "tests"}},
};

const arrows rooms{
    {"domain/base", {}},
    {"domain/log", {"domain/base"}},
    {"domain/plan", {"domain/base", "domain/log"}},
    {"domain/voice", {"domain/base"}},
    {"domain/agents", {"domain/base", "domain/log", "domain/plan", "domain/voice"}},
    {"domain/calls", {"domain/base", "domain/log", "domain/plan", "domain/agents"}},
    {"domain/routing", {"domain/base", "domain/log", "domain/plan", "domain/agents"}},
    {"domain/lifts", {"domain/base"}},
    {"domain/rescue", {"domain/base", "domain/log", "domain/plan", "domain/voice", "domain/lifts"}},
    {"domain/planning", {"domain/base", "domain/plan", "domain/routing"}},
    {"actors/supervision", {}},
    {"actors/protocol", {"actors/supervision"}},
    {"actors/core", {"actors/supervision", "actors/protocol"}},
    {"actors/voice", {"actors/supervision", "actors/protocol", "actors/core"}},
    {"actors/agents", {"actors/supervision", "actors/protocol", "actors/core", "actors/voice"}},
    {"actors/routing", {"actors/supervision", "actors/protocol", "actors/core"}},
    {"actors/calls", {"actors/supervision", "actors/protocol", "actors/core", "actors/agents"}},
    {"actors/rescue", {"actors/supervision", "actors/protocol", "actors/core", "actors/voice", "actors/calls"}},
    {"actors/engine",
     {"actors/supervision", "actors/protocol", "actors/core", "actors/voice", "actors/agents", "actors/routing",
      "actors/calls", "actors/rescue"}},
    {"cti/http", {}},
    {"cti/api", {"cti/http"}},
    {"cti/public", {"cti/http", "cti/api"}},
};

struct include {
  std::string from; ///< file
  std::string to;
};

std::string part(const std::string& path, int parts) {
  std::size_t end = 0;
  for (int i = 0; i < parts; ++i) {
    end = path.find('/', i == 0 ? 0 : end + 1);
    if (end == std::string::npos) return {};
  }
  return path.substr(0, end);
}

std::vector<include> includes() {
  std::vector<include> all;
  const fs::path root = LIFELINE_SOURCE_DIR;
  for (const auto& [module, known] : modules)
    for (const auto& file : fs::recursive_directory_iterator(root / module)) {
      const auto kind = file.path().extension();
      if (kind != ".cpp" && kind != ".hpp") continue;
      std::ifstream in(file.path());
      for (std::string line; std::getline(in, line);) {
        if (line.rfind("#include \"", 0) != 0) continue;
        const auto name = line.substr(10, line.rfind('"') - 10);
        if (name.find('/') != std::string::npos) all.push_back({fs::relative(file.path(), root).string(), name});
      }
    }
  return all;
}

bool allowed(const arrows& a, const std::string& from, const std::string& to) {
  return from == to || (a.contains(from) && a.at(from).contains(to));
}

} // namespace

TEST_CASE("rooms include only those below them") {
  const auto all = includes();
  REQUIRE(all.size() > 1000);
  std::vector<std::string> wrong;
  for (const auto& i : all) {
    const auto module = part(i.from, 1);
    const auto other = part(i.to, 1);
    const auto room = part(i.from, 2);
    const bool fine =
        module == other && rooms.contains(room) ? allowed(rooms, room, part(i.to, 2)) : allowed(modules, module, other);
    if (!fine) wrong.push_back(i.from + " includes " + i.to);
  }
  CHECK(wrong == std::vector<std::string>{});
}

TEST_CASE("every file of a module that has rooms lies in one of them") {
  std::set<std::string> with_rooms;
  for (const auto& [room, known] : rooms)
    with_rooms.insert(part(room + '/', 1));
  const fs::path root = LIFELINE_SOURCE_DIR;
  std::vector<std::string> homeless;
  for (const auto& module : with_rooms)
    for (const auto& file : fs::recursive_directory_iterator(root / module)) {
      const auto kind = file.path().extension();
      const auto name = fs::relative(file.path(), root).string();
      if ((kind == ".cpp" || kind == ".hpp") && !rooms.contains(part(name, 2))) homeless.push_back(name);
    }
  CHECK(homeless == std::vector<std::string>{});
}

TEST_CASE("what is included is there, by its full path") {
  const fs::path root = LIFELINE_SOURCE_DIR;
  std::vector<std::string> missing;
  for (const auto& i : includes())
    if (!fs::exists(root / i.to)) missing.push_back(i.from + " includes " + i.to);
  CHECK(missing == std::vector<std::string>{});
}

TEST_CASE("what is said to alarms is known to the rescue side and to the engine around it alone") {
  std::vector<std::string> wrong;
  for (const auto& i : includes()) {
    const auto room = part(i.from, 2);
    if (i.to == "actors/protocol/rescue.hpp" && room != "actors/rescue" && room != "actors/engine")
      wrong.push_back(i.from);
  }
  CHECK(wrong == std::vector<std::string>{});
}

// CAF's headers cost each file that sees them ten seconds of the compiler's time.
TEST_CASE("whoever speaks to the engine through its interfaces sees nothing of CAF") {
  const fs::path root = LIFELINE_SOURCE_DIR;
  std::set<std::string> with_caf;
  for (const auto& file : fs::recursive_directory_iterator(root / "actors")) {
    std::ifstream in(file.path());
    for (std::string line; std::getline(in, line);)
      if (line.rfind("#include <caf/", 0) == 0) with_caf.insert(fs::relative(file.path(), root).string());
  }
  REQUIRE(with_caf.size() > 10);
  std::multimap<std::string, std::string> seen_by;
  for (const auto& i : includes())
    seen_by.emplace(i.to, i.from);
  std::set<std::string> wrong;
  std::vector<std::string> open{with_caf.begin(), with_caf.end()};
  std::set<std::string> known = with_caf;
  while (!open.empty()) {
    const auto [first, last] = seen_by.equal_range(open.back());
    open.pop_back();
    for (auto it = first; it != last; ++it) {
      if (!known.insert(it->second).second) continue;
      open.push_back(it->second);
      if (part(it->second, 1) == "cti" || it->second.rfind("apps/lifelinectl/", 0) == 0) wrong.insert(it->second);
    }
  }
  CHECK(wrong == std::set<std::string>{});
}
