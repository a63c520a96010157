// What operators see while actors hang: what the others say, in the time of one, and who does not answer.

#include "actors/core/surroundings.hpp"
#include "actors/engine/engine_administration.hpp"
#include "actors/supervision/supervisor_messages.hpp"
#include "storage/memory_journal.hpp"

#include <catch2/catch.hpp>

#include <chrono>

using namespace lifeline;
using namespace std::chrono_literals;

namespace {

/// The operations alone, without an engine around them.
class operations_only final : public actors::engine_administration {
public:
  operations_only(caf::actor_system& system, actors::rescue_surroundings_ptr around)
      : engine_administration(system, std::move(around), {}, true) {}
  using unavailable = domain::failure;
  domain::result<actors::engine_status> status() override { return tl::unexpected(unavailable{}); }
  domain::result<actors::reload_report> reload(bool) override { return tl::unexpected(unavailable{}); }
  domain::result<void> drain() override { return tl::unexpected(unavailable{}); }
  domain::result<actors::backup_report> backup(const std::string&) override { return tl::unexpected(unavailable{}); }
  domain::result<void> stop() override { return tl::unexpected(unavailable{}); }
  domain::result<void> resume_outbound(const std::string&) override { return tl::unexpected(unavailable{}); }
  bool alive() override { return true; }
  bool ready() override { return true; }
  std::string not_ready_because() override { return {}; }
  bool wait() override { return true; }
  void request_stop() override {}
  void shut_down() override {}
  std::uint16_t sip_port() const override { return 0; }
  sip::sip_statistics sip_statistics() const override { return {}; }
  media::media_statistics media_statistics() const override { return {}; }
  domain::shed_level shedding() const override { return domain::shed_level::none; }
  domain::span actor_lag() const override { return domain::span{0}; }
  std::map<std::string, std::uint64_t> lines_in_use() const override { return {}; }
  bool beats() const override { return true; }
  bool outbound_held() const override { return false; }
  std::map<std::string, std::uint64_t> cut_calls_open() const override { return {}; }
  actors::rescue_operations& rescue() override { throw std::logic_error("there are no rescues here"); }
  actors::rescue_figures rescue_figures() const override { return {}; }
  std::map<std::string, std::uint64_t> mailboxes() const override { return {}; }
};

/// Takes every message and does nothing.
caf::behavior hung(caf::event_based_actor* self) {
  self->set_default_handler(caf::skip);
  return {[](const actors::crash_order&) {}};
}

struct hung_scene {
  hung_scene() : system(prepared()) {
    domain::plan p;
    for (int i = 0; i < 12; ++i) {
      auto& a = p.agents.emplace_back();
      a.account = std::to_string(8001 + i);
      a.queues = {"96333"};
    }
    p.queues.emplace_back().name = "96333";
    auto& h = p.hotlines.emplace_back();
    h.name = h.queue = "96333";
    h.lines = 3;
    around->set_plan(p);
    around->journal = &journal;
    around->clock = {std::chrono::time_point_cast<domain::span>(std::chrono::system_clock::now()),
                     std::chrono::steady_clock::now()};
    around->system = &system;
    operations = std::make_unique<operations_only>(system, around);
  }
  ~hung_scene() {
    around->who.clear();
    for (const auto& a : all)
      caf::anon_send_exit(a, caf::exit_reason::kill);
    all.clear();
    operations.reset();
  }
  hung_scene(const hung_scene&) = delete;
  hung_scene& operator=(const hung_scene&) = delete;

  template <class Handle> Handle nobody() {
    all.push_back(system.spawn(hung));
    return caf::actor_cast<Handle>(caf::actor_cast<caf::strong_actor_ptr>(all.back()));
  }
  template <class Handle, class Behaviour> Handle somebody(Behaviour b) {
    all.push_back(system.spawn([b = std::move(b)](caf::event_based_actor*) { return caf::behavior{b}; }));
    return caf::actor_cast<Handle>(caf::actor_cast<caf::strong_actor_ptr>(all.back()));
  }
  actors::agent_actor lively_agent(const std::string& account) {
    return somebody<actors::agent_actor>([account](actors::get_agent) {
      actors::agent_status f;
      f.account = account;
      f.state = domain::agent_state::ready;
      return f;
    });
  }
  actors::call_actor lively_call(const domain::call_id& id) {
    return somebody<actors::call_actor>([id](actors::get_call) {
      actors::call_status f;
      f.call = id;
      f.hotline = "96333";
      return f;
    });
  }
  template <class Does> auto timed(Does does) {
    const auto start = std::chrono::steady_clock::now();
    auto result = does();
    took = std::chrono::steady_clock::now() - start;
    return result;
  }

  caf::actor_system_config& prepared() {
    actors::add_supervision_errors(cfg);
    cfg.set("logger.file-verbosity", caf::atom("quiet"));
    cfg.set("logger.console-verbosity", caf::atom("quiet"));
    cfg.set("scheduler.max-threads", std::size_t{2});
    return cfg;
  }

  caf::actor_system_config cfg;
  caf::actor_system system;
  storage::memory_journal journal;
  actors::rescue_surroundings_ptr around = std::make_shared<actors::rescue_surroundings>();
  std::unique_ptr<operations_only> operations;
  std::vector<caf::actor> all;
  std::chrono::steady_clock::duration took{0};
};

/// Asked one after the other, two who hang would take twice the time of one.
constexpr auto of_one = actors::operation_timeout + 1500ms;

} // namespace

