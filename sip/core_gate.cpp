// What is answered before the stack sees it. Over UDP anybody can send in anybody's name, and the stack would keep what
// it answers for 32 s: a request that belongs to no call of ours is answered statelessly (RFC 3261, 8.2.7), and only
// who may call or register gets any further.

#include "sip/core.hpp"
#include "sip/stateless.hpp"

#include <sofia-sip/sip_util.h>

namespace lifeline::sip {

namespace {

const char* allow_line() {
  static const std::string line = std::string{"Allow: "} + allowed_methods + "\r\n";
  return line.c_str();
}

method method_of(sip_method_t m) {
  switch (m) {
  case sip_method_invite: return method::invite;
  case sip_method_ack: return method::ack;
  case sip_method_bye: return method::bye;
  case sip_method_cancel: return method::cancel;
  case sip_method_options: return method::options;
  case sip_method_register: return method::registration;
  case sip_method_info: return method::info;
  case sip_method_prack: return method::prack;
  case sip_method_update: return method::update;
  default: return method::other;
  }
}

/// Of what the request requires, what we cannot do (RFC 3261, 8.2.2.3).
std::string unsupported_options(const sip_require_t* require) {
  std::string options;
  for (; require; require = require->k_next)
    for (const auto* item = require->k_items; item && *item; ++item)
      if (!su_casematch(*item, "100rel") && !su_casematch(*item, "timer"))
        options.append(options.empty() ? "" : ", ").append(*item);
  return options;
}

/// RFC 3261, 8.2.2.1: what we serve is named by a SIP or SIPS URI, or a telephone number.
bool is_sip(const url_t* target) {
  return target->url_type == url_sip || target->url_type == url_sips || target->url_type == url_tel;
}

stateless_answer not_served(sip_method_t m) {
  switch (m) {
  case sip_method_message:
  case sip_method_subscribe:
  case sip_method_notify:
  case sip_method_refer:
  case sip_method_publish: return {405, allow_line()};
  case sip_method_bye:
  case sip_method_cancel:
  case sip_method_info:
  case sip_method_prack:
  case sip_method_update: return {481, {}};
  default: return {501, allow_line()};
  }
}

} // namespace

call_book::key core::call_key(const sip_t* sip) const { return book_.hash({view(sip->sip_call_id->i_id)}); }

call_book::key core::transaction_key(const sip_t* sip) const {
  const auto number = std::to_string(sip->sip_cseq->cs_seq);
  return book_.hash({view(sip->sip_call_id->i_id), view(sip->sip_from->a_tag), view(sip->sip_via->v_branch), number,
                     view(sip->sip_request->rq_method_name)});
}

bool core::wants(const first_look& look) {
  const auto current = now();
  if (!edge_.hears(look, current)) return false;
  if (look.trying) hear_trying(look.sip);
  if (!look.request || !look.sip) return true; // what is not sound is refused by the stack, which keeps nothing of it
  if (look.stream || !door_.reaches(*msg_addr(look.message))) return wants_over_connection(look, current);
  const auto* sip = look.sip;
  const auto method = sip->sip_request->rq_method;
  const auto call = call_key(sip);
  const bool known = book_.knows(call);
  if (known && (!look.opens || book_.repeats(transaction_key(sip)))) {
    if (method == sip_method_ack) book_.acknowledged(call);
    if (book_.admits(call, current)) return true;
    count_.refused(refusal::rate_limited);
    return false; // it will be sent again
  }
  if (method == sip_method_ack) return false;
  if (!edge_.is_trunk(look.source)) {
    const auto verdict = edge_.floods(look.source, current) ? admission::dropped : edge_.admit(look.source, current);
    if (verdict != admission::admitted) count_.refused(refusal::rate_limited);
    if (verdict == admission::dropped) return false;
    if (verdict == admission::refused) return answer_at_gate(look, overloaded_answer());
  }
  if (look.opens && !is_sip(sip->sip_request->rq_url)) return refuse_at_gate(look, {416, {}});
  if (look.opens && method == sip_method_options) return answer_at_gate(look, options_answer(sip));
  if (!look.opens) return refuse_at_gate(look, {481, {}});
  if (!look.call_or_register) return refuse_at_gate(look, not_served(method));
  if (const auto refused = screen(look, current)) return refuse_at_gate(look, *refused);
  const auto what = opening_of(sip);
  if (!book_.has_room(what) || (known && !book_.admits(call, current))) {
    count_.refused(refusal::rate_limited);
    return refuse_at_gate(look, overloaded_answer());
  }
  book_.passed(call, transaction_key(sip), what, current);
  return true;
}

/// Somebody has our INVITE.
void core::hear_trying(const sip_t* sip) {
  const auto found = dialled_.find(call_key(sip));
  if (found == dialled_.end()) return;
  auto* l = found->second;
  count_.answered(100);
  guarded(l, [l, sip] { l->on_trying(sip); });
}

/// A connection's other end is who it says: what it sends is limited by source, and the stack keeps only INVITEs.
bool core::wants_over_connection(const first_look& look, domain::instant current) {
  const auto* sip = look.sip;
  const auto method = sip->sip_request->rq_method;
  if (method == sip_method_ack) book_.acknowledged(call_key(sip));
  if (!look.opens) return true;
  if (!edge_.is_trunk(look.source)) {
    // INVITE and REGISTER take their share when they are admitted, where they can be told to come back later.
    const bool over = edge_.floods(look.source, current) ||
                      (!look.call_or_register && edge_.admit(look.source, current) != admission::admitted);
    if (over) count_.refused(refusal::rate_limited);
    if (over) return false;
  }
  if (method != sip_method_invite) return true;
  const auto what = opening_of(sip);
  if (!book_.has_room(what)) {
    count_.refused(refusal::rate_limited);
    return false;
  }
  book_.passed(call_key(sip), transaction_key(sip), what, current);
  return true;
}

stateless_answer core::overloaded_answer() { return {503, "Retry-After: 5\r\n"}; }

stateless_answer core::options_answer(const sip_t* sip) const {
  if (refuses_options()) return overloaded_answer(); // who asks first goes elsewhere
  if (const auto unsupported = unsupported_options(sip->sip_require); !unsupported.empty())
    return {420, "Unsupported: " + unsupported + "\r\n"};
  const auto* supported = settings_.session_expires.count() > 0 ? "timer, 100rel" : "100rel";
  return {200, std::string{allow_line()} + "Accept: application/sdp\r\nSupported: " + supported + "\r\n"};
}

bool core::refuse_at_gate(const first_look& look, const stateless_answer& answer) {
  if (!edge_.is_trunk(look.source) || edge_.may_refuse_trunk(look.source, now())) return answer_at_gate(look, answer);
  count_.refused(refusal::rate_limited);
  return false;
}

/// Always false: the stack is not to see it.
bool core::answer_at_gate(const first_look& look, const stateless_answer& answer) {
  const auto tag = book_.hash({"to", view(look.sip->sip_call_id->i_id), view(look.sip->sip_from->a_tag),
                               view(look.sip->sip_via->v_branch), std::to_string(look.sip->sip_cseq->cs_seq)});
  const auto written = write_answer(look.message, look.sip, answer, std::to_string(tag));
  count_.received(method_of(look.sip->sip_request->rq_method));
  count_.responded(answer.status);
  door_.send(*msg_addr(look.message), written.port, written.text);
  return false;
}

} // namespace lifeline::sip
