#include "storage/prepared_change.hpp"

#include "storage/event_codec.hpp"

#include <utility>

namespace lifeline::storage {

std::size_t prepared_change::weight() const {
  std::size_t total = values.size() + 64 * what.events.size();
  for (const auto& m : what.state)
    total += m.key.size() + (m.value ? m.value->size() : 0) + 32;
  return total;
}

prepared_change prepare(change c, durability d, completion done) {
  check_mutations(c);
  prepared_change p;
  p.what = std::move(c);
  p.how = d;
  p.done = std::move(done);
  p.ends.reserve(p.what.events.size());
  for (const auto& e : p.what.events) {
    encode_event_to(p.values, e);
    p.ends.push_back(p.values.size());
  }
  return p;
}

std::uint64_t give_numbers(prepared_change& p, std::uint64_t next) {
  for (auto& e : p.what.events)
    e.seq = next++;
  return next;
}

commit_result written(const prepared_change& p) {
  return {true, p.what.events.empty() ? 0 : p.what.events.front().seq, {}};
}

} // namespace lifeline::storage