TEST_CASE("agents are asked at once: those who hang are named, and cost the time of one") {
  hung_scene s;
  for (const auto& a : s.around->plan().agents) {
    const bool hangs = a.account == "8003" || a.account == "8007";
    s.around->who.agents.enter(a.account, hangs ? s.nobody<actors::agent_actor>() : s.lively_agent(a.account));
  }
  const auto all = s.timed([&] { return s.operations->agents(); });
  REQUIRE(all);
  CHECK(s.took < of_one);
  REQUIRE(all->size() == 12);
  CHECK(all->silent == std::vector<std::string>{"agent 8003", "agent 8007"});
  for (const auto& a : *all) {
    const bool hangs = a.account == "8003" || a.account == "8007";
    CHECK(a.state == (hangs ? domain::agent_state::unreachable : domain::agent_state::ready));
  }
  const auto again = s.timed([&] { return s.operations->agents(); }); // they are known, and not waited for so long
  REQUIRE(again);
  CHECK(again->silent.size() == 2);
  CHECK(s.took < actors::operation_timeout);
  s.around->who.agents.enter("8003", s.lively_agent("8003")); // started anew
  CHECK(s.operations->agents()->silent == std::vector<std::string>{"agent 8007"});
}

TEST_CASE("an agent without an actor is silent at once") {
  hung_scene s;
  const auto all = s.timed([&] { return s.operations->agents(); });
  REQUIRE(all);
  CHECK(all->silent.size() == 12);
  CHECK(s.took < actors::operation_timeout);
}

TEST_CASE("calls that hang are named, the others are listed, and their supervisor is not needed") {
  hung_scene s;
  for (std::uint64_t i = 1; i <= 5; ++i) {
    const domain::call_id id{1, i};
    s.around->who.live_calls.enter(id, i == 2 || i == 4 ? s.nobody<actors::call_actor>() : s.lively_call(id));
  }
  const auto all = s.timed([&] { return s.operations->live_calls(); });
  REQUIRE(all);
  CHECK(s.took < of_one);
  CHECK(all->size() == 3);
  REQUIRE(all->silent.size() == 2);
  CHECK(all->silent.front() == "call " + to_string(domain::call_id{1, 2}));
}

TEST_CASE("a call that hangs is still shown as live, with who did not answer") {
  hung_scene s;
  const domain::call_id id{1, 1};
  s.around->who.live_calls.enter(id, s.nobody<actors::call_actor>());
  s.around->who.set_dispatcher(s.nobody<actors::dispatcher_actor>(), 1);
  const auto journey = s.timed([&] { return s.operations->call(id); });
  REQUIRE(journey);
  CHECK(s.took < of_one);
  CHECK(journey->live);
  CHECK_FALSE(journey->status_known);
  CHECK(journey->silent == std::vector<std::string>{"call " + to_string(id), "the dispatcher"});
}

TEST_CASE("hotlines and queues say what is known without those who hang") {
  hung_scene s;
  s.around->who.calls.enter(s.nobody<actors::calls_actor>());
  s.around->who.set_dispatcher(s.nobody<actors::dispatcher_actor>(), 1);
  s.around->lines.set("96333", 2);
  const auto hotlines = s.timed([&] { return s.operations->hotlines(); });
  REQUIRE(hotlines);
  CHECK(s.took < of_one);
  CHECK(hotlines->silent == std::vector<std::string>{"the calls' supervisor", "the dispatcher"});
  REQUIRE(hotlines->size() == 1);
  CHECK(hotlines->front().in_use == 2);
  CHECK(hotlines->front().lines == 3);
  CHECK_FALSE(hotlines->front().calls_known);
  CHECK_FALSE(hotlines->front().agents_known);
  const auto queues = s.timed([&] { return s.operations->queues(); });
  REQUIRE(queues);
  CHECK(s.took < actors::operation_timeout); // the dispatcher is known to be silent
  CHECK(queues->silent == std::vector<std::string>{"the dispatcher"});
  REQUIRE(queues->size() == 1);
  CHECK(queues->front().name == "96333");
  CHECK(queues->front().agents == 12);
  CHECK_FALSE(queues->front().known);
}

TEST_CASE("a drill reaches whom the table of faults names, and refuses the rest with the field") {
  hung_scene s;
  const auto refused = [&](const std::string& target, const std::string& kind, std::chrono::milliseconds d = 0ms) {
    const auto result = s.operations->inject({target, kind, d});
    REQUIRE_FALSE(result);
    return result.error();
  };
  CHECK(refused("engine", "crash").message.rfind("target: ", 0) == 0);
  CHECK(refused("alarms", "hang").message.rfind("kind: ", 0) == 0);
  CHECK(refused("sip", "hang", 301s).message.rfind("for_seconds: ", 0) == 0);
  CHECK(refused("alarms", "crash").code == domain::errc::not_found);
  CHECK(refused("order " + to_string(domain::order_id{1, 1}), "crash").code == domain::errc::not_found);
  CHECK(s.operations->agent_more_wrap_up("8001", 9h).error().message.rfind("for_seconds: ", 0) == 0);
}
