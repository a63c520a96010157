#include "support.hpp"

#include <catch2/catch.hpp>

#include <algorithm>
#include <sstream>

using namespace lifeline;
using namespace lifeline::config::testing;
using namespace std::chrono_literals;

namespace {

config::engine_config read_shipped(const std::string& name, const config::read_options& options = {}) {
  const auto read = config::read_file(shipped(name), options);
  if (!read) FAIL(to_string(read.error()));
  return *read;
}

std::ptrdiff_t count_agents(const domain::plan& plan, const std::string& prefix, bool admins) {
  return std::count_if(plan.agents.begin(), plan.agents.end(), [&](const domain::agent_plan& a) {
    return a.account.substr(0, prefix.size()) == prefix && (!admins || a.admin);
  });
}

} // namespace

TEST_CASE("a working queue with two agents and a trunk takes at most 15 lines") {
  const auto text = read_bytes(shipped("examples/minimal.toml"));
  CHECK(std::count(text.begin(), text.end(), '\n') <= 15);
  const auto c = read_shipped("examples/minimal.toml");
  REQUIRE(c.plan.hotlines.size() == 1);
  CHECK(c.plan.hotlines[0].numbers == std::vector<std::string>{"12315"});
  CHECK(c.plan.hotlines[0].caller_number == "12315");
  CHECK(c.plan.hotlines[0].queue == "12315");
  CHECK(c.plan.hotlines[0].record);
  REQUIRE(c.plan.agents.size() == 2);
  for (const auto& a : c.plan.agents) {
    CHECK(a.queues == std::vector<std::string>{"12315"});
    CHECK(a.name == a.account);
    CHECK(a.number == a.account);
    CHECK(a.ready_on_register);
  }
  REQUIRE(c.sip.trunks.size() == 1);
  CHECK(c.sip.trunks[0].cidrs == std::vector<std::string>{"127.0.0.1/32"});
}

TEST_CASE("what a file does not say has the documented default") {
  const auto c = read_shipped("examples/minimal.toml");
  const auto folder = std::filesystem::absolute(shipped("examples")).lexically_normal().string();
  CHECK(c.data == folder + "/data");
  CHECK(c.media.prompts == folder + "/data/prompts");
  CHECK(c.media.recordings == folder + "/data/recordings");
  CHECK(c.storage.directory == folder + "/data/journal");
  CHECK(c.secrets_file == folder + "/data/secrets.toml");
  CHECK(c.http.bind_address == "127.0.0.1");
  CHECK(c.http.port == 8080);
  CHECK(c.sip.port == 5060);
  CHECK(c.log.level == config::log_level::info);
  CHECK(c.log.file.empty());
  const auto& q = c.plan.queues.at(0);
  CHECK(q.strategy == domain::strategy::longest_idle);
  CHECK(q.hold_mode == domain::holding::answered);
  CHECK(q.ring_timeout == 20s);
  CHECK(q.wrap_up == 15s);
  CHECK(q.max_wait == 0s);
}

