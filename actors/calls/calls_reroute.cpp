#include "actors/calls/calls_impl.hpp"

#include "actors/core/checkpoints.hpp"
#include "actors/protocol/failures.hpp"
#include "storage/tables.hpp"

#include <utility>

namespace lifeline::actors {

void load_reroutes(calls_state& s) {
  (void)s.around->journal->scan(storage::table::meta, reroute_prefix, reroute_end, false,
                                [&](std::string_view key, std::string_view value) {
                                  s.rerouted[std::string{key.substr(reroute_prefix.size())}] = std::string{value};
                                  return true;
                                });
}

line_figures lines_of(const calls_state& s, const domain::hotline_plan& h) {
  line_figures f;
  f.hotline = h.name;
  f.in_use = s.lines->in_use(h.name);
  const auto rerouted = s.rerouted.find(h.name);
  f.rerouted = rerouted != s.rerouted.end();
  if (f.rerouted) f.reason = rerouted->second;
  return f;
}

static reroute_answer answer_of(const calls_state& s, const std::string& hotline, bool stored,
                                const std::string& error) {
  reroute_answer answer;
  answer.refused.reset();
  if (!stored) answer.refused = not_stored(error);
  if (const auto* plan = s.around->plan().find_hotline(hotline)) answer.figures = lines_of(s, *plan);
  return answer;
}

caf::typed_response_promise<reroute_answer> reroute(calls_self self, const reroute_request& r) {
  auto& s = self->state;
  auto promise = self->make_response_promise<reroute_answer>();
  const auto* hotline = s.around->plan().find_hotline(r.hotline);
  if (hotline == nullptr || hotline->retired) {
    reroute_answer answer;
    answer.refused = {domain::errc::not_found, "no hotline \"" + r.hotline + "\"", {}};
    promise.deliver(answer);
    return promise;
  }
  const auto now = s.around->now(self);
  storage::change c;
  c.events.push_back({0, now, {}, domain::hotline_rerouted{r.hotline, r.on, r.reason}});
  std::optional<std::string> value;
  if (r.on) value = r.reason;
  c.state.push_back({storage::table::meta, std::string{reroute_prefix} + r.hotline, value});
  if (r.on)
    s.rerouted[r.hotline] = r.reason;
  else
    s.rerouted.erase(r.hotline);
  const auto done = [self, promise, name = r.hotline](bool stored, const std::string& error) mutable {
    promise.deliver(answer_of(self->state, name, stored, error));
  };
  s.around->journal->append(std::move(c), storage::durability::durable,
                            s.writes.begin(caf::strong_actor_ptr{self->ctrl()}, {false, done}));
  if (!r.on) return promise;
  for (const auto& [id, child] : s.children)
    if (child.hotline == r.hotline)
      tell(self, s.around->who.live_calls.find(id), reroute_order{"rerouted: " + r.reason});
  return promise;
}

} // namespace lifeline::actors
