// Random lives of queues and agents, judged after every step by the plain model.
#include "test_router_fixture.hpp"
#include "test_router_model.hpp"

#include <catch2/catch.hpp>

#include <array>
#include <random>
#include <stdexcept>

using namespace lifeline::domain;
using namespace lifeline::domain::testing;

namespace {

/// What a life may have: the plain rules only, or everything.
enum class wealth { plain, whole };

class life {
public:
  life(std::uint64_t seed, wealth how)
      : random_(seed), whole_(how == wealth::whole), plan_(random_plan()), router_(plan_, 1, seed), model_(plan_) {}

  void run(int steps) {
    for (int i = 0; i < steps; ++i)
      step();
    while (!model_.calls_.empty())
      leave(model_.calls_.begin()->first);
    if (!model_.reservations_.empty() || model_.reserved_count_ != model_.ended_count_) {
      throw std::logic_error("every reservation ends exactly once");
    }
  }
  [[nodiscard]] const router_model& model() const { return model_; }

private:
  std::uint64_t below(std::uint64_t n) { return random_() % n; }
  bool one_in(std::uint64_t n) { return below(n) == 0; }
  span up_to(std::int64_t seconds) {
    return span{static_cast<std::int64_t>(below(static_cast<std::uint64_t>(seconds) * 1'000'000))};
  }
  template <class Map> typename Map::key_type any_of(const Map& map) {
    return std::next(map.begin(), static_cast<std::ptrdiff_t>(below(map.size())))->first;
  }

  escalation_rule random_rule() {
    escalation_rule rule;
    if (one_in(2)) rule.after = 1s + up_to(20);
    if (rule.after == 0s || one_in(3)) rule.position = static_cast<std::uint32_t>(1 + below(4));
    if (one_in(2)) rule.raise_priority = static_cast<int>(below(5)) - 1;
    if (one_in(2)) rule.tier = static_cast<int>(1 + below(4));
    if (one_in(3)) {
      rule.replaces = true;
      if (one_in(2)) rule.required.push_back({"s" + std::to_string(below(3)), static_cast<int>(1 + below(3))});
    }
    if (one_in(6) || (rule.raise_priority == 0 && rule.tier == 0 && !rule.replaces)) rule.overflow = true;
    return rule;
  }

  void enrich(queue_plan& q) {
    q.strategy = static_cast<strategy>(below(9));
    q.ring_step = one_in(4) ? span{0} : 500ms + up_to(4);
    if (one_in(2)) q.tier_wait = 1s + up_to(8);
    q.tier_skip_empty = !one_in(3);
    if (one_in(2)) q.priority_step = 1s + up_to(5);
    q.priority_growth = static_cast<int>(below(6));
    q.escalations.clear();
    for (auto n = below(4); n > 0; --n)
      q.escalations.push_back(random_rule());
    if (one_in(4)) q.present_states = {agent_state::ready, agent_state::talking, agent_state::not_ready};
    if (one_in(2)) q.join_empty = empty_policy::overflow;
    if (one_in(2)) q.leave_empty = empty_policy::overflow;
    q.leave_empty_after = one_in(3) ? span{0} : up_to(6);
    if (one_in(2)) q.sticky = up_to(60);
    q.sticky_wait = one_in(4) ? span{0} : up_to(8);
    if (one_in(2)) q.resume_place = up_to(40);
    if (one_in(4)) q.max_length = 1 + below(6);
  }

  plan random_plan() {
    plan p;
    const auto queues = 1 + below(4);
    for (std::uint64_t i = 0; i < queues; ++i) {
      auto q = make_queue("q" + std::to_string(i), static_cast<strategy>(below(6)), static_cast<int>(below(3)),
                          static_cast<double>(1 + below(4)));
      if (one_in(3)) q.required.push_back({"s0", static_cast<int>(1 + below(3))});
      if (one_in(2)) q.max_wait = 5s + up_to(60);
      q.ring_timeout = 1s + up_to(10);
      if (one_in(3)) q.reject_delay = q.busy_delay = q.no_answer_delay = 0s;
      if (whole_) enrich(q);
      p.queues.push_back(q);
    }
    const auto agents = 1 + below(8);
    for (std::uint64_t i = 0; i < agents; ++i)
      p.agents.push_back(random_agent(i, p));
    for (const auto& q : p.queues) {
      hotline_plan h;
      h.name = h.queue = q.name;
      h.emergency = whole_ && one_in(2);
      p.hotlines.push_back(h);
    }
    return p;
  }