TEST_CASE("the shipped configuration is the customer's case") {
  const scratch_folder prompts;
  for (const auto* name : {"greeting-12315.wav", "greeting-96333.wav", "music.wav", "confirm.wav", "refuse.wav"}) {
    write_file(prompts / name, wav(8000));
  }
  config::read_options options;
  options.prompts = prompts.path();
  const auto plan = read_shipped("lifeline.toml", options).plan;

  CHECK(count_agents(plan, "80", false) == 10);
  CHECK(count_agents(plan, "80", true) == 1);
  CHECK(count_agents(plan, "90", false) == 12);
  CHECK(count_agents(plan, "90", true) == 1);
  CHECK(plan.agents.size() == 22);

  const auto* complaints = plan.find_hotline_by_number("12315");
  const auto* lifts = plan.find_hotline_by_number("96333");
  REQUIRE(complaints != nullptr);
  REQUIRE(lifts != nullptr);
  CHECK(complaints->lines == 7);
  CHECK(lifts->lines == 3);
  CHECK(lifts->reserved_for_callers == 2);

  const auto* lift_queue = plan.find_queue(lifts->queue);
  REQUIRE(lift_queue != nullptr);
  CHECK(lift_queue->priority > plan.find_queue(complaints->queue)->priority);
  CHECK(lift_queue->ring_timeout == 15s);
  CHECK(lift_queue->required == std::vector<domain::skill_requirement>{{"lift-rescue", 5}});
  const auto* support = plan.find_queue(lift_queue->overflow_queue);
  REQUIRE(support != nullptr);
  CHECK(support->overflow_numbers.size() == 5);
  CHECK(plan.outbound_trunks(*lifts) == std::vector<std::string>{"carrier"});
  // Lifts come first, and somebody always answers: agents, then trained ones of 12315, then telephones outside.
  CHECK(lifts->emergency);
  CHECK(lifts->backup_numbers.size() == 2);
  CHECK(lift_queue->join_empty == domain::empty_policy::overflow);
  CHECK(lift_queue->leave_empty == domain::empty_policy::overflow);
  CHECK(lift_queue->sticky == 2h);
  CHECK(lift_queue->resume_place == 10min);
  CHECK_FALSE(complaints->emergency);
  // Lifts' own phones come before everybody else.
  const auto* phones = plan.find_hotline_by_number("96333001");
  REQUIRE(phones != nullptr);
  CHECK(phones->emergency);
  CHECK(phones->media == domain::media_mode::anchored);
  CHECK(plan.find_queue(phones->queue)->priority > lift_queue->priority);
  const auto* complaint_queue = plan.find_queue(complaints->queue);
  CHECK(complaint_queue->priority == 0);
  CHECK(complaint_queue->resume_place == 5min);
  CHECK(complaint_queue->max_expected_wait == 0s);
  // Trained agents of 12315 serve the overflow.
  const auto helpers = std::count_if(plan.agents.begin(), plan.agents.end(), [&](const domain::agent_plan& a) {
    return std::count(a.queues.begin(), a.queues.end(), "12315") == 1 &&
           std::count(a.queues.begin(), a.queues.end(), support->name) == 1;
  });
  CHECK(helpers == 3);
}

TEST_CASE("the shipped configuration has the limits of the customer's districts and a public server for itself") {
  config::read_options options;
  options.check_prompts = false;
  const auto c = read_shipped("lifeline.toml", options);
  const auto& r = c.plan.rescue;
  CHECK(r.enabled);
  // What it says of timers is what they are by default.
  auto defaults = domain::rescue_plan{};
  defaults.districts = r.districts;
  defaults.report_numbers = r.report_numbers;
  defaults.lift_phone_numbers = r.lift_phone_numbers;
  CHECK(r == defaults);
  CHECK(r.limits_of("320830").level1.arrival == 45min);
  CHECK(r.limits_of("320831").level1.arrival == 45min);
  CHECK(r.limits_of("320812").level1.arrival == 30min);
  CHECK(r.report_numbers.size() == 1);
  CHECK(c.public_server.enabled);
  CHECK(c.public_server.bind_address == "127.0.0.1");
  CHECK(c.public_server.port == 8081);
}

