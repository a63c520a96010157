#include "tests/simulation/world.hpp"

#include "actors/agents/agent.hpp"
#include "actors/calls/calls.hpp"
#include "actors/core/checkpoints.hpp"
#include "storage/tables.hpp"

namespace lifeline::simulation {

using namespace std::chrono_literals;

namespace {

/// A message may wait so long while others are handled; more would be a machine that stands still.
constexpr std::int64_t short_pass_ms = 50;
/// Where actors send each other messages without an end, in one moment.
constexpr std::size_t most_messages_at_once = 20'000;

/// What a dead process writes goes nowhere.
class grave_journal final : public storage::journal {
public:
  void append(storage::change, storage::durability, storage::completion) override {}
  bool barrier(std::chrono::milliseconds) override { return true; }
  tl::expected<std::optional<std::string>, storage::failure> get(storage::table, std::string_view) const override {
    return std::nullopt;
  }
  tl::expected<void, storage::failure> scan(storage::table, std::string_view, std::string_view, bool,
                                            const storage::row_visitor&) const override {
    return {};
  }
  tl::expected<void, storage::failure> read_log(std::uint64_t, const storage::event_visitor&) const override {
    return {};
  }
  std::uint64_t last_sequence() const override { return 0; }
  storage::journal_health health() const override { return {}; }
  void add_observer(storage::commit_observer*) override {}
  void remove_observer(storage::commit_observer*) override {}
};
grave_journal grave;

} // namespace

world::world(std::uint64_t seed, const std::vector<input>& settings)
    : time_(seed), outside_(time_), sip_(outside_), media_(outside_), log_(found_, outside_), routing_(found_, log_),
      states_(found_), wanted_(base_plan()) {
  for (const auto& i : settings)
    (void)set(wanted_, i.who, i.text);
  disk_.add_observer(&log_);
  time_.after_step = [this](caf::abstract_actor* a) { after_step(a); };
  media_.on_tone = [this](const domain::leg_id& leg, char tone) { on_tone(leg, tone); };
  start_engine();
  for (const auto& e : lifts())
    (void)around_->lifts.put(e, "simulation", now());
  for (const auto& p : parties())
    (void)around_->lifts.put_party(p, "simulation", now());
  caf::anon_send(around_->who_rescues.alarms.get(), actors::registry_changed{});
  settle();
}

world::~world() {
  looks_ = false;
  time_.after_step = {};
  unplug_rescues();
  disk_.remove_observer(&log_);
  around_->journal = &grave;
  time_.end_all_actors();
  sip_.engine_died();
  media_.engine_died();
  attempts_.clear();
  around_->who.clear();
  around_->who_rescues.clear();
  root_ = {};
}

void world::start_engine() {
  const auto clock =
      around_ ? around_->clock : actors::clock_anchor{domain::instant{std::chrono::hours{24 * 365 * 50}}, time_.now()};
  around_ = std::make_shared<actors::rescue_surroundings>();
  around_->set_plan(wanted_);
  around_->system = &time_.system();
  around_->sip = &sip_;
  around_->media = &media_;
  around_->journal = &disk_;
  around_->clock = clock;
  around_->seed = 7 + runs_++;
  rescue_ = std::make_unique<actors::rescue_engine>(time_.system(), around_);
  around_->set_rescue(rescue_.get());
  equip();
  log_.obey(around_->plan());
  (void)around_->lifts.load(disk_, 8h);
  root_ = actors::spawn_tree(time_.system(), around_, {}, true);
  settle();
}

void world::equip() {
  around_->start_call = [this](caf::actor_system& system, const actors::rescue_surroundings_ptr& around,
                               actors::rescue_call_request r, actors::attempt_done done) {
    auto* a = begin_attempt(r);
    return actors::start_rescue_call(system, around, std::move(r),
                                     [this, a, done = std::move(done)](const domain::attempt_result& x) {
                                       a->over = true;
                                       if (looks_) outside_.note("rescuer " + std::string{to_string(x.outcome)});
                                       done(x);
                                     });
  };
}

void world::kill_engine(domain::span down) {
  outside_.note("engine killed");
  looks_ = false;
  unplug_rescues();
  const auto died = now();
  std::map<std::string, std::string> pauses;
  for (const auto& actor : around_->who.agents.all()) {
    const auto* s = look_at<actors::agent_actor_state>(actor);
    if (s != nullptr && domain::visible_state(s->model) == domain::agent_state::not_ready)
      pauses[s->model.account] = s->model.reason;
  }
  const bool lost = disk_.lose_queued() > 0 || failing_ || stalled_;
  failing_ = stalled_ = false;
  // Nothing that is said from now on reaches anybody: the process is gone.
  around_->journal = &grave;
  sip_.engine_died();
  media_.engine_died();
  for (auto& a : attempts_)
    a->over = true;
  time_.end_all_actors();
  sip_.engine_died(); // what they have still ordered while they ended has never left the process
  media_.engine_died();
  around_->who.clear();
  around_->who_rescues.clear();
  root_ = {};
  log_.read_again(disk_);
  if (lost) states_.forget_wrap_ups();
  advance_to(time_.now() + down);
  const auto before = std::exchange(around_, nullptr);
  around_ = std::make_shared<actors::rescue_surroundings>();
  around_->clock = before->clock;
  around_->system = &time_.system();
  around_->journal = &disk_;
  actors::close_calls_of_last_run(*around_, died);
  looks_ = true;
  start_engine();
  if (lost) return;
  for (const auto& [account, reason] : pauses) {
    const auto* s = look_at<actors::agent_actor_state>(around_->who.agents.find(account));
    const bool known = s != nullptr && s->model.wanted == domain::presence::not_ready && s->model.reason == reason;
    if (s != nullptr && !s->plan.retired && !known)
      found_.add("pause", "agent " + account + "'s pause \"" + reason + "\" is lost with the engine");
    if (known) outside_.note("pause over a restart");
  }
}

// ---- time --------------------------------------------------------------------------------------------------------

void world::after_step(caf::abstract_actor* actor) {
  if (!looks_) return;
  if (actor != nullptr) states_.check_actor(*around_, *actor, now());
  if (media_.bridges_changed()) {
    states_.check_bridges(sip_, media_);
    if ((stalled_ || failing_) && !media_.bridges().empty()) outside_.note("bridged while the disk is ill");
  }
  routing_.check_reservations(*around_, !stalled_, now());
}

bool world::step() {
  if (!time_.step()) return false;
  if (looks_ && root_ && !is_alive(root_)) { // the process would end now, and be started again
    outside_.note("root gave up");
    kill_engine(1s);
  }
  return true;
}

void world::settle() {
  for (std::size_t n = 0; step() && !found_.any(); ++n)
    if (n > most_messages_at_once) return found_.add("livelock", "messages breed messages without an end");
}

/// Nothing is under way: what is true now is true until the next timer.
void world::look_at_rest() {
  if (!looks_ || time_.has_work() || time_.next_timer() <= time_.now()) return;
  routing_.check_rest(*around_, !stalled_, now());
  states_.check_rest(*around_, sip_, log_, !stalled_, now());
  states_.check_rescue(*around_);
}

void world::advance_to(clockwork::time_point end) {
  settle();
  while (time_.now() < end && !found_.any()) {
    look_at_rest();
    const auto next = std::min({end, time_.next_timer(), outside_.next_timer()});
    time_.jump_to(std::max(next, time_.now()));
    outside_.fire_due();
    settle();
  }
}

void world::pass(std::int64_t ms) {
  if (ms > short_pass_ms) return advance_to(time_.now() + std::chrono::milliseconds{ms});
  time_.jump_to(time_.now() + std::chrono::milliseconds{ms});
  outside_.fire_due();
}

void world::tick() {
  settle();
  look_at_rest();
  const auto next = std::min(time_.next_timer(), outside_.next_timer());
  if (next == clockwork::time_point::max()) return;
  time_.jump_to(std::max(next, time_.now()));
  outside_.fire_due();
}

} // namespace lifeline::simulation
