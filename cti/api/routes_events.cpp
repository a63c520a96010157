// The numbered log for those who follow it: a page at a time, perhaps waiting for the next entry, or as a stream of
// server-sent events (WHATWG HTML, section 9.2) that can be resumed from a number.

#include "cti/api/route_table.hpp"

#include <charconv>
#include <limits>

namespace lifeline::cti {

namespace {

constexpr std::uint64_t usual_rows = 100;
constexpr std::uint64_t most_wait = 30;       // seconds
constexpr std::uint32_t heartbeat_ms = 15000; // of a stream: proxies cut what is silent
constexpr std::uint64_t stream_rows = 200;    // of one piece
constexpr std::uint64_t most_number = std::numeric_limits<std::int64_t>::max() - 1;

response page(const std::vector<domain::event>& events, std::uint64_t from) {
  json list = json::array();
  for (const auto& e : events)
    list.push_back(to_json(e));
  json body = json::object();
  body["next"] = events.empty() ? from : events.back().seq + 1;
  body["events"] = std::move(list);
  return json_response(body);
}

response events(const route_call& c) {
  std::uint64_t from = 1;
  std::uint64_t limit = usual_rows;
  std::uint64_t wait = 0;
  if (auto refused = check_query(c.to, {"from", "limit", "wait_seconds"})) return *refused;
  if (auto refused = read_number(c.to, "from", 1, most_number, from)) return *refused;
  if (auto refused = read_number(c.to, "limit", 1, domain::most_rows, limit)) return *refused;
  if (auto refused = read_number(c.to, "wait_seconds", 0, most_wait, wait)) return *refused;
  const auto result = c.engine.events(from, limit);
  if (!result) return failure_response(result.error());
  auto r = page(*result, from);
  if (result->empty() && !c.message.is_last_try) r.wait = {from - 1, static_cast<std::uint32_t>(wait * 1000)};
  return r;
}

/// Where a stream begins: after Last-Event-ID when a client comes back, else at `from`.
std::optional<response> read_start(const route_call& c, std::uint64_t& from) {
  if (auto refused = check_query(c.to, {"from"})) return refused;
  if (auto refused = read_number(c.to, "from", 1, most_number, from)) return refused;
  const auto last = c.message.header("last-event-id");
  if (last.empty()) return std::nullopt;
  std::uint64_t number = 0;
  const auto [stop, failed] = std::from_chars(last.data(), last.data() + last.size(), number);
  if (failed != std::errc{} || stop != last.data() + last.size() || number >= most_number)
    return error_response(400, "invalid", "expected the number of an event", "Last-Event-ID");
  from = number + 1;
  return std::nullopt;
}

response stream(const route_call& c) {
  std::uint64_t from = 1;
  if (auto refused = read_start(c, from)) return *refused;
  if (c.message.resume_from != 0) from = c.message.resume_from;
  const auto result = c.engine.events(from, stream_rows);
  if (!result) return failure_response(result.error());
  response r;
  r.content_type = "text/event-stream";
  r.headers.emplace_back("Cache-Control", "no-store");
  for (const auto& e : *result)
    r.body += "id: " + std::to_string(e.seq) + "\nevent: " + std::string{domain::event_name(e.body)} +
              "\ndata: " + dump(to_json(e)) + "\n";
  if (result->empty()) {
    r.body = ":\n\n"; // a comment: still here
    if (c.message.resume_from != 0 && !c.message.is_last_try) r.wait = {from - 1, heartbeat_ms};
  }
  r.stream_next = result->empty() ? from : result->back().seq + 1;
  return r;
}

} // namespace

const std::vector<route>& event_routes() {
  static const std::vector<route> table{{"GET", "events", roles::everyone, events},
                                        {"GET", "events/stream", roles::everyone, stream}};
  return table;
}

} // namespace lifeline::cti
