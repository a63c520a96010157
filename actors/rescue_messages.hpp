#pragma once
// What the actors of the rescue side say to each other. The rules of messages.hpp hold; the domain's larger values are
// inspected as the bytes that the journal stores (rescue_codec.hpp).

#include "actors/messages.hpp"
#include "actors/rescue_codec.hpp"

#include <caf/all.hpp>

#include <cstdint>
#include <string>

namespace lifeline::actors {

// ---- to the supervisor of alarms -----------------------------------------------------------------------------

/// Answered once it is durable, or is known not to be.
struct take_report {
  domain::alarm_report report;
};
/// `ok` false: `receipt` is right if its order is not nil: the rescue goes on, but the disk has not taken it.
struct report_answer {
  bool ok = false;
  std::string error;
  report_receipt receipt;
};
/// What a person orders. To the supervisor, who wakes the order and hands it on.
struct order_request {
  domain::order_id order;
  domain::order_action action;
};
/// A rescuer's word by another way than the key of a call of ours.
struct rescuer_words {
  domain::order_id order;
  domain::rescuer_report report;
};
/// A call that is linked to the order was answered. To the supervisor, who wakes the order and hands it on.
struct order_call_answered {
  domain::order_id order;
  domain::call_id call;
  domain::instant at = domain::never;
  domain::agent_id agent; ///< or empty: a backup number
};
/// Answered once it is durable, or is known not to be.
struct order_answer {
  bool ok = false;
  operation_errc code = operation_errc::unavailable; ///< the next four: when not ok
  bool forbidden = false;
  std::string field;
  std::string error;
  domain::order_state state; ///< as it is now; nil id: none
};
/// From the journal: the change with this number is stored, or is not.
struct rows_stored {
  std::uint64_t number = 0;
  bool ok = false;
  std::string error;
};
/// From an alarm: something has changed that decides whether it belongs to a mass event.
struct mass_news {
  domain::order_id order;
  bool left = false; ///< a person has taken it out
};
/// Lifts or parties have changed: look again.
struct registry_changed {};

// ---- to an alarm ---------------------------------------------------------------------------------------------

/// Another report of its lift. Answered once it is durable, or is known not to be; `taken` false: the order is over,
/// it has to be a new one.
struct merge_report {
  domain::alarm_report report;
};
struct merge_answer {
  bool taken = false;
  report_answer answer;
};
/// What has become of an attempt lies in the surroundings: that it was dialled, its result, or nothing: it is lost.
struct attempt_over {
  domain::attempt_id attempt;
};
/// From the supervisor: belongs to this mass event; 0 = to none.
struct mass_event_order {
  std::uint32_t group = 0;
};

template <class I> auto inspect(I& f, report_receipt& x) {
  return f(caf::meta::type_name("report_receipt"), x.fate, x.order, x.number, x.status, x.repeated, x.doubts);
}
template <class I> auto inspect(I& f, take_report& x) { return f(caf::meta::type_name("take_report"), x.report); }
template <class I> auto inspect(I& f, report_answer& x) {
  return f(caf::meta::type_name("report_answer"), x.ok, x.error, x.receipt);
}
template <class I> auto inspect(I& f, order_request& x) {
  return f(caf::meta::type_name("order_request"), x.order, x.action);
}
template <class I> auto inspect(I& f, rescuer_words& x) {
  return f(caf::meta::type_name("rescuer_words"), x.order, x.report);
}
template <class I> auto inspect(I& f, order_call_answered& x) {
  return f(caf::meta::type_name("order_call_answered"), x.order, x.call, x.at, x.agent);
}
template <class I> auto inspect(I& f, order_answer& x) {
  return f(caf::meta::type_name("order_answer"), x.ok, x.code, x.forbidden, x.field, x.error, x.state);
}
template <class I> auto inspect(I& f, rows_stored& x) {
  return f(caf::meta::type_name("rows_stored"), x.number, x.ok, x.error);
}
template <class I> auto inspect(I& f, mass_news& x) { return f(caf::meta::type_name("mass_news"), x.order, x.left); }
template <class I> auto inspect(I& f, registry_changed&) { return f(caf::meta::type_name("registry_changed")); }
template <class I> auto inspect(I& f, merge_report& x) { return f(caf::meta::type_name("merge_report"), x.report); }
template <class I> auto inspect(I& f, merge_answer& x) {
  return f(caf::meta::type_name("merge_answer"), x.taken, x.answer);
}
template <class I> auto inspect(I& f, attempt_over& x) { return f(caf::meta::type_name("attempt_over"), x.attempt); }
template <class I> auto inspect(I& f, mass_event_order& x) {
  return f(caf::meta::type_name("mass_event_order"), x.group);
}

/// Inspects `x` as its bytes. `encode` and `decode` are those of rescue_codec.hpp.
template <class I, class T, class Encode, class Decode>
auto inspect_bytes(I& f, T& x, const char* name, Encode encode, Decode decode) {
  std::string bytes;
  if constexpr (I::reads_state) bytes = encode(x);
  const auto load = [&]() -> caf::error {
    auto value = decode(bytes);
    if (!value) return caf::make_error(caf::sec::invalid_argument, value.error().message);
    x = std::move(*value);
    return caf::none;
  };
  return f(caf::meta::type_name(name), bytes, caf::meta::load_callback(load));
}

} // namespace lifeline::actors

namespace lifeline::domain {
template <class I> auto inspect(I& f, alarm_report& x) {
  return actors::inspect_bytes(f, x, "alarm_report", actors::encode_report, actors::decode_report);
}
template <class I> auto inspect(I& f, order_action& x) {
  return actors::inspect_bytes(f, x, "order_action", actors::encode_action, actors::decode_action);
}
template <class I> auto inspect(I& f, rescuer_report& x) {
  return actors::inspect_bytes(f, x, "rescuer_report", actors::encode_rescuer_report, actors::decode_rescuer_report);
}
template <class I> auto inspect(I& f, order_state& x) {
  return actors::inspect_bytes(f, x, "order_state", actors::encode_order, actors::decode_order);
}
} // namespace lifeline::domain

CAF_BEGIN_TYPE_ID_BLOCK(lifeline_rescue, caf::id_block::lifeline::end)
CAF_ADD_TYPE_ID(lifeline_rescue, (lifeline::actors::take_report))
CAF_ADD_TYPE_ID(lifeline_rescue, (lifeline::actors::report_answer))
CAF_ADD_TYPE_ID(lifeline_rescue, (lifeline::actors::order_request))
CAF_ADD_TYPE_ID(lifeline_rescue, (lifeline::actors::rescuer_words))
CAF_ADD_TYPE_ID(lifeline_rescue, (lifeline::actors::order_answer))
CAF_ADD_TYPE_ID(lifeline_rescue, (lifeline::actors::rows_stored))
CAF_ADD_TYPE_ID(lifeline_rescue, (lifeline::actors::mass_news))
CAF_ADD_TYPE_ID(lifeline_rescue, (lifeline::actors::registry_changed))
CAF_ADD_TYPE_ID(lifeline_rescue, (lifeline::actors::merge_report))
CAF_ADD_TYPE_ID(lifeline_rescue, (lifeline::actors::merge_answer))
CAF_ADD_TYPE_ID(lifeline_rescue, (lifeline::actors::attempt_over))
CAF_ADD_TYPE_ID(lifeline_rescue, (lifeline::actors::mass_event_order))
CAF_ADD_TYPE_ID(lifeline_rescue, (lifeline::actors::order_call_answered))
CAF_END_TYPE_ID_BLOCK(lifeline_rescue)
