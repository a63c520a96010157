#include "sip/message_gate.hpp"

#include "sip/remote_target.hpp"

#include <sofia-sip/msg.h>
#include <sofia-sip/msg_addr.h>
#include <sofia-sip/msg_mclass.h>
#include <sofia-sip/sip_parser.h>
#include <sofia-sip/sip_util.h>

#include <netinet/in.h>

#include <algorithm>

namespace lifeline::sip {

namespace {

/// A class of messages has no place for a pointer of ours, but a stack has a thread.
thread_local message_filter filter;

ip_address address_of(const su_sockaddr_t& from) {
  ip_address address;
  if (from.su_family == AF_INET) {
    address.bytes[10] = address.bytes[11] = 0xFF;
    const auto* octets = reinterpret_cast<const std::uint8_t*>(&from.su_sin.sin_addr);
    std::copy(octets, octets + 4, address.bytes.begin() + 12);
  } else if (from.su_family == AF_INET6) {
    std::copy(std::begin(from.su_sin6.sin6_addr.s6_addr), std::end(from.su_sin6.sin6_addr.s6_addr),
              address.bytes.begin());
  }
  return address;
}

/// What the stack would refuse with 400 or 505 at once.
bool is_sound(const sip_t& sip) {
  return !sip.sip_error && (sip.sip_flags & (MSG_FLG_ERROR | MSG_FLG_TOOLARGE)) == 0 && sip_sanity_check(&sip) == 0 &&
         sip.sip_via && su_casematch(sip.sip_request->rq_version, sip_version_2_0);
}

bool wanted(msg_t* msg, sip_t& sip) {
  const auto* from = msg_addr(msg);
  if (!filter || !from || (from->su_family != AF_INET && from->su_family != AF_INET6)) return true;
  first_look look;
  look.source = address_of(*from);
  look.port = ntohs(from->su_port);
  look.stream = msg_addrinfo(msg)->ai_socktype == SOCK_STREAM;
  if (sip.sip_request) {
    const auto method = sip.sip_request->rq_method;
    look.request = true;
    look.opens = (!sip.sip_to || !sip.sip_to->a_tag) && method != sip_method_ack && method != sip_method_cancel &&
                 method != sip_method_prack;
    look.call_or_register = method == sip_method_invite || method == sip_method_register;
    if (is_sound(sip)) {
      look.message = msg;
      look.sip = &sip;
    }
  }
  const auto* status = sip.sip_status;
  if (status && status->st_status == 100 && sip.sip_call_id && sip.sip_cseq &&
      sip.sip_cseq->cs_method == sip_method_invite) {
    look.trying = true;
    look.sip = &sip;
  }
  return filter(look);
}

issize_t extract_body(msg_t* msg, msg_pub_t* pub, char b[], isize_t size, int eos) {
  const auto used = sip_default_mclass()->mc_extract_body(msg, pub, b, size, eos);
  auto& sip = *reinterpret_cast<sip_t*>(pub);
  // 0: more is to come; without a first line it is garbage already.
  if (used == 0 || (!sip.sip_request && !sip.sip_status)) return used;
  if (!msg_is_complete(msg)) return used;
  if (!wanted(msg, sip)) {
    sip.sip_request = nullptr;
    sip.sip_status = nullptr;
    return used;
  }
  leave_out_unusable_targets(sip);
  return used;
}

} // namespace

const msg_mclass_s* gated_messages() {
  static const msg_mclass_t* const gated = [] {
    auto* made = msg_mclass_clone(sip_default_mclass(), 0, 0);
    made->mc_extract_body = &extract_body;
    return made;
  }();
  return gated;
}

void set_message_filter(message_filter f) { filter = std::move(f); }

} // namespace lifeline::sip
