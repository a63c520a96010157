#pragma once
// What the routes of alarms, orders, lifts and parties have in common.

#include "cti/api/json_rescue.hpp"
#include "cti/api/route_table.hpp"

#include <string>

namespace lifeline::cti {

struct rescue_call : route_call {
  actors::rescue_operations& rescue;
};

response no_rescue();

/// A handler that needs the rescue part; without one it answers 503.
template <response (*answer)(const rescue_call&)> response rescue_route(const route_call& c) {
  if (c.context.rescue == nullptr) return no_rescue();
  return answer(rescue_call{c, *c.context.rescue});
}

/// A list for a spreadsheet.
response csv_response(std::string csv);
/// POST of a list as CSV: reads the query, `take`s the list, and answers with the report. `may_skip`: rows that are
/// wrong can be left out.
response import_list(const rescue_call& c, bool may_skip,
                     const std::function<domain::result<actors::import_report>(const actors::import_options&)>& take);

/// On whose behalf a client asks: its own agent or name, or the account in the header X-Lifeline-Agent, which clients
/// of the roles integration and admin may name.
struct person {
  std::string name;
  std::optional<response> refused;
};
person acting_for(const route_call& c);

/// The header Idempotency-Key, 1 to 128 visible characters; empty when there is none.
struct key_result {
  std::string key;
  std::optional<response> refused;
};
key_result idempotency_key(const request& r);
/// A random UUID.
std::string fresh_id();

/// The fields of a report that its reporter gives; the header Idempotency-Key may stand for `message_id`, and a fresh
/// id is made when there is neither.
std::optional<response> read_report(const json& body, const request& message, domain::alarm_report& r);

/// Who reports by a call of the hotline is called back at its number, unless another was told.
void take_caller(const route_call& c, domain::alarm_report& r);

// ---- records that are put whole (read_record.cpp)
json place_json(const std::optional<domain::geo_point>& p);
/// `where`: null or {"latitude":..,"longitude":..}.
std::optional<response> read_place(const json& body, std::optional<domain::geo_point>& value);
/// The key, which the body may repeat but not contradict.
std::optional<response> read_key(const json& body, std::string_view name, const std::string& key);
/// What is wrong with a record: the first field in the error's place, all of them in `problems`.
response refuse_record(const std::vector<domain::field_problem>& problems);

inline constexpr std::size_t longest_word = 200;   ///< bytes: names, codes, numbers
inline constexpr std::size_t longest_prose = 4000; ///< bytes: descriptions, notes

} // namespace lifeline::cti
