#include "bench/report.hpp"

#include <catch2/catch.hpp>
#include <nlohmann/json.hpp>

#include <sstream>

using namespace lifeline::bench;
using Catch::Matchers::Contains;

namespace {

report some_report() {
  auto r = make_report("calls", "lifeline-bench calls --note \"<1>\"");
  r.add("CPU per call", 2, "ms", better::lower, 0.9);
  r.add("calls per second", 400, "1/s", better::higher);
  r.add("calls", 1000, "", better::neither);
  r.curves.push_back({"Rate", "s", "1/s", {{0, 10}, {1, 20}}});
  r.spreads.push_back({"Latency", "ms", {{1, 5}, {2, 9}}});
  r.sheets.push_back({"Steps", {"rate", "success"}, {{"100", "99.9 %"}}});
  r.remarks.emplace_back("SIPp used 96 % of a core");
  return r;
}

} // namespace

TEST_CASE("the table shows each figure with its unit and target, the sheets and the remarks") {
  const auto text = as_table(some_report());
  CHECK_THAT(text, Contains("CPU per call"));
  CHECK_THAT(text, Contains("2 ms"));
  CHECK_THAT(text, Contains("target 0.9000"));
  CHECK_THAT(text, Contains("99.9 %"));
  CHECK_THAT(text, Contains("SIPp used 96 % of a core"));
}

TEST_CASE("the JSON holds everything that the report does") {
  const auto j = nlohmann::json::parse(as_json(some_report()));
  CHECK(j.at("run") == "calls");
  CHECK(j.at("command") == "lifeline-bench calls --note \"<1>\"");
  CHECK_FALSE(j.at("machine").get<std::string>().empty());
  CHECK_FALSE(j.at("begun").get<std::string>().empty());
  REQUIRE(j.at("figures").size() == 3);
  CHECK(j.at("figures")[0].at("name") == "CPU per call");
  CHECK(j.at("figures")[0].at("value") == 2);
  CHECK(j.at("curves").size() == 1);
  CHECK(j.at("spreads").size() == 1);
  CHECK(j.at("sheets").size() == 1);
  CHECK(j.at("remarks")[0] == "SIPp used 96 % of a core");
}

TEST_CASE("the page draws the curve and the histogram, and nothing typed becomes markup") {
  const auto page = as_html(some_report());
  CHECK_THAT(page, Contains("<polyline"));
  CHECK_THAT(page, Contains("<rect class=\"bar\""));
  CHECK_THAT(page, Contains("&lt;1&gt;"));
  CHECK_THAT(page, !Contains("<1>"));
  CHECK_THAT(page, !Contains("http")); // nothing is loaded from elsewhere
}

TEST_CASE("an empty curve and an empty histogram are left out") {
  report r;
  r.curves.push_back({"Nothing", "s", "ms", {}});
  r.spreads.push_back({"Nothing either", "ms", {}});
  CHECK_THAT(as_html(r), !Contains("<svg"));
}

TEST_CASE("against an earlier report: ratios, and better or worse by each figure's direction") {
  auto before = some_report();
  before.figures[0].value = 4;
  before.figures[1].value = 800;
  before.figures[2].value = 10;
  const auto text = compare(some_report(), as_json(before));
  REQUIRE(text);
  std::istringstream lines(*text);
  std::string heading, columns, cpu, rate, calls;
  std::getline(lines, heading);
  std::getline(lines, columns);
  std::getline(lines, cpu);
  std::getline(lines, rate);
  std::getline(lines, calls);
  CHECK_THAT(heading, Contains("against"));
  CHECK_THAT(cpu, Contains("0.5000") && Contains("better"));
  CHECK_THAT(rate, Contains("0.5000") && Contains("worse"));
  CHECK_THAT(calls, Contains("100") && !Contains("better") && !Contains("worse"));
}

TEST_CASE("a difference of up to 3 % is neither better nor worse, and a new figure is left out") {
  auto before = some_report();
  before.figures[0].value = 2.05;
  before.figures.erase(before.figures.begin() + 1);
  const auto text = compare(some_report(), as_json(before));
  REQUIRE(text);
  CHECK_THAT(*text, !Contains("better") && !Contains("worse"));
  CHECK_THAT(*text, !Contains("calls per second"));
}

TEST_CASE("a figure that was 0 has no ratio that breaks") {
  auto before = some_report();
  before.figures[0].value = 0;
  auto text = compare(some_report(), as_json(before));
  REQUIRE(text);
  CHECK_THAT(*text, Contains("inf"));
  auto now = some_report();
  now.figures[0].value = 0;
  text = compare(now, as_json(before));
  REQUIRE(text);
  CHECK_THAT(*text, Contains("CPU per call"));
}

TEST_CASE("what cannot be compared is said in a sentence") {
  const auto r = some_report();
  for (const char* other : {"", "no JSON", "[]", "{}", R"({"figures": 1})"}) {
    const auto text = compare(r, other);
    REQUIRE_FALSE(text);
    CHECK(text.error() == "it is not a report of this program");
  }
  auto media = some_report();
  media.run = "media";
  const auto text = compare(r, as_json(media));
  REQUIRE_FALSE(text);
  CHECK_THAT(text.error(), Contains("media") && Contains("calls"));
}

TEST_CASE("figures of an earlier report that are damaged are passed over") {
  const auto text = compare(some_report(), R"({"run":"calls","figures":[1,{"name":"CPU per call"},
    {"name":"calls per second","value":"x"},{"name":"calls","value":500}]})");
  REQUIRE(text);
  CHECK_THAT(*text, Contains("calls") && !Contains("CPU per call"));
}
