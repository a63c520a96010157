#include "domain/plan/operation_rules.hpp"
#include "source_folder.hpp"

#include "domain/base/ids.hpp"

#include <catch2/catch.hpp>

#include <fstream>
#include <iterator>

using namespace lifeline::domain;

TEST_CASE("operation rules: what a drill may break is read from one table") {
  const auto id = to_string(call_id{1, 2});
  for (const auto& rule : fault_rules) {
    INFO(rule.word);
    const auto text = std::string{rule.word} + (rule.argument.empty() ? "" : " " + id);
    const auto target = parse_fault_target(text);
    REQUIRE(target);
    CHECK(target->rule.aim == rule.aim);
    CHECK(target->argument == (rule.argument.empty() ? "" : id));
    CHECK(takes_kind(rule, "crash"));
    CHECK_FALSE(takes_kind(rule, ""));
  }
  CHECK(parse_fault_target("agent 8001")->argument == "8001");
  for (const char* wrong : {"", "engine", "agent", "agent ", "call x", "order x", "sip x", "sip ", "CALLS"})
    CHECK_FALSE(parse_fault_target(wrong));
  CHECK(takes_kind(fault_rules[0], "mute"));
  CHECK_FALSE(takes_kind(fault_rules[0], "hang"));
}

TEST_CASE("operation rules: words and bounds as they are shown") {
  CHECK(fault_targets_text() ==
        R"("call <id>", "agent <account>", "order <id>", "dispatcher", "calls", "alarms", "sip" )"
        R"(or "media")");
  CHECK(fault_kinds_text(fault_rules[0]) == R"("crash" or "mute")");
  CHECK(fault_kinds_text() == R"("crash", "mute" or "hang")");
  CHECK(wrap_up_more_bounds.text() == "expected a number of seconds from 1 to 28800");
  CHECK(wrap_up_more_bounds.hold(8h));
  CHECK_FALSE(wrap_up_more_bounds.hold(8h + 1us));
  CHECK_FALSE(wrap_up_more_bounds.hold(0s));
}

TEST_CASE("operation rules: docs/api.md tells the same") {
  std::ifstream file(LIFELINE_SOURCE_FOLDER "/docs/api.md");
  const std::string text{std::istreambuf_iterator<char>{file}, {}};
  std::string targets;
  for (const auto& r : fault_rules)
    targets += (targets.empty() ? "`" : ", `") + std::string{r.word} +
               (r.argument.empty() ? "" : " <" + std::string{r.argument} + ">") + "`";
  const auto has = [&](const std::string& words) { return text.find(words) != std::string::npos; };
  CHECK(has("`target` (" + targets + ")"));
  CHECK(has("(of a hang, up to " + std::to_string(hang_bounds.most.count()) + ")"));
  CHECK(has("`{\"for_seconds\":60}`, " + std::to_string(wrap_up_more_bounds.least.count()) + " to " +
            std::to_string(wrap_up_more_bounds.most.count()) + ": so much more wrap-up"));
  CHECK(has("\"for_seconds\":600}`, 1 s to " + std::to_string(ban_bounds.most.count() / 86400) + " days"));
  CHECK(has("The reason, 1 to " + std::to_string(longest_reroute_reason) + " bytes, is needed for `on`"));
  CHECK(has("1 to " + std::to_string(longest_not_ready_reason) + " bytes"));
}
