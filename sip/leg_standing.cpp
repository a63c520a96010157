// What it takes to end the dialog when this engine is gone (RFC 3261, 12.1 and 12.2.1.1): gathered from the messages as
// they come, told outside as soon as it is enough, and again when the peer's target moves.

#include "sip/leg.hpp"

#include <sofia-sip/su_alloc.h>
#include <sofia-sip/url.h>

#include <algorithm>

namespace lifeline::sip {

namespace {

/// Of headers that are written down again; goes with its owner.
class scratch {
public:
  scratch() { su_home_init(home_); }
  ~scratch() { su_home_deinit(home_); }
  scratch(const scratch&) = delete;
  scratch& operator=(const scratch&) = delete;

  std::string text(const void* header) {
    const auto* written = sip_header_as_string(home_, static_cast<const sip_header_t*>(header));
    return written ? written : "";
  }
  std::string text(const url_t* url) {
    const auto* written = url_as_string(home_, url);
    return written ? written : "";
  }

private:
  su_home_t home_[1] = {SU_HOME_INIT(home_)};
};

/// The Route that Record-Route asks for: as it stands for who was called, turned round for who called (RFC 3261, 12.1).
std::string routes_of(scratch& s, const sip_record_route_t* recorded, bool we_called) {
  std::vector<std::string> hops;
  for (const auto* r = recorded; r; r = r->r_next) {
    auto hop = "<" + s.text(r->r_url) + ">";
    for (const auto* param = r->r_params; param && *param; ++param)
      hop.append(";").append(*param);
    hops.push_back(std::move(hop));
  }
  if (we_called) std::reverse(hops.begin(), hops.end());
  std::string routes;
  for (const auto& hop : hops)
    routes.append(routes.empty() ? "" : ", ").append(hop);
  return routes;
}

} // namespace

/// Of a call to us: the rest is known with the ACK, which has our tag.
void leg::note_caller(const sip_t* invite) {
  scratch s;
  if (invite->sip_contact) standing_.target = s.text(invite->sip_contact->m_url);
  standing_.routes = routes_of(s, invite->sip_record_route, false);
}

/// `sip`: the response that makes the dialog, or the ACK of ours. An early dialog is one already: whoever called may
/// end it with BYE (RFC 3261, 15).
void leg::note_standing(const sip_t* sip) {
  if (!sip || !sip->sip_from || !sip->sip_to || !sip->sip_to->a_tag || !sip->sip_call_id || id_ == leg_id{}) return;
  scratch s;
  auto next = standing_;
  next.leg = id_;
  next.trunk = trunk_;
  next.way = route_;
  next.call_id = view(sip->sip_call_id->i_id);
  next.local = s.text(incoming_ ? static_cast<const void*>(sip->sip_to) : sip->sip_from);
  next.remote = s.text(incoming_ ? static_cast<const void*>(sip->sip_from) : sip->sip_to);
  if (!incoming_) {
    next.target = sip->sip_contact ? s.text(sip->sip_contact->m_url) : out_.seen().target;
    next.routes = routes_of(s, sip->sip_record_route, true);
  }
  if (next == standing_) return;
  standing_ = std::move(next);
  tell_standing();
}

/// Any request or answer to one that may move the peer's target (RFC 3261, 12.2).
void leg::note_target(const sip_t* sip) {
  if (!sip || !sip->sip_contact) return;
  scratch s;
  auto target = s.text(sip->sip_contact->m_url);
  if (target.empty() || target == standing_.target) return;
  standing_.target = std::move(target);
  if (told_standing_) tell_standing();
}

void leg::tell_standing() {
  if (standing_.target.empty()) return; // nobody could be sent anything
  told_standing_ = true;
  host_.dialog_stands(standing_);
}

} // namespace lifeline::sip