  agent_plan random_agent(std::uint64_t i, const plan& p) {
    auto a = make_agent("a" + std::to_string(i), {});
    for (const auto& q : p.queues) {
      if (one_in(3)) continue;
      a.queues.push_back(q.name);
      if (whole_ && !one_in(3)) a.places[q.name] = {static_cast<int>(1 + below(4)), static_cast<int>(below(3))};
    }
    for (int s = 0; s < 3; ++s) {
      if (!one_in(3)) a.skills["s" + std::to_string(s)] = static_cast<int>(1 + below(3));
    }
    return a;
  }

  /// Some queues and agents otherwise than before.
  void reconfigure() {
    for (auto& q : plan_.queues) {
      const auto old = q;
      if (one_in(2)) enrich(q);
      q.sticky = old.sticky; // a router forgets what its plan has no use for, the model does not
      q.resume_place = old.resume_place;
      if (one_in(4)) q.priority = static_cast<int>(below(3));
      if (one_in(4)) q.max_wait = one_in(2) ? span{0} : 5s + up_to(60);
    }
    for (auto& h : plan_.hotlines) {
      if (one_in(4)) h.emergency = !h.emergency;
    }
    for (std::size_t i = 0; i < plan_.agents.size(); ++i) {
      if (one_in(3)) plan_.agents[i] = random_agent(i, plan_);
    }
    model_.reconfigure(plan_, now_);
    router_.reconfigure(plan_, now_, out_);
    for (const auto& each : out_) {
      const auto* end = std::get_if<routing::end>(&each); // but for a phone asked again, if the new plan says overflow
      if (end != nullptr && end->outcome != reservation_outcome::superseded)
        throw std::logic_error("a new plan ends no offer");
    }
    judge(true);
  }

  /// The commands of one event, in their order, then the state as a whole.
  void judge(bool choice) {
    for (const auto& each : out_) {
      if (const auto* c = std::get_if<routing::reserve>(&each))
        model_.check_reserve(*c, router_.explain(*c), now_, choice);
      if (const auto* c = std::get_if<routing::end>(&each)) model_.check_end(*c, now_);
      if (const auto* c = std::get_if<routing::overflow>(&each)) model_.check_overflow(*c);
      if (const auto* c = std::get_if<routing::escalated>(&each)) model_.check_escalated(*c, now_);
    }
    model_.check_settled(router_, now_);
    out_.clear();
    model_.fresh_.clear();
  }

  void step() {
    now_ += span{static_cast<std::int64_t>(below(1'500'000))};
    model_.pass(now_);
    router_.tick(now_, out_);
    judge(false);
    if (whole_ && one_in(25)) reconfigure();
    switch (below(8)) {
    case 0:
    case 1: change_agent(); break;
    case 2:
    case 3: enter(); break;
    case 4: refuse(); break;
    case 5: connect(); break;
    case 6: finish(); break;
    default:
      if (!model_.calls_.empty()) leave(any_of(model_.calls_));
    }
  }

  void change_agent() {
    const auto account = any_of(model_.agents_);
    agent_view v;
    v.version = ++versions_;
    v.state = below(3) > 0 ? agent_state::ready : static_cast<agent_state>(below(agent_state_count));
    if (whole_ && one_in(4)) v.state = agent_state::not_ready;
    if (v.state == agent_state::not_ready)
      v.reason = std::array{"break", reason_no_answer, reason_no_answer, reason_unreachable}[below(4)];
    v.ready_since = now_ - span{static_cast<std::int64_t>(below(20) * 1'000'000)};
    v.calls_answered = static_cast<std::uint32_t>(below(5));
    v.talk_time = span{static_cast<std::int64_t>(below(5) * 1'000'000)};
    if (below(6) == 0) v.retry_until = now_ + span{static_cast<std::int64_t>(below(4'000'000))};
    if (below(6) == 0) { // an old one, come late
      v.version = model_.agents_[account].view.version;
      if (model_.agents_[account].seen && router_.set_agent(account, v, now_, out_)) {
        throw std::logic_error("a stale view counts for nothing");
      }
      judge(true);
      return;
    }
    model_.view(account, v, now_);
    if (!router_.set_agent(account, v, now_, out_)) throw std::logic_error("a new view is taken");
    judge(true);
  }

