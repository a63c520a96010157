// Rules and documentation speak of the metrics that there are.

#include "source_folder.hpp"
#include "tests/metrics/support.hpp"

#include <catch2/catch.hpp>
#include <nlohmann/json.hpp>

#include <fstream>
#include <iterator>
#include <regex>
#include <set>

using namespace lifeline;
using namespace lifeline::testing;

namespace {

/// An engine in which every family has something to show.
std::string everything() {
  actors::metric_sources s;
  s.sip = [] {
    sip::sip_statistics x;
    x.responses_sent = x.responses_received = {{200, 1}};
    x.refused = {{"overload", 1}};
    x.certificate_expires = start;
    return x;
  };
  s.media = [] { return media::media_statistics{}; };
  s.journal = [] { return storage::journal_health{}; };
  s.mailboxes = [] { return std::map<std::string, std::uint64_t>{{"calls", 1}}; };
  s.trunks = [] {
    std::vector<sip::trunk_state> x(1);
    x[0].name = "pstn";
    x[0].registers = true;
    x[0].round_trip = 1ms;
    return x;
  };
  s.shedding = [] { return 0; };
  s.actor_lag = [] { return 1ms; };
  s.ready = [] { return true; };
  s.outbound_held = [] { return false; };
  s.cut_calls = [] { return std::map<std::string, std::uint64_t>{{"12315", 1}}; };
  s.lines = [] { return std::map<std::string, std::uint64_t>{{"12315", 1}}; };
  s.rescue = [] { return actors::rescue_figures{}; };
  s.folders = {{"journal", "/"}};
  auto plan = two_queues();
  plan.hotlines[0].lines = 7;
  actors::metrics m(plan, s);
  log_writer log(m);
  log(call(1), queue_entered{"12315", 0, 1, 5s});
  log(call(1), queue_left{"12315", queue_outcome::answered, 1s}, 1s);
  log({}, configuration_reloaded{});
  log({}, backup_made{});
  return m.render(start);
}

std::string content_of(const std::string& path) {
  std::ifstream file(std::string{LIFELINE_SOURCE_FOLDER} + path);
  return {std::istreambuf_iterator<char>{file}, {}};
}

std::set<std::string> names_in(const std::string& text, const std::string& pattern) {
  std::set<std::string> names;
  const std::regex expression(pattern);
  for (std::sregex_iterator it(text.begin(), text.end(), expression), end; it != end; ++it)
    names.insert((*it)[1].str());
  return names;
}

/// All names of a text that are no metric of the engine. Histograms are asked for by their parts.
std::vector<std::string> unknown_names(const std::string& text) {
  const auto page = everything();
  const auto there = names_in(page, "# TYPE (\\w+) ");
  const auto histograms = names_in(page, "# TYPE (\\w+) histogram");
  std::vector<std::string> unknown;
  for (const auto& name : names_in(text, "\\b((?:lifeline|process)_\\w+)")) {
    const auto part = std::regex_replace(name, std::regex("_(bucket|sum|count)$"), "");
    if (there.count(name) == 0 && histograms.count(part) == 0) unknown.push_back(name);
  }
  return unknown;
}

} // namespace

TEST_CASE("the alert rules ask only for metrics that there are") {
  const auto rules = content_of("/config/prometheus/alerts.yml");
  REQUIRE(names_in(rules, "\\b(lifeline_\\w+)").size() > 30);
  CHECK(unknown_names(rules) == std::vector<std::string>{});
}

TEST_CASE("docs/metrics.md names every metric, and none that there is not") {
  const auto there = names_in(everything(), "# TYPE (lifeline_\\w+) ");
  const auto documented = names_in(content_of("/docs/metrics.md"), "\\b(lifeline_\\w+)");
  REQUIRE(there.size() > 60);
  for (const auto& name : there) {
    INFO(name);
    CHECK(documented.count(name) == 1);
  }
  CHECK(unknown_names(content_of("/docs/metrics.md")) == std::vector<std::string>{});
}

TEST_CASE("docs/metrics.md names every alert, and none that there is not") {
  const auto there = names_in(content_of("/config/prometheus/alerts.yml"), "- alert: (\\w+)");
  const auto documented = names_in(content_of("/docs/metrics.md"), "\\b(Lifeline[A-Z]\\w+)");
  REQUIRE(there.size() > 30);
  CHECK(there == documented);
}

TEST_CASE("docs/operations.md says for every alert of the rescue side what to do") {
  const auto operations = content_of("/docs/operations.md");
  const auto rules = content_of("/config/prometheus/alerts.yml");
  const auto begin = rules.find("- name: lifeline-rescue");
  REQUIRE(begin != std::string::npos);
  for (const auto& name : names_in(rules.substr(begin), "- alert: (\\w+)")) {
    INFO(name);
    CHECK(operations.find("`" + name + "`") != std::string::npos);
  }
}

TEST_CASE("the dashboard is one that Grafana takes: whole panels, side by side, each with something to ask") {
  const auto dashboard = nlohmann::json::parse(content_of("/config/grafana/lifeline.json"));
  std::set<int> ids;
  std::set<std::pair<int, int>> places;
  for (const auto& p : dashboard.at("panels")) {
    INFO(p.at("title"));
    CHECK(ids.insert(p.at("id").get<int>()).second);
    const auto& place = p.at("gridPos");
    CHECK(place.at("x").get<int>() + place.at("w").get<int>() <= 24);
    for (int x = 0; x < place.at("w").get<int>(); ++x)
      for (int y = 0; y < place.at("h").get<int>(); ++y)
        CHECK(places.emplace(place.at("x").get<int>() + x, place.at("y").get<int>() + y).second);
    if (p.at("type") == "row") continue;
    CHECK_FALSE(p.at("targets").empty());
    for (const auto& t : p.at("targets"))
      CHECK_FALSE(t.at("expr").get<std::string>().empty());
  }
  REQUIRE(ids.size() > 20);
}

TEST_CASE("the dashboard shows only metrics that there are") {
  const auto dashboard = content_of("/config/grafana/lifeline.json");
  REQUIRE(names_in(dashboard, "\\b(lifeline_\\w+)").size() > 30);
  CHECK(unknown_names(dashboard) == std::vector<std::string>{});
}

TEST_CASE("metrics: no rule, panel or example depends on how Prometheus writes a bucket's bound") {
  // Prometheus 2 keeps le="180" as it was scraped, Prometheus 3 makes le="180.0" of it.
  std::size_t found = 0;
  for (const std::string path : {"/config/grafana/lifeline.json", "/config/prometheus/alerts.yml",
                                 "/config/prometheus/prometheus.yml", "/docs/metrics.md", "/docs/operations.md"}) {
    INFO(path);
    auto text = content_of(path);
    REQUIRE_FALSE(text.empty());
    text = std::regex_replace(text, std::regex{R"(\\")"}, "\""); // JSON's quotes
    const std::regex matcher{R"re(\ble(=~?|!=|!~)"([^"]*)")re"};
    for (std::sregex_iterator it{text.begin(), text.end(), matcher}, end; it != end; ++it, ++found) {
      INFO(it->str());
      REQUIRE((*it)[1] == "=~");
      const std::regex bound{(*it)[2].str()};
      const auto number = (*it)[2].str().substr(0, (*it)[2].str().find_first_not_of("0123456789"));
      CHECK(std::regex_match(number, bound));
      CHECK(std::regex_match(number + ".0", bound));
      CHECK_FALSE(std::regex_match(number + "0", bound));
    }
  }
  CHECK(found >= 5);
}
