#include "domain/base/keeping.hpp"

namespace lifeline::domain {

bool may_rest(const kept_facts& f) { return f.over && !f.writing && !f.given_up && f.deadline == never; }

instant next_wake(const kept_facts& f, instant now) {
  if (may_rest(f)) return f.last_work + rest_after;
  return f.deadline == never && f.given_up ? now + rewrite_after : f.deadline;
}

kept_wake on_wake(const kept_facts& f, instant now) {
  if (may_rest(f) && now - f.last_work >= rest_after) return kept_wake::rest;
  return f.deadline != never && f.deadline <= now ? kept_wake::due : kept_wake::wait;
}

bool person_is_told(std::uint32_t times_too_often) {
  constexpr std::uint32_t every = 120;
  return times_too_often % every == 1;
}

bool asks_again(request_failure f, int tries) {
  constexpr int most_tries = 4;
  return f == request_failure::unseen && tries < most_tries;
}

} // namespace lifeline::domain
