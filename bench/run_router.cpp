#include "bench/runs.hpp"

#include "domain/routing/router.hpp"

#include <random>
#include <vector>

namespace lifeline::bench {

using namespace domain;
using namespace std::chrono_literals;

namespace {

/// Every queue asks for one skill of the many; every agent has a few of them at several levels and serves some queues.
plan wide_plan(const router_options& o, std::mt19937_64& random) {
  plan p;
  for (std::size_t i = 0; i < o.skills; ++i) {
    queue_plan q;
    q.name = "q" + std::to_string(i);
    q.priority = static_cast<int>(i % 4);
    q.required = {{"s" + std::to_string(i), 1 + static_cast<int>(i % 3)}};
    q.wrap_up = 0s;
    p.queues.push_back(q);
  }
  for (std::size_t i = 0; i < o.agents; ++i) {
    agent_plan a;
    a.account = std::to_string(100'000 + i);
    for (int n = 0; n < 8; ++n) {
      const auto skill = random() % o.skills;
      a.queues.push_back("q" + std::to_string(skill));
      a.skills["s" + std::to_string(skill)] = 3 + static_cast<int>(random() % 5);
    }
    p.agents.push_back(a);
  }
  return p;
}

class scene {
public:
  scene(const router_options& o)
      : options_(o), random_(o.seed), plan_(wide_plan(o, random_)), router_(plan_, 1, o.seed), versions_(o.agents, 0) {}

  void fill() {
    for (std::size_t i = 0; i < options_.callers; ++i)
      arrive();
  }

  /// One agent becomes free: the router decides whom it serves, if anybody.
  void decide() {
    now_ += 50us;
    say(next_agent_ % options_.agents, agent_state::ready);
  }

  /// The agent talks and is not ready any more; a new caller takes the old one's place. False: it had found nobody.
  bool go_on() {
    const auto agent = next_agent_++ % options_.agents;
    bool decided = false;
    for (std::size_t i = 0; i < out_.size(); ++i) {
      const auto reserve = out_[i];
      const auto* r = std::get_if<routing::reserve>(&reserve);
      if (r == nullptr) continue;
      decided = true;
      router_.connected(r->reservation, now_, out_);
      say(agent, agent_state::talking);
      router_.ended(r->reservation, reservation_outcome::connected, now_, out_);
      say(agent, agent_state::not_ready);
    }
    if (!decided) say(agent, agent_state::not_ready);
    out_.clear();
    if (decided) arrive();
    return decided;
  }

private:
  void arrive() {
    call_request c;
    c.call = call_id{1, ++calls_};
    c.queue = plan_.queues[random_() % plan_.queues.size()].name;
    c.entered_at = now_;
    router_.enqueue(c, now_, out_);
    out_.clear();
  }
  void say(std::size_t agent, agent_state state) {
    agent_view v;
    v.version = ++versions_[agent];
    v.state = state;
    v.ready_since = now_;
    router_.set_agent(plan_.agents[agent].account, v, now_, out_);
  }

  router_options options_;
  std::mt19937_64 random_;
  plan plan_;
  router router_;
  std::vector<std::uint64_t> versions_;
  routing::commands out_;
  instant now_{1'760'000'000s};
  std::uint64_t calls_ = 0;
  std::size_t next_agent_ = 0;
};

} // namespace

void run_router(report& r, const router_options& o) {
  using clock = std::chrono::steady_clock;
  scene s(o);
  const auto filling = clock::now();
  s.fill();
  const std::chrono::duration<double> filled = clock::now() - filling;
  sample each;
  std::size_t decided = 0;
  std::chrono::duration<double> deciding{0};
  const auto begun = clock::now();
  for (std::size_t i = 0; i < o.decisions; ++i) {
    const auto before = clock::now(); // which itself costs some 30 ns
    s.decide();
    const auto after = clock::now();
    deciding += after - before;
    each.add(std::chrono::duration<double, std::micro>(after - before).count());
    decided += s.go_on() ? 1 : 0;
  }
  const std::chrono::duration<double> took = clock::now() - begun;
  r.add("decisions per second", static_cast<double>(o.decisions) / deciding.count(), "1/s", better::higher, 1e6).note =
      "an agent becomes free: whom it serves";
  r.add("whole turns per second", static_cast<double>(decided) / took.count(), "1/s", better::higher).note =
      "the decision, the talk's beginning and end, the next caller's entry";
  each.describe(r, "decision", "us");
  r.add("entries per second", static_cast<double>(o.callers) / filled.count(), "1/s", better::higher);
  r.add("callers waiting", static_cast<double>(o.callers), "", better::neither);
  r.add("agents", static_cast<double>(o.agents), "", better::neither);
  r.spreads.push_back(each.histogram("One decision", "us"));
  if (decided < o.decisions)
    r.remarks.push_back(std::to_string(o.decisions - decided) + " agents found nobody whom they could serve");
}

} // namespace lifeline::bench
