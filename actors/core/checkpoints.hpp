#pragma once
// The actors' durable states, as they lie in the journal's tables. `earlier`: every time in it is moved back by so
// much.

#include "domain/agents/agent_machine.hpp"
#include "domain/calls/call_state.hpp"
#include "sip/gateway.hpp"
#include "storage/types.hpp"

#include <tl/expected.hpp>

#include <string>
#include <string_view>
#include <vector>

namespace lifeline::actors {

std::string encode_call(const domain::call_state& s);
tl::expected<domain::call_state, storage::failure> decode_call(std::string_view bytes, domain::span earlier = {});

std::string encode_agent(const domain::agent_model& a);
tl::expected<domain::agent_model, storage::failure> decode_agent(std::string_view bytes, domain::span earlier = {});
/// As last run left it. A state from the future - the clock was set back since - is moved to now as a whole: no
/// deadline lies further away than when it was set.
tl::expected<domain::agent_model, storage::failure> decode_agent_of_last_run(std::string_view bytes,
                                                                             domain::instant now);

std::string encode_registration(const sip::registration& r);
tl::expected<sip::registration, storage::failure> decode_registration(std::string_view bytes,
                                                                      domain::span earlier = {});

/// An offer that is open: kept so that a restarted dispatcher can end it in the log.
struct open_reservation {
  domain::reservation_id reservation;
  domain::call_id call;
  domain::agent_id agent;
  domain::queue_id queue;
  domain::instant made = domain::never;
};
std::string encode_reservation(const open_reservation& r);
tl::expected<open_reservation, storage::failure> decode_reservation(std::string_view bytes, domain::span earlier = {});

/// Keys in table::meta, with the hotline's name behind: present while it is rerouted; the value is the reason.
inline constexpr std::string_view reroute_prefix = "reroute/";
inline constexpr std::string_view reroute_end = "reroute0";

// Keys in table::meta that belong to the dispatcher.
inline constexpr std::string_view epoch_key = "dispatcher/epoch";
inline constexpr std::string_view reservation_prefix = "dispatcher/reservation/";
inline constexpr std::string_view reservation_end = "dispatcher/reservation0"; ///< first key after the prefix
std::string reservation_key(const domain::reservation_id& id);

} // namespace lifeline::actors
