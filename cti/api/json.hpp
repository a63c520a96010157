#pragma once
// The engine's values as JSON (docs/api.md). Times are RFC 3339 in UTC, null when there is none; durations are numbers
// of seconds; identities, enumerations and names are strings.

#include "actors/engine/operations.hpp"

#include <nlohmann/json.hpp>
#include <tl/expected.hpp>

#include <string>

namespace lifeline::cti {

using json = nlohmann::ordered_json;

json time_json(domain::instant t);
/// Text from the network may hold anything: what is not UTF-8 is replaced.
std::string dump(const json& j);

/// JSON from the network. The error is a sentence; values nested deeper than 64 are refused, for whatever walks them
/// does so on its stack.
tl::expected<json, std::string> parse_json(const std::string& text);

json to_json(const actors::engine_status& s);
json to_json(const actors::queue_status& s);
json to_json(const actors::hotline_status& s);
json to_json(const actors::agent_status& s);
json to_json(const actors::call_status& s);
json to_json(const actors::call_journey& j);
json to_json(const actors::cut_call_status& x);
json to_json(const sip::trunk_state& t);
json to_json(const sip::ban& b);
json to_json(const actors::reload_report& r);
json to_json(const actors::backup_report& r);
json to_json(const actors::log_report& r);
json to_json(const domain::call_record& r);
json to_json(const domain::recording_info& x);
json to_json(const domain::candidate& x);
json to_json(const domain::exclusion& x);
json to_json(const domain::explanation& x);
json to_json(const domain::alarm_report& x);
json to_json(const domain::event& e);

} // namespace lifeline::cti
