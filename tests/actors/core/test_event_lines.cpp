// The log file's lines: every entry as it was always written, and nothing of a person.

#include "actors/core/event_log.hpp"
#include "tests/support/every_entry.hpp"

#include <catch2/catch.hpp>
#include <spdlog/sinks/ostream_sink.h>
#include <spdlog/spdlog.h>

using namespace lifeline;
using namespace lifeline::testing;

namespace {

std::string line_of(const domain::event& e, spdlog::level::level_enum from = spdlog::level::debug) {
  std::ostringstream out;
  const auto logger = std::make_shared<spdlog::logger>("lines", std::make_shared<spdlog::sinks::ostream_sink_st>(out));
  logger->set_level(from);
  logger->set_pattern("%l %v");
  actors::event_log log{logger};
  log.on_commit({e}, true);
  auto text = out.str();
  if (!text.empty()) text.pop_back();
  return text;
}

} // namespace

TEST_CASE("every entry has the line that it always had") {
  for (const auto& e : every_entry()) {
    const auto name = std::string{domain::event_name(e.body)};
    const auto line = line_of(e); // "level name ..."
    const auto level = line.substr(0, line.find(' '));
    CHECK(name + " " + level + line.substr(level.size() + 1 + name.size()) == golden_line("entries.log", name));
  }
}

TEST_CASE("an entry's line is as grave as what it says, and is not written below the level") {
  const auto at = [](domain::event_body body, spdlog::level::level_enum from = spdlog::level::debug) {
    return line_of({1, {}, {}, std::move(body)}, from);
  };
  CHECK(at(domain::trunk_changed{"carrier", true, true, ""}).starts_with("info "));
  CHECK(at(domain::trunk_changed{"carrier", false, true, ""}).starts_with("error "));
  domain::reservation_ended lost;
  CHECK(at(lost).starts_with("debug "));
  lost.outcome = domain::reservation_outcome::lease_expired;
  CHECK(at(lost).starts_with("warning "));
  domain::order_changed step;
  step.step = domain::order_step::exhausted;
  CHECK(at(step).starts_with("warning "));
  CHECK(at(domain::call_held{}, spdlog::level::info).empty());
  CHECK(at(domain::rescuer_called{}).find("outcome=begun") != std::string::npos);
  CHECK(at(domain::alarm_received{}).find("order=- ") != std::string::npos);
  CHECK(at(domain::engine_stopped{"a \"b\"\n"}) == "info engine_stopped seq=1 reason=\"a \\\"b\\\" \"");
}
