// Wrong files again: how calls are routed, who is present, feature codes.

#include "wrong_files.hpp"

using namespace lifeline;
using namespace lifeline::config;
using namespace lifeline::config::testing;
using namespace std::chrono_literals;

namespace {

const std::string way_out = "overflow_numbers = [\"13900000001\"]\n";
const std::string trunk = "[[trunk]]\nname = \"c\"\noutbound = \"127.0.0.1:5070\"\n";
const std::string two_queues = hotline + queue + "[[queue]]\nname = \"b\"\n" + agent + "queues = [\"12315\", \"b\"]\n";

domain::plan plan_of(const std::string& text) {
  const auto read = read_text(text, "f");
  if (!read) FAIL(to_string(read.error()));
  return read->plan;
}

} // namespace

TEST_CASE("one delay stands for all three, and each may be given by itself") {
  const auto all = plan_of(hotline + queue + "retry_delay = \"7s\"\n" + agent).queues[0];
  CHECK(all.reject_delay == 7s);
  CHECK(all.busy_delay == 7s);
  CHECK(all.no_answer_delay == 7s);
  const auto one = plan_of(hotline + queue + "busy_delay = \"3s\"\nretry_delay = \"7s\"\n" + agent).queues[0];
  CHECK(one.reject_delay == 7s);
  CHECK(one.busy_delay == 3s);
  CHECK(plan_of(right).queues[0].no_answer_delay == 2s);
}

TEST_CASE("every new setting of queues is read") {
  const auto q = plan_of(hotline + queue +
                         "strategy = \"sequential\"\nring_step = \"4s\"\ntier_wait = \"9s\"\ntier_skip_empty = false\n"
                         "priority_step = \"1m\"\npriority_growth = 3\npresent = [\"ready\", \"wrap_up\"]\n"
                         "join_empty = \"overflow\"\nleave_empty = \"overflow\"\nleave_empty_after = \"2s\"\n"
                         "sticky = \"2h\"\nsticky_wait = \"8s\"\nresume_place = \"5m\"\nmax_expected_wait = \"10m\"\n"
                         "wrap_up_limit = \"20m\"\n" +
                         way_out + "[[queue.escalation]]\nafter = \"30s\"\nraise_priority = 2\ntier = 3\n" +
                         "[[queue.escalation]]\nposition = 2\nrequired = {}\noverflow = true\n" + agent + trunk)
                     .queues[0];
  CHECK(q.strategy == domain::strategy::sequential);
  CHECK(q.ring_step == 4s);
  CHECK(q.tier_wait == 9s);
  CHECK_FALSE(q.tier_skip_empty);
  CHECK(q.priority_step == 1min);
  CHECK(q.priority_growth == 3);
  CHECK(q.present_states == std::vector<domain::agent_state>{domain::agent_state::ready, domain::agent_state::wrap_up});
  CHECK(q.join_empty == domain::empty_policy::overflow);
  CHECK(q.leave_empty == domain::empty_policy::overflow);
  CHECK(q.leave_empty_after == 2s);
  CHECK(q.sticky == 2h);
  CHECK(q.sticky_wait == 8s);
  CHECK(q.resume_place == 5min);
  CHECK(q.max_expected_wait == 10min);
  CHECK(q.wrap_up_limit == 20min);
  REQUIRE(q.escalations.size() == 2);
  CHECK(q.escalations[0].after == 30s);
  CHECK(q.escalations[0].raise_priority == 2);
  CHECK(q.escalations[0].tier == 3);
  CHECK_FALSE(q.escalations[0].replaces);
  CHECK(q.escalations[1].position == 2);
  CHECK(q.escalations[1].replaces);
  CHECK(q.escalations[1].required.empty());
  CHECK(q.escalations[1].overflow);
}

TEST_CASE("wrap-up longer than the default limit lifts the limit") {
  CHECK(plan_of(hotline + queue + "wrap_up = \"2h\"\n" + agent).queues[0].wrap_up_limit == 2h);
}

