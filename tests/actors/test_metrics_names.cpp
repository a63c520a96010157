// Rules and documentation speak of the metrics that there are.

#include "test_metrics_support.hpp"

#include <catch2/catch.hpp>

#include <fstream>
#include <iterator>
#include <regex>
#include <set>

using namespace lifeline;
using namespace lifeline::test;

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
  s.ready = [] { return true; };
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

} // namespace

TEST_CASE("the alert rules ask only for metrics that there are") {
  const auto there = names_in(everything(), "# TYPE (\\w+) ");
  const auto asked = names_in(content_of("/config/prometheus/alerts.yml"), "\\b(lifeline_\\w+|process_\\w+)");
  REQUIRE(asked.size() > 20);
  for (const auto& name : asked) {
    INFO(name);
    CHECK(there.count(name) == 1);
  }
}

TEST_CASE("docs/metrics.md names every metric, and none that there is not") {
  const auto there = names_in(everything(), "# TYPE (lifeline_\\w+) ");
  const auto documented = names_in(content_of("/docs/metrics.md"), "\\b(lifeline_\\w+)");
  REQUIRE(there.size() > 60);
  for (const auto& name : there) {
    INFO(name);
    CHECK(documented.count(name) == 1);
  }
  for (const auto& name : documented) {
    INFO(name);
    CHECK(there.count(name) == 1);
  }
}
