#pragma once
// A small town for the rescue tests and the demonstration: a lift, the firm that maintains it, the nearest rescue
// station and public rescue. Their telephones are numbers behind one exchange, a real SIP phone, which is the carrier's
// far end.

#include "tests/peers/harness/baresip.hpp"
#include "tests/peers/harness/engine.hpp"

#include <string>

namespace lifeline::peers {

inline const std::string town_lift = "810001";
inline const std::string firm_phone = "051783000001";
inline const std::string station_phone = "051783000002";
inline const std::string public_phone = "051783000003";
inline const std::string report_number = "051796333";

/// Lets the carrier's calls out go to that port, and adds what rescues need. `limits`: further keys of [rescue].
void add_rescue(engine_config& config, std::uint16_t exchange_port, const toml_section& limits = {});
/// Tells the engine of the lift and the three parties.
void settle_town(const engine& e);

/// The order as it is now (GET orders/KEY).
json order_of(const engine& e, const std::string& key);
/// Waits until the order's status is that, and gives it.
json wait_order(const engine& e, const std::string& key, const std::string& status,
                std::chrono::milliseconds timeout = std::chrono::seconds{20});
/// Waits until the order has a deployment of that level in that phase.
json wait_deployment(const engine& e, const std::string& key, int level, const std::string& phase,
                     std::chrono::milliseconds timeout = std::chrono::seconds{30});

} // namespace lifeline::peers