TEST_CASE("wrong escalation rules are refused") {
  const auto rule = [](const std::string& keys) { return hotline + queue + "[[queue.escalation]]\n" + keys + agent; };
  const std::string nothing =
      "5:1: [[queue.escalation]] does nothing: expected raise_priority, tier, required or overflow";
  check({
      // without a moment
      {rule("raise_priority = 1\n"), {"5:1: [[queue.escalation]] would never happen: expected after or position"}},
      // with two moments
      {rule("after = \"5s\"\nposition = 2\nraise_priority = 1\n"),
       {"7:12: position: expected either after or position in [[queue.escalation]], found both: write two rules"}},
      // without an effect
      {rule("after = \"5s\"\n"), {nothing}},
      {rule("after = \"5s\"\noverflow = false\n"),
       {"7:12: [[queue.escalation]] does nothing: expected raise_priority, tier, required or overflow"}},
      // wrong values
      {rule("after = 5\nraise_priority = 0\n"),
       {"6:9: after: expected a duration like \"20s\" or \"500ms\", found the number 5",
        "7:18: raise_priority: expected a whole number from 1 to 100, found the number 0"}},
      {rule("position = 0\ntier = 101\n"),
       {"6:12: position: expected a whole number from 1 to 1000000, found the number 0",
        "7:8: tier: expected a whole number from 1 to 100, found the number 101"}},
      {rule("after = \"5s\"\nrequired = { law = 0 }\n"),
       {"7:20: required.law: expected a level from 1 to 100, found the number 0"}},
      // a tier where all are asked at once
      {rule("after = \"5s\"\ntier = 2\n"),
       {"7:8: tier: all tiers are asked at once while tier_wait is \"0s\": expected tier_wait in the [[queue]]"}},
      // overflow to nowhere
      {rule("after = \"5s\"\noverflow = true\n"),
       {"7:12: overflow: callers who overflow out of queue \"12315\" would be hung up: expected overflow_queue or "
        "overflow_numbers"}},
  });
}

TEST_CASE("misspelt and misplaced escalations are refused") {
  check({
      {hotline + queue + "[[queue.escalation]]\nafter = \"5s\"\nraise_priorty = 1\ntier_wait = 2\nposition = 3\n" +
           "required = {}\n" + agent,
       {"7:1: unknown key \"raise_priorty\" in [[queue.escalation]]: did you mean \"raise_priority\"?",
        "8:1: unknown key \"tier_wait\" in [[queue.escalation]]: expected \"after\", \"position\", \"raise_priority\", "
        "\"tier\", \"required\" or \"overflow\"",
        "9:12: position: expected either after or position in [[queue.escalation]], found both: write two rules"}},
      {hotline + queue + "[queue.escalation]\nafter = \"5s\"\n" + agent,
       {"5:1: escalation: expected [[queue.escalation]], once for each, found a table"}},
  });
}

TEST_CASE("settings that would have no effect are refused") {
  check({
      {hotline + queue + "priority_growth = 3\n" + agent,
       {"5:19: priority_growth: nothing grows without priority_step"}},
      {hotline + queue + "sticky_wait = \"5s\"\n" + agent,
       {"5:15: sticky_wait: no agent is waited for without sticky"}},
      {hotline + queue + "leave_empty_after = \"5s\"\n" + agent,
       {"5:21: leave_empty_after: nobody leaves without leave_empty = \"overflow\""}},
      {hotline + queue + "wrap_up = \"1m\"\nwrap_up_limit = \"30s\"\n" + agent,
       {"6:17: wrap_up_limit: expected at least wrap_up, found less"}},
  });
}

TEST_CASE("wrong conditions of presence are refused") {
  const std::string states =
      "\"ready\", \"reserved\", \"ringing\", \"talking\", \"hold\", \"wrap_up\" or \"not_ready\"";
  check({
      {hotline + queue + "present = [\"ready\", \"wrapup\", \"logged_out\", \"ready\"]\n" + agent,
       {"5:21: present: expected " + states + ", found the text \"wrapup\": did you mean \"wrap_up\"?",
        "5:31: present: expected " + states + ", found the text \"logged_out\"",
        "5:45: present: \"ready\" is given twice"}},
      {hotline + queue + "present = []\n" + agent, {"5:11: present: expected at least one state, found an empty list"}},
      {hotline + queue + "join_empty = \"leave\"\n" + agent,
       {"5:14: join_empty: expected \"wait\" or \"overflow\", found the text \"leave\""}},
      // nowhere to go
      {hotline + queue + "join_empty = \"overflow\"\nleave_empty = \"overflow\"\nmax_expected_wait = \"1m\"\n" + agent,
       {"5:14: join_empty: callers who overflow out of queue \"12315\" would be hung up: expected overflow_queue, "
        "overflow_numbers or backup_numbers of its hotline",
        "6:15: leave_empty: callers who overflow out of queue \"12315\" would be hung up: expected overflow_queue, "
        "overflow_numbers or backup_numbers of its hotline",
        "7:21: max_expected_wait: callers who overflow out of queue \"12315\" would be hung up: expected "
        "overflow_queue or overflow_numbers"}},
  });
  // The backup numbers of a hotline are a way out for want of agents.
  CHECK(problems_of(hotline + "backup_numbers = [\"13900000001\"]\n" + queue + "join_empty = \"overflow\"\n" + agent +
                    trunk)
            .empty());
  // Any of these makes an overflow useful.
  for (const auto* trigger : {"join_empty = \"overflow\"\n", "leave_empty = \"overflow\"\n", "max_wait = \"5s\"\n",
                              "max_expected_wait = \"5s\"\n", "max_length = 5\n"}) {
    INFO(trigger);
    CHECK(problems_of(hotline + queue + way_out + trigger + agent + trunk).empty());
  }
}

