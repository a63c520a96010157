#include "cti/api/list_response.hpp"
#include "cti/api/rescue_route.hpp"

namespace lifeline::cti {

namespace {

constexpr std::uint64_t usual_rows = 100;

struct filter_result {
  actors::record_filter filter;
  std::optional<response> refused;
};

/// `recording` says whether the parameter of that name is known.
filter_result read_filter(const route_call& c, bool recording) {
  filter_result r;
  const auto& to = c.to;
  r.refused = recording ? check_query(to, {"from", "until", "hotline", "agent", "caller", "recording", "limit"})
                        : check_query(to, {"from", "until", "hotline", "agent", "caller", "limit"});
  std::uint64_t limit = usual_rows;
  std::uint64_t with_recording = 0;
  if (!r.refused) r.refused = read_period(c, r.filter.from, r.filter.until);
  if (!r.refused) r.refused = read_number(to, "recording", 0, 1, with_recording);
  if (!r.refused) r.refused = read_number(to, "limit", 1, domain::most_rows, limit);
  const auto text = [&](std::string_view name) {
    const auto* value = find_query(to, name);
    return value != nullptr ? *value : std::string{};
  };
  r.filter.hotline = text("hotline");
  r.filter.agent = text("agent");
  r.filter.caller = text("caller");
  r.filter.with_recording = with_recording == 1;
  r.filter.limit = limit;
  return r;
}

response records(const route_call& c) {
  const auto r = read_filter(c, true);
  return r.refused ? *r.refused : list_response(c.engine.records(r.filter), "records");
}

response recordings(const route_call& c) {
  auto r = read_filter(c, false);
  if (r.refused) return *r.refused;
  r.filter.with_recording = true;
  return list_response(c.engine.records(r.filter), "recordings");
}

/// Calls to rescuers: of one order, one party, some time.
response rescuer_recordings(const rescue_call& c) {
  actors::recording_search search;
  std::uint64_t limit = usual_rows;
  if (auto refused = check_query(c.to, {"order", "party", "from", "until", "limit"})) return *refused;
  if (auto refused = read_period(c, search.from, search.until)) return *refused;
  if (auto refused = read_number(c.to, "limit", 1, domain::most_rows, limit)) return *refused;
  search.limit = limit;
  if (const auto* order = find_query(c.to, "order")) search.order = *order;
  if (const auto* party = find_query(c.to, "party")) search.party = *party;
  return list_response(c.rescue.recordings(search), "recordings");
}

} // namespace

const std::vector<route>& history_routes() {
  static const std::vector<route> table{
      {"GET", "records", roles::everyone, records},
      {"GET", "recordings", roles::reviewers, recordings},
      {"GET", "rescuer-recordings", roles::reviewers, rescue_route<rescuer_recordings>}};
  return table;
}

} // namespace lifeline::cti
