#include "actors/core/cut_calls.hpp"

#include "storage/codec.hpp"
#include "storage/event_serialize.hpp"
#include "storage/tables.hpp"

namespace lifeline::actors {

template <class Archive> void serialize(Archive& ar, cut_call& x, std::uint32_t version) {
  storage::check_version<cut_call>(version);
  ar(x.call, x.hotline, x.queue, x.caller, x.called, x.arrived, x.cut, x.talking, x.agent, x.lift, x.order);
}

} // namespace lifeline::actors

CEREAL_CLASS_VERSION(lifeline::actors::cut_call, 1)

namespace lifeline::actors {

std::string cut_key(const domain::call_id& call) { return std::string{cut_prefix} + domain::to_string(call); }
std::string encode_cut(const cut_call& c) { return storage::encode(c); }
tl::expected<cut_call, storage::failure> decode_cut(std::string_view bytes) {
  return storage::decode<cut_call>(bytes, "a cut call");
}

cut_call cut_of(const domain::call_record& r) {
  cut_call c;
  c.call = r.call;
  c.hotline = r.hotline;
  c.queue = r.queue;
  c.caller = r.caller;
  c.called = r.called;
  c.arrived = r.arrived;
  c.cut = r.ended;
  c.talking = r.answered != domain::never;
  c.agent = r.agent;
  return c;
}

void list_as_cut(const cut_call& c, domain::instant now, storage::change& change) {
  change.events.push_back({0, now, c.call, domain::call_cut{c.hotline, c.caller, c.agent, c.talking, c.lift, c.order}});
  change.state.push_back({storage::table::meta, cut_key(c.call), encode_cut(c)});
}

void cut_list::load(const storage::journal& journal) {
  (void)journal.scan(storage::table::meta, cut_prefix, cut_end, false, [&](std::string_view, std::string_view value) {
    if (auto c = decode_cut(value)) put(std::move(*c));
    return true;
  });
}

std::vector<cut_call> cut_list::all() const {
  const std::lock_guard lock{mutex_};
  std::vector<cut_call> all;
  for (const auto& [id, c] : calls_) // ids are in order of time
    all.push_back(c);
  return all;
}

std::map<std::string, std::uint64_t> cut_list::by_hotline() const {
  const std::lock_guard lock{mutex_};
  std::map<std::string, std::uint64_t> counts;
  for (const auto& [id, c] : calls_)
    ++counts[c.hotline];
  return counts;
}

std::optional<cut_call> cut_list::find(const domain::call_id& call) const {
  const std::lock_guard lock{mutex_};
  const auto found = calls_.find(call);
  return found != calls_.end() ? std::optional{found->second} : std::nullopt;
}

bool cut_list::remove(const domain::call_id& call) {
  const std::lock_guard lock{mutex_};
  return calls_.erase(call) > 0;
}

void cut_list::put(cut_call c) {
  const std::lock_guard lock{mutex_};
  const auto id = c.call;
  calls_[id] = std::move(c);
}

} // namespace lifeline::actors
