#include "sip/counters.hpp"

namespace lifeline::sip {

namespace {

constexpr std::array<std::string_view, static_cast<std::size_t>(method::count)> method_names{
    "INVITE", "ACK", "BYE", "CANCEL", "OPTIONS", "REGISTER", "INFO", "PRACK", "UPDATE", "OTHER"};
constexpr std::array<std::string_view, static_cast<std::size_t>(refusal::count)> refusal_names{
    "unknown_source", "bad_credentials", "bad_request", "bad_sdp",
    "overload",       "draining",        "unattended",  "rate_limited"};

template <class Cells, class Names> auto named(const Cells& cells, const Names& names) {
  std::map<std::string, std::uint64_t> values;
  for (std::size_t i = 0; i < cells.size(); ++i)
    values.emplace(names[i], cells[i].load(std::memory_order_relaxed));
  return values;
}

template <class Cells> auto by_status(const Cells& cells) {
  std::map<int, std::uint64_t> values;
  for (std::size_t i = 100; i < cells.size(); ++i)
    if (const auto n = cells[i].load(std::memory_order_relaxed); n != 0) values.emplace(static_cast<int>(i), n);
  return values;
}

} // namespace

sip_statistics counters::snapshot() const {
  sip_statistics s;
  s.requests_received = named(received_, method_names);
  s.requests_sent = named(sent_, method_names);
  s.responses_sent = by_status(responses_sent_);
  s.responses_received = by_status(responses_received_);
  s.refused = named(refused_, refusal_names);
  s.legs = legs_.load(std::memory_order_relaxed);
  s.registered_accounts = accounts_.load(std::memory_order_relaxed);
  s.dropped = dropped_.load(std::memory_order_relaxed);
  s.emergency_refused = emergency_refused_.load(std::memory_order_relaxed);
  s.bans = bans_.load(std::memory_order_relaxed);
  s.remembered = remembered_.load(std::memory_order_relaxed);
  s.connections = connections_.load(std::memory_order_relaxed);
  s.heartbeat = heartbeat_.load(std::memory_order_relaxed);
  s.faults = faults_.load(std::memory_order_relaxed);
  s.lag = std::chrono::microseconds{lag_.load(std::memory_order_relaxed)};
  s.certificate_expires = std::chrono::system_clock::from_time_t(certificate_expires_.load(std::memory_order_relaxed));
  return s;
}

} // namespace lifeline::sip
