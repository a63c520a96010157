#pragma once
// Peers that play a carrier: a registrar that challenges, a gateway that takes calls.

#include "tests/sip/live.hpp"

namespace lifeline::sip::testing {

/// A trunk that dials out to this peer; no source addresses, no checks.
domain::trunk_plan trunk_at(const std::string& name, const raw_peer& peer);
/// Reconfigures the running gateway to these settings, which must be taken.
void take_over(live& engine, const settings& s);
/// What is known of a trunk, or an empty state.
trunk_state state_of(const live& engine, const std::string& trunk);
/// A WWW-Authenticate header line with this algorithm ("MD5", "SHA-256").
std::string challenge_line(const std::string& algorithm, const std::string& nonce = "n1", bool stale = false,
                           const std::string& name = "WWW-Authenticate");
/// Whether the request's Authorization proves the password.
bool proves(const message& request, const std::string& user, const std::string& password,
            const std::string& header = "Authorization");
/// A call out through trunks; the leg's id and sink.
std::pair<leg_id, std::shared_ptr<recording_leg>> dial_trunks(live& engine, const std::vector<std::string>& trunks,
                                                              std::uint64_t number,
                                                              std::chrono::milliseconds ring = 10s);

} // namespace lifeline::sip::testing