TEST_CASE("an agent whose skill is enough after a while serves the queue") {
  const auto with_rule = [](int level) {
    return hotline + queue + "required = { law = 3 }\n[[queue.escalation]]\nafter = \"30s\"\nrequired = { law = " +
           std::to_string(level) + ", english = 1 }\n" + agent + "skills = { law = 2, english = 1 }\n";
  };
  CHECK(problems_of(with_rule(2)).empty());
  CHECK(problems_of(with_rule(3)) ==
        std::vector<std::string>{"9:1: agent \"8001\" can never have a call of queue \"12315\": it requires skill "
                                 "\"law\" at level 3, the agent has 2"});
}

TEST_CASE("tiers and positions of queues that the agent does not serve are refused") {
  check({
      {two_queues + "tiers = { \"12351\" = 2, b = 2 }\npositions = { c = 1 }\n",
       {"10:11: tiers: agent \"8001\" does not serve queue \"12351\": did you mean \"12315\"?",
        "11:15: positions: agent \"8001\" does not serve queue \"c\": did you mean \"b\"?"}},
      {two_queues + "tiers = { b = 0 }\npositions = [1]\n",
       {"10:15: tiers.b: expected a tier from 1 to 100, found the number 0",
        "11:13: positions: expected queues with positions like { \"12315\" = 1 }, found a list"}},
  });
  // The only queue needs not be named.
  CHECK(plan_of(right + "tiers = { \"12315\" = 2 }\n").agents[0].place_in("12315") == domain::tier_place{2, 0});
}

TEST_CASE("wrong feature codes are refused") {
  check({
      {right + "[feature_codes]\nready = \"51a\"\nlogout = 50\n",
       {"8:9: ready: expected 1 to 16 of the digits, '*' and '#', or an empty text for no such code, found the text "
        "\"51a\"",
        "9:10: logout: expected a text in quotes, found the number 50"}},
      // two codes alike, one of them the default
      {right + "[feature_codes]\nready = \"*50\"\n", {"7:1: logout: \"*50\" is the code of ready already"}},
      {right + "[feature_codes]\nready = \"*9\"\nlogout = \"*9\"\n",
       {"9:10: logout: \"*9\" is the code of ready already"}},
      // a code that is another one with a reason
      {right + "[feature_codes]\nwrap_up_end = \"*523\"\n",
       {"8:15: wrap_up_end: \"*523\" is the code of not_ready with reason \"3\" already"}},
      // what else is dialled
      {right + "[feature_codes]\nready = \"12315\"\nlogout = \"8001\"\n",
       {"8:9: ready: \"12315\" is a number of hotline \"12315\"", "9:10: logout: \"8001\" is the account of an agent"}},
      // reasons
      {right + "[feature_codes]\nreasons = { 12 = \"break\", 1 = 5, a = \"\" }\n",
       {"8:13: reasons: expected a single digit as key, found \"12\"",
        "8:31: reasons.1: expected a reason of 1 to 64 bytes without control characters, found the number 5",
        "8:34: reasons: expected a single digit as key, found \"a\"",
        "8:38: reasons.a: expected a reason of 1 to 64 bytes without control characters, found the text \"\""}},
      // prompts that are named must exist, the default ones need not
      {right + "[feature_codes]\nconfirm_prompt = \"yes.wav\"\n",
       {"8:18: a prompt is missing in /nowhere/data/prompts: \"yes.wav\"; the shipped ones are made by: "
        "scripts/make-prompts.sh /nowhere/data/prompts"}},
      // misspelt
      {right + "[feature_codes]\nnotready = \"*1\"\n",
       {"8:1: unknown key \"notready\" in [feature_codes]: did you mean \"not_ready\"?"}},
  });
  const auto codes = plan_of(right + "[feature_codes]\nready = \"\"\nnot_ready = \"#1\"\nwrap_up_extra = \"90s\"\n"
                                     "reasons = { 7 = \"吃饭\" }\nrefuse_prompt = \"\"\n")
                         .codes;
  CHECK(codes.ready.empty());
  CHECK(codes.not_ready == "#1");
  CHECK(codes.wrap_up_extra == 90s);
  CHECK(codes.reasons == std::map<char, std::string>{{'7', "吃饭"}});
  CHECK(codes.confirm_prompt == "confirm.wav");
  CHECK(codes.refuse_prompt.empty());
}
