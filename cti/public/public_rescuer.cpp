// A rescuer's link: where to go, and what it wants to say. The link is the right; nobody signs in.

#include "cti/api/links.hpp"
#include "cti/api/rescue_route.hpp"
#include "cti/public/pages.hpp"
#include "cti/public/public_part.hpp"

#include <algorithm>
#include <array>

namespace lifeline::cti {

namespace {

constexpr std::size_t longest_note = 500;

struct visit {
  rescuer_claim claim;
  std::optional<response> refused;
};

/// Guesses are counted by their source, visits by the link: rescuers share the addresses of mobile networks, too.
visit enter(const public_call& c) {
  const auto claim = verify_rescuer(c.part.settings().link_key, c.arguments[0], c.part.now());
  if (!claim) return {{}, c.part.refuse_stranger(c.message, "link", error_response(403, "forbidden", claim.error()))};
  if (auto refused = c.part.refuse_often("rescuer " + to_string(claim->order) + " " + claim->party))
    return {{}, std::move(refused)};
  return {*claim, std::nullopt};
}

const domain::deployment* find_deployment(const domain::order_state& s, const std::string& party) {
  const auto found = std::find_if(s.deployments.rbegin(), s.deployments.rend(),
                                  [&](const auto& d) { return d.party == party || d.name == party; });
  return found == s.deployments.rend() ? nullptr : &*found;
}

response show(const public_call& c) {
  const auto v = enter(c);
  if (v.refused) return *v.refused;
  const auto story = c.part.rescue().order(to_string(v.claim.order));
  if (!story) return failure_response(story.error());
  const auto& s = story->order.state;
  const auto* d = find_deployment(s, v.claim.party);
  if (d == nullptr) return error_response(403, "forbidden", "this party is not engaged in the order");
  return page_response(rescuer_page_of(s, *d, c.part.plan().hotline, c.part.plan().utc_offset));
}

std::optional<domain::rescuer_word> parse_word(std::string_view text) {
  using domain::rescuer_word;
  for (const auto w : {rescuer_word::accept, rescuer_word::refuse, rescuer_word::arrived, rescuer_word::completed})
    if (to_string(w) == text) return w;
  return std::nullopt;
}

response say(const public_call& c) {
  const auto v = enter(c);
  if (v.refused) return *v.refused;
  const auto body = read_body(c.message, {"word", "note", "fault_cause"});
  if (body.refused) return *body.refused;
  constexpr auto words = "expected accept, refuse, arrived or completed";
  std::string word;
  domain::rescuer_report r;
  if (auto refused = read_text(body.object, "word", words, longest_word, word)) return *refused;
  const auto parsed = parse_word(word);
  if (!parsed) return error_response(400, "invalid", words, "word");
  if (auto refused = read_prose(body.object, "note", "", longest_note, r.note)) return *refused;
  if (auto refused = read_prose(body.object, "fault_cause", "", longest_word, r.fault_cause)) return *refused;
  r.word = *parsed;
  r.party = v.claim.party;
  r.via = domain::step_via::signed_link;
  const auto result = c.part.rescue().rescuer_says(to_string(v.claim.order), r);
  if (!result) return failure_response(result.error());
  const auto* d = find_deployment(result->state, v.claim.party);
  json answer = json::object();
  answer["number"] = result->state.number;
  answer["status"] = to_string(result->state.status);
  answer["phase"] = d != nullptr ? json(to_string(d->phase)) : json(nullptr);
  return json_response(answer);
}

} // namespace

const std::vector<public_route>& rescuer_routes() {
  static const std::vector<public_route> table{{"GET", "r/*", show}, {"POST", "r/*", say}};
  return table;
}

} // namespace lifeline::cti
