// Before the answer: reliable provisional responses (RFC 3262), early dialogs of forked calls, redirections.

#include "sip/leg.hpp"

#include <sofia-sip/url.h>

#include <algorithm>
#include <array>
#include <cstdlib>

namespace lifeline::sip {

namespace {

constexpr std::size_t max_early_dialogs = 16;
constexpr std::size_t longest_uri = 512;

std::string_view to_tag(const sip_t* sip) { return sip && sip->sip_to ? view(sip->sip_to->a_tag) : std::string_view{}; }

std::vector<redirect_contact> contacts_in(const sip_t* sip) {
  std::vector<redirect_contact> contacts;
  for (const auto* contact = sip->sip_contact; contact; contact = contact->m_next) {
    std::array<char, longest_uri> text{};
    const auto length = url_e(text.data(), static_cast<isize_t>(text.size()), contact->m_url);
    if (length <= 0 || static_cast<std::size_t>(length) >= text.size()) continue;
    contacts.push_back({text.data(), contact->m_q ? std::strtod(contact->m_q, nullptr) : 1.0});
  }
  return contacts;
}

} // namespace

const domain::trunk_plan* leg::trunk() const {
  const auto& trunks = host_.options().trunks;
  const auto found = std::find_if(trunks.begin(), trunks.end(), [&](const auto& t) { return t.name == trunk_; });
  return trunk_.empty() || found == trunks.end() ? nullptr : &*found;
}

void leg::redial(const std::string& uri) {
  nua_handle_bind(handle_, nullptr);
  nua_handle_destroy(std::exchange(handle_, nullptr));
  out_.made().early.clear();
  dial(uri);
}

bool leg::dial_again(int status, const sip_t* sip) {
  const auto* from = trunk();
  auto& out = out_.made();
  if (!from || !out.request || !sip) return false;
  if (status == 421 && has_option(sip->sip_require, "100rel") && !std::exchange(out.wants_reliable, true)) {
    redial(std::string{out.target});
    return true;
  }
  if (status >= 400) return false;
  const auto next = out.trail.follow(*from, contacts_in(sip));
  if (next) redial(*next);
  return next.has_value();
}

void leg::note_early(const sip_t* sip, const session_description& sdp) {
  if (!sdp.present) return;
  const auto tag = to_tag(sip);
  auto& early = out_.made().early;
  std::erase_if(early, [&](const auto& known) { return known.first == tag; });
  if (early.size() < max_early_dialogs) early.emplace_back(tag, sdp);
}

session_description leg::early_answer_of(const sip_t* sip) {
  const auto tag = to_tag(sip);
  for (auto& [known, sdp] : out_.made().early)
    if (known == tag) return std::move(sdp);
  return {};
}

void leg::acknowledge_reliable(const sip_t* sip) {
  auto text = std::to_string(sip->sip_rseq->rs_response) + " " + std::to_string(sip->sip_cseq->cs_seq) + " INVITE";
  host_.count().sent(method::prack);
  nua_prack(handle_, SIPTAG_RACK_STR(text.c_str()), TAG_END());
}

void leg::on_prack(int status, const sip_t* sip) {
  if (status >= 200 || !sip) return; // the stack knew better: it belongs to no response of ours
  const auto body = sdp_body(sip);
  if (phase_ == leg_phase::closing) return answer_at_once(SIP_481_NO_TRANSACTION);
  const bool answer_owed = early_sdp_sent_ && offer_is_ours_ && !early_done_;
  if (body.empty()) {
    if (answer_owed) early_sdp_sent_ = false; // our offer was not answered: the 2xx makes it again
    if (early_sdp_sent_) early_done_ = true;
    return answer_at_once(SIP_200_OK);
  }
  if (!answer_owed) { // it acknowledges, and offers anew
    if (early_sdp_sent_) early_done_ = true;
    return on_request_with_offer(offer_request::prack, sip);
  }
  auto parsed = description_in(sip);
  if (!parsed) return answer_at_once(SIP_488_NOT_ACCEPTABLE);
  remote_sdp_hash_ = std::hash<std::string_view>{}(parsed->audio.raw);
  offers_.made().early_answer = std::move(parsed->audio);
  early_done_ = true;
  answer_at_once(SIP_200_OK);
}

/// An offer that came before the answer is out of the way.
void leg::finish_early(offer_request kind) {
  if (phase_ != leg_phase::offered || kind == offer_request::reinvite || !offers_.seen().held) return;
  const auto held = std::exchange(offers_.made().held, std::nullopt);
  answer(*held);
}

} // namespace lifeline::sip