TEST_CASE("the example with two carriers shows TLS, tiers and escalation") {
  const scratch_folder folder;
  std::filesystem::create_directories(folder / "tls");
  for (const auto* name : {"sip.pem", "authorities.pem"})
    write_file(folder / "tls" + ("/" + std::string{name}), "-----BEGIN CERTIFICATE-----\n-----END CERTIFICATE-----\n");
  write_file(folder / "tls/sip.key", "-----BEGIN PRIVATE KEY-----\n-----END PRIVATE KEY-----\n");
  config::read_options options;
  options.folder = folder.path();
  const auto read = config::read_text(read_bytes(shipped("examples/carriers.toml")), "carriers.toml", options);
  if (!read) FAIL(to_string(read.error()));
  CHECK(read->sip.bind_address == "*");
  CHECK(read->sip.tls.enabled);
  CHECK(read->sip.tls.certificate == folder / "tls/sip.pem");
  CHECK(read->sip.emergency_numbers == domain::spellings("96333"));
  CHECK(read->sip.guard.never_banned == std::vector<std::string>{"192.0.2.0/24"});
  CHECK(read->log.max_size == 50U << 20U);
  REQUIRE(read->sip.trunks.size() == 2);
  CHECK(read->sip.trunks[0].registers);
  CHECK(config::trunks_with_password(read->plan) == std::vector<std::string>{"city-telecom"});
  const auto& q = read->plan.queues.at(0);
  REQUIRE(q.escalations.size() == 3);
  CHECK(q.escalations[0].replaces);
  CHECK(q.escalations[1].position == 3);
  CHECK(q.escalations[2].overflow);
  CHECK(read->plan.find_agent("8003")->place_in("12315") == domain::tier_place{2, 0});
  CHECK(read->plan.find_agent("8002")->place_in("12315") == domain::tier_place{1, 2});
  CHECK(read->plan.find_agent("8002")->place_in("callback-desk") == domain::tier_place{});
}

TEST_CASE("a prompt is needed only when it is named, and then it must exist") {
  const scratch_folder empty;
  config::read_options options;
  options.prompts = empty.path();
  const auto read = config::read_file(shipped("lifeline.toml"), options);
  REQUIRE_FALSE(read);
  REQUIRE(read.error().size() == 1); // all of them together
  CHECK(read.error().front().message.find("prompts are missing in " + empty.path()) == 0);
  options.check_prompts = false;
  CHECK(config::read_file(shipped("lifeline.toml"), options));
}

TEST_CASE("the command line's data folder takes the place of the file's") {
  config::read_options options;
  options.data = "/srv/lifeline";
  const auto c = read_shipped("examples/minimal.toml", options);
  CHECK(c.data == "/srv/lifeline");
  CHECK(c.storage.directory == "/srv/lifeline/journal");
  CHECK(c.media.prompts == "/srv/lifeline/prompts");
  CHECK(c.secrets_file == "/srv/lifeline/secrets.toml");
}

TEST_CASE("checking a file says ok or every problem, and tells by its status") {
  std::ostringstream out;
  std::ostringstream err;
  CHECK(config::check_file(shipped("examples/minimal.toml"), {}, out, err) == 0);
  CHECK(out.str() == shipped("examples/minimal.toml") + ": ok: 1 hotline, 1 queue, 2 agents, 1 trunk\n");
  CHECK(err.str().empty());

  const scratch_folder folder;
  write_file(folder / "wrong.toml", "[sip]\nport = 99999\n[htp]\n");
  CHECK(config::check_file(folder / "wrong.toml", {}, out, err) == 1);
  CHECK(err.str() ==
        folder / "wrong.toml:1:1: no [[hotline]]: expected at least one, else no call can be taken\n" +
            (folder / "wrong.toml:2:8: port: expected a whole number from 0 to 65535, found the number 99999\n") +
            (folder / "wrong.toml:3:2: unknown key \"htp\" in the file: did you mean \"http\"?\n"));
}

TEST_CASE("a file that cannot be read is named with the reason") {
  const scratch_folder folder;
  const auto missing = config::read_file(folder / "none.toml");
  REQUIRE_FALSE(missing);
  CHECK(to_string(missing.error()) == folder / "none.toml: cannot be read: there is no such file\n");
  const auto directory = config::read_file(folder.path());
  REQUIRE_FALSE(directory);
  CHECK(to_string(directory.error()) == folder.path() + ": cannot be read: it is a folder\n");
}
