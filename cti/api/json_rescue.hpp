#pragma once
// Lifts, parties, alarms and orders as JSON, and back (docs/api.md). What is read is read strictly: a field that is not
// known, of a wrong type or out of bounds is refused by name.

#include "cti/api/json.hpp"
#include "cti/http/message.hpp"

#include "actors/rescue/rescue_operations.hpp"

#include <tl/expected.hpp>

#include <string>
#include <vector>

namespace lifeline::cti {

/// Everything of it, also what is computed: times to accept, arrive and rescue, the next deadline.
json to_json(const actors::order_view& v);
/// The order, its log, the tries to reach rescuers, its calls and recordings.
json to_json(const actors::order_story& s);
json to_json(const actors::report_receipt& r);
json to_json(const actors::rescuer_recording& r);
/// The whole answer. Of ten thousand orders, values would take ten times the memory of their text, and most of the
/// time.
std::string to_text(const actors::alarm_board& b);
json to_json(const actors::device_view& d);
json to_json(const actors::import_report& r);
json to_json(const domain::elevator& e);
json to_json(const domain::rescue_party& p);

/// The values as a JSON list, one at a time: a long list as one value would take many times the memory of its text.
template <class T> std::string list_text(const std::vector<T>& values) {
  std::string text = "[";
  for (const auto& x : values) {
    if (text.size() > 1) text += ',';
    text += to_json(x).dump(-1, ' ', false, json::error_handler_t::replace);
  }
  return text += ']';
}

/// A record as it is put: its code is `code`, the object may repeat it. The error is the answer.
tl::expected<domain::elevator, response> read_elevator(const std::string& code, const request& r);
tl::expected<domain::rescue_party, response> read_party(const std::string& id, const request& r);

} // namespace lifeline::cti
