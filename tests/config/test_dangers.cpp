// What works and is most likely not meant: warned of, or refused unless it is said in so many words.

#include "wrong_files.hpp"

#include <sstream>

using namespace lifeline::config;
using namespace lifeline::config::testing;

namespace {

std::vector<std::string> warnings_of(const std::string& more) {
  const auto read = read_text(right + more, "f");
  std::vector<std::string> found;
  if (!read) {
    found.push_back("refused: " + to_string(read.error()));
  } else {
    for (const auto& w : read->warnings)
      found.push_back(to_string(w).substr(2));
  }
  return found;
}

bool begins(const std::vector<std::string>& found, const std::string& with) {
  INFO((found.empty() ? "nothing was found" : found.front()));
  return found.size() == 1 && found.front().rfind(with, 0) == 0;
}

const std::string trunk = "[[trunk]]\nname = \"carrier\"\n";

} // namespace

TEST_CASE("a trunk that the whole network may be is refused unless it is meant") {
  for (const std::string network : {"0.0.0.0/0", "::/0", "128.0.0.0/1", "2000::/3"}) {
    const auto cidrs = "cidrs = [\"" + network + "\"]\n";
    const auto read = read_text(right + trunk + cidrs, "f");
    REQUIRE_FALSE(read);
    CHECK(
        to_string(read.error()) ==
        "f:9:10: cidrs: \"" + network +
            "\" lets everybody call as this trunk, without a password: expected the carrier's own networks, or open = "
            "true if that is meant\n");
    CHECK(begins(warnings_of(trunk + cidrs + "open = true\n"),
                 "9:10: cidrs: trunk \"carrier\" is open: whoever sends from " + network));
  }
  CHECK(warnings_of(trunk + "cidrs = [\"10.0.0.0/8\", \"2001:db8::/32\"]\n").empty());
}

TEST_CASE("an API that the network can read is warned of") {
  for (const std::string bind : {"0.0.0.0", "::", "192.0.2.7"})
    CHECK(begins(warnings_of("[http]\nbind = \"" + bind + "\"\n"), "8:8: bind: the API is open to the network"));
  for (const std::string bind : {"127.0.0.1", "127.0.0.9", "::1"})
    CHECK(warnings_of("[http]\nbind = \"" + bind + "\"\n").empty());
}

TEST_CASE("links that nobody can follow, or that everybody can read, are warned of") {
  const std::string rescues = "[[hotline]]\nname = \"96333\"\nqueue = \"12315\"\n[[trunk]]\nname = \"c\"\noutbound = "
                              "\"127.0.0.1:5070\"\n[rescue]\n";
  const auto with = [&](const std::string& url) {
    return warnings_of(rescues + "[public]\nport = 0\nurl = \"" + url + "\"\n");
  };
  for (const std::string url : {"https://127.0.0.1:8443", "http://localhost", "https://127.9.9.9/lift"})
    CHECK(begins(with(url), "16:7: url: nobody's telephone reaches "));
  CHECK(begins(with("http://lift.example.cn"), "16:7: url: passengers' and rescuers' pages go over the network "));
  CHECK(with("https://lift.example.cn/96333").empty());
}

TEST_CASE("drills and a guard that guards nothing are warned of") {
  CHECK(begins(warnings_of("[testing]\nfault_injection = true\n"), "8:19: fault_injection: with "));
  CHECK(begins(warnings_of("[sip.guard]\nnever_banned = [\"0.0.0.0/0\"]\n"), "7:1: never_banned: "));
}

TEST_CASE("a check tells of warnings and is still right") {
  const scratch_folder folder;
  write_file(folder / "lifeline.toml", right + "[http]\nbind = \"0.0.0.0\"\n");
  std::ostringstream out;
  std::ostringstream err;
  CHECK(check_file(folder / "lifeline.toml", {}, out, err) == 0);
  CHECK(out.str().find(": ok: 1 hotline") != std::string::npos);
  CHECK(err.str().rfind("warning: ", 0) == 0);
  CHECK(err.str().find("lifeline.toml:8:8: bind: ") != std::string::npos);
}