  void enter() {
    call_request request;
    request.call = call_no(below(10) == 0 ? 1 + below(calls_ + 1) : ++calls_);
    request.queue = plan_.queues[below(plan_.queues.size())].name;
    request.priority = static_cast<int>(below(3)) - 1;
    request.entered_at = now_ - span{static_cast<std::int64_t>(below(4) == 0 ? below(10) * 1'000'000 : 0)};
    if (below(3) == 0) request.required.push_back({"s" + std::to_string(below(3)), static_cast<int>(1 + below(3))});
    if (whole_) {
      if (!one_in(3)) request.caller = "c" + std::to_string(below(5));
      request.known = one_in(5);
      request.patient = one_in(8);
    }
    const auto expected = model_.status_of(request);
    const instant regained = model_.regained(request, now_);
    if (expected == enqueue_status::accepted) model_.enqueue(request, now_);
    const auto result = router_.enqueue(request, now_, out_);
    if (result.status != expected) throw std::logic_error("who may come in");
    if (expected == enqueue_status::accepted && result.resumed != (regained != never))
      throw std::logic_error("who has the old place again");
    if (result.resumed && result.entered_at != regained) throw std::logic_error("the old place is the old place");
    calls_ = std::max(calls_, request.call.lo);
    judge(true);
  }

  void refuse() {
    if (model_.reservations_.empty()) return;
    const auto id = any_of(model_.reservations_);
    const bool open = !model_.reservations_.at(id).connected;
    const instant until = now_ + span{static_cast<std::int64_t>(below(3) * 2'000'000)};
    if (open) model_.refused(id, until, now_);
    if (router_.agent_refused(id, reservation_outcome::busy, until, now_, out_) != open) {
      throw std::logic_error("only an open offer is refused");
    }
    judge(true);
  }

  void connect() {
    if (model_.reservations_.empty()) return;
    const auto id = any_of(model_.reservations_);
    model_.connected(id);
    if (!router_.connected(id, now_, out_)) throw std::logic_error("an open offer connects");
    judge(true);
  }

  void finish() {
    for (const auto& [id, r] : model_.reservations_) {
      if (!r.connected) continue;
      if (!router_.ended(id, reservation_outcome::connected, now_, out_)) throw std::logic_error("a talk ends");
      model_.talk_over(reservation_id{id}, now_);
      judge(true);
      return;
    }
  }

  void leave(const call_id& id) {
    const bool talking = model_.calls_.at(id).talking;
    if (!talking) model_.leaves_early(id, now_);
    if (!router_.leave(id, now_, out_)) throw std::logic_error("a present call leaves");
    if (talking) {
      model_.talk_over_of(id, now_);
      judge(true);
      return;
    }
    model_.calls_.at(id).overdue.insert("left"); // is not to be offered again
    gone(id);
  }

  /// Its offers end before anything else happens; then it is unknown.
  void gone(const call_id& id) {
    const auto offers = model_.calls_.at(id).offered_to.size();
    for (std::size_t i = 0; i < offers; ++i) {
      const auto* c = out_.size() > i ? std::get_if<routing::end>(&out_[i]) : nullptr;
      if (!c || c->call != id || c->outcome != reservation_outcome::caller_gone) {
        throw std::logic_error("the offers of a caller who left end");
      }
      model_.check_end(*c, now_);
    }
    out_.erase(out_.begin(), out_.begin() + static_cast<std::ptrdiff_t>(offers));
    model_.calls_.erase(id);
    judge(true);
  }

  std::mt19937_64 random_;
  bool whole_;
  plan plan_;
  router router_;
  router_model model_;
  instant now_ = start;
  routing::commands out_;
  std::uint64_t versions_ = 0;
  std::uint64_t calls_ = 0;
};

} // namespace

TEST_CASE("router: random lives keep every rule of the plain model") {
  std::size_t offers = 0;
  for (std::uint64_t seed = 1; seed <= 60; ++seed) {
    INFO("seed " << seed);
    life l(seed, wealth::plain);
    REQUIRE_NOTHROW(l.run(400));
    offers += l.model().reserved_count_;
  }
  CHECK(offers > 1000); // the lives are not empty
}

TEST_CASE("router: random lives with tiers, escalation, sticky agents, regained places and new plans keep the rules") {
  std::size_t offers = 0;
  std::size_t escalated = 0;
  std::size_t overflows = 0;
  std::size_t resumed = 0;
  std::size_t sticky = 0;
  std::size_t again = 0;
  for (std::uint64_t seed = 1; seed <= 150; ++seed) {
    INFO("seed " << seed);
    life l(seed, wealth::whole);
    REQUIRE_NOTHROW(l.run(400));
    offers += l.model().reserved_count_;
    escalated += l.model().escalated_count_;
    overflows += l.model().overflow_count_;
    resumed += l.model().resumed_count_;
    sticky += l.model().sticky_count_;
    again += l.model().again_count_;
  }
  CHECK(offers > 3000); // nothing has been left out
  CHECK(escalated > 1000);
  CHECK(overflows > 500);
  CHECK(resumed > 100);
  CHECK(sticky > 100);
  CHECK(again > 300);
}
