// Recorded calls to rescuers, and links for them.

#include "actors/calls/recordings.hpp"
#include "actors/protocol/failures.hpp"
#include "actors/rescue/rescue_engine.hpp"

#include <algorithm>

namespace lifeline::actors {

namespace {

using namespace std::chrono_literals;

constexpr std::size_t page = 200; ///< orders read at once
/// An order that was made so long before the time that is asked for has no calls in it any more.
constexpr domain::span longest_rescue = 24h * 31;

bool matches(const recording_search& s, const domain::rescuer_called& call, domain::instant ended) {
  if (!call.outcome_known || call.recording.empty()) return false;
  if (!s.party.empty() && call.party != s.party) return false;
  return (s.from == domain::never || ended >= s.from) && (s.until == domain::never || ended < s.until);
}

bool newer(const rescuer_recording& a, const rescuer_recording& b) { return a.ended > b.ended; }

} // namespace

domain::result<void> rescue_engine::recordings_of(const domain::order_state& order, const recording_search& search,
                                                  std::vector<rescuer_recording>& found) const {
  const auto first = found.size();
  auto read = around_->journal->read_order(order.id, [&](const domain::event& e) {
    const auto* call = std::get_if<domain::rescuer_called>(&e.body);
    if (call != nullptr && matches(search, *call, e.at))
      found.push_back({*call, order.number, e.at, {call->recording, {}, 0, domain::span{0}, false}});
    return true;
  });
  if (!read) return tl::unexpected(unreadable(read.error()));
  for (auto i = first; i < found.size(); ++i) {
    auto& one = found[i];
    const auto key = domain::logged_under(domain::recording_of(one.attempt.attempt));
    read = around_->journal->read_call(key, [&](const domain::event& e) {
      if (const auto* sealed = std::get_if<domain::recording_sealed>(&e.body)) one.recording = sealed->recording;
      return true;
    });
    if (!read) return tl::unexpected(unreadable(read.error()));
  }
  return {};
}

domain::result<std::vector<rescuer_recording>> rescue_engine::recordings(const recording_search& search) {
  std::vector<rescuer_recording> found;
  around_->journal->barrier(operation_timeout);
  if (!search.order.empty()) {
    const auto id = id_of(search.order);
    if (!id) return tl::unexpected(id.error());
    const auto order = state_of(*id);
    if (!order) return tl::unexpected(order.error());
    if (const auto done = recordings_of(*order, search, found); !done) return tl::unexpected(done.error());
  } else {
    const auto patience = std::chrono::steady_clock::now() + operation_timeout;
    order_filter filter;
    filter.limit = page;
    filter.until = search.until;
    if (search.from != domain::never) filter.from = search.from - longest_rescue;
    for (bool more = true; more && found.size() < search.limit;) {
      const auto some = orders(filter);
      if (!some) return tl::unexpected(some.error());
      more = some->size() == page;
      for (const auto& o : *some) {
        if (const auto done = recordings_of(o.state, search, found); !done) return tl::unexpected(done.error());
        filter.before = o.state.id;
      }
      if (more && std::chrono::steady_clock::now() > patience)
        return tl::unexpected(domain::failure{domain::errc::unavailable,
                                              "the search takes too long: a shorter time is expected", "from"});
    }
  }
  std::sort(found.begin(), found.end(), newer);
  if (found.size() > search.limit) found.resize(search.limit);
  return found;
}

domain::result<void> rescue_engine::note_link(const domain::rescuer_link_made& link) {
  const auto why = append_and_wait(*around_->journal, {0, around_->now_steady(), {}, link});
  if (why.empty()) return {};
  return tl::unexpected(
      domain::failure{domain::errc::unavailable, "no link is given out, for it cannot be noted: " + why, {}});
}

} // namespace lifeline::actors
