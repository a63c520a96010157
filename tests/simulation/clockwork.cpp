#include "tests/simulation/clockwork.hpp"

#include "actors/supervision/supervisor_messages.hpp"

#include <algorithm>

namespace lifeline::simulation {

namespace {

caf::actor_system_config& prepared(caf::actor_system_config& config) {
  config.set("logger.file-verbosity", caf::atom("quiet"));
  config.set("logger.inline-output", true);
  config.set("scheduler.policy", caf::atom("testing"));
  actors::add_supervision_errors(config);
  return config;
}

/// Takes what actors print, and drops it.
class silent_printer final : public caf::monitorable_actor {
public:
  explicit silent_printer(caf::actor_config& config) : caf::monitorable_actor(config) {}
  void enqueue(caf::mailbox_element_ptr, caf::execution_unit*) override {}
};

/// The way to the coordinator's own actors, which CAF leaves to its subclasses.
struct coordinator_parts : caf::scheduler::test_coordinator {
  static auto actors() { return &coordinator_parts::utility_actors_; }
};

std::uint64_t hash_of(std::string_view text) {
  std::uint64_t h = 0xCBF29CE484222325ull;
  for (const char c : text)
    h = (h ^ static_cast<unsigned char>(c)) * 0x100000001B3ull;
  return h;
}

} // namespace

clockwork::clockwork(std::uint64_t seed)
    : seed_(spread(seed)), system_(prepared(config_)),
      sched_(dynamic_cast<caf::scheduler::test_coordinator&>(system_.scheduler())) {
  system_.await_actors_before_shutdown(false);
  caf::actor_config none;
  for (auto& printer : sched_.*coordinator_parts::actors()) // there is no other one; it would print each injected crash
    if (printer == sched_.printer())
      printer = caf::make_actor<silent_printer, caf::actor>(system_.next_actor_id(), system_.node(), &system_, none);
  // Zero means "no time" in many places: start well after it.
  sched_.clock().current_time += std::chrono::hours(1);
}

clockwork::~clockwork() {
  after_step = {};
  end_all_actors();
}

clockwork::runner& clockwork::runner_of(caf::abstract_actor& a) {
  auto [it, fresh] = runners_.try_emplace(a.id());
  auto& r = it->second;
  if (fresh) {
    const auto* local = dynamic_cast<caf::local_actor*>(&a);
    r.name = local != nullptr ? local->name() : "";
    r.key = spread(hash_of(r.name) + ++seen_[r.name]);
    r.address = a.address();
  }
  return r;
}

std::size_t clockwork::draw() {
  auto& jobs = sched_.jobs;
  std::size_t chosen = 0;
  std::uint64_t highest = 0;
  for (std::size_t i = 0; i < jobs.size(); ++i) {
    auto* actor = dynamic_cast<caf::abstract_actor*>(jobs[i]);
    if (actor == nullptr) return i;
    const auto& r = runner_of(*actor);
    const auto lot = spread(seed_ ^ r.key ^ (r.handled * 0xD1B54A32D192ED03ull));
    if (i == 0 || lot > highest) {
      highest = lot;
      chosen = i;
    }
  }
  return chosen;
}

bool clockwork::step() {
  auto& jobs = sched_.jobs;
  if (jobs.empty()) return false;
  const auto chosen = jobs.size() > 1 ? draw() : 0;
  const auto at = jobs.begin() + static_cast<std::ptrdiff_t>(chosen);
  if (chosen > 0) std::rotate(jobs.begin(), at, at + 1);
  auto* actor = dynamic_cast<caf::abstract_actor*>(jobs.front());
  caf::strong_actor_ptr kept; // its state may be looked at afterwards
  if (actor != nullptr) {
    auto& r = runner_of(*actor);
    ++r.handled;
    r.last_step = ++steps_;
    trace_ = spread(trace_ ^ r.key);
    kept = caf::actor_cast<caf::strong_actor_ptr>(r.address);
  }
  sched_.run_once();
  if (after_step) after_step(kept ? actor : nullptr);
  return true;
}

clockwork::time_point clockwork::next_timer() const {
  const auto& schedule = sched_.clock().schedule();
  return schedule.empty() ? time_point::max() : schedule.begin()->first;
}

void clockwork::jump_to(time_point t) {
  auto& clock = sched_.clock();
  clock.advance_time(std::max(t - clock.current_time, duration::zero()));
}

caf::actor clockwork::latest(std::string_view name) const {
  const runner* found = nullptr;
  for (const auto& [id, r] : runners_)
    if (r.name == name && (found == nullptr || r.last_step > found->last_step) &&
        is_alive(caf::actor_cast<caf::strong_actor_ptr>(r.address)))
      found = &r;
  return found != nullptr ? caf::actor_cast<caf::actor>(found->address) : caf::actor{};
}

void clockwork::end_all_actors() {
  auto& clock = sched_.clock();
  const auto watcher = std::exchange(after_step, {});
  // Twice and more: what ends may start something.
  for (int round = 0; round < 10; ++round) {
    bool any = false;
    for (const auto& [id, r] : runners_) {
      const auto actor = caf::actor_cast<caf::strong_actor_ptr>(r.address);
      if (!actor || !is_alive(actor)) continue;
      any = true;
      caf::anon_send_exit(caf::actor_cast<caf::actor>(actor), caf::exit_reason::kill);
    }
    // Delayed messages hold references to their receivers, which would outlive the system.
    clock.cancel_all();
    if (!any && !sched_.has_job()) break;
    while (step()) {
    }
  }
  clock.cancel_all();
  std::erase_if(runners_, [](const auto& r) { return !caf::actor_cast<caf::strong_actor_ptr>(r.second.address); });
  after_step = watcher;
}

} // namespace lifeline::simulation
