// What rescuers say: by key during a call, by the report line, a signed link, or their software.

#include "domain/rescue/order_impl.hpp"

namespace lifeline::domain::detail {

namespace {

std::optional<rescuer_word> word_of(attempt_outcome o) {
  switch (o) {
  case attempt_outcome::accepted: return rescuer_word::accept;
  case attempt_outcome::refused: return rescuer_word::refuse;
  case attempt_outcome::arrived: return rescuer_word::arrived;
  case attempt_outcome::completed: return rescuer_word::completed;
  default: return std::nullopt;
  }
}

/// The phase in which a party is expected to say it.
bool fits(rescuer_word w, deployment_phase p) {
  switch (w) {
  case rescuer_word::accept: return p == deployment_phase::dispatched || p == deployment_phase::unanswered;
  case rescuer_word::refuse: return p == deployment_phase::dispatched || p == deployment_phase::accepted;
  case rescuer_word::arrived: return p == deployment_phase::accepted;
  case rescuer_word::completed: return p == deployment_phase::arrived;
  }
  return false;
}

} // namespace

std::optional<std::size_t> order_rules::find_party(const std::string& key, rescuer_word word) const {
  if (!key.empty()) {
    for (std::size_t d = s.deployments.size(); d-- > 0;)
      if (s.deployments[d].party == key || s.deployments[d].name == key) return d;
    return std::nullopt;
  }
  const auto only_one = [&](auto accepts) -> std::optional<std::size_t> {
    std::optional<std::size_t> found;
    for (std::size_t d = 0; d < s.deployments.size(); ++d) {
      if (!accepts(s.deployments[d].phase)) continue;
      if (found) return std::nullopt;
      found = d;
    }
    return found;
  };
  if (const auto one = only_one([&](deployment_phase p) { return fits(word, p); })) return one;
  return only_one([](deployment_phase p) { return is_working(p) || p == deployment_phase::unanswered; });
}

void order_rules::say(std::size_t d, rescuer_word word, const std::string& cause, const std::string& note) {
  const auto phase = s.deployments[d].phase;
  if (!is_active(s.status) || s.status == order_status::rescued) return say_afterwards(d, word, cause, note);
  switch (word) {
  case rescuer_word::accept:
    if (may_accept(phase)) return accept(d, note);
    if (phase == deployment_phase::withdrawn)
      return log(order_step::noted, about(d, "accepted after it was withdrawn"));
    return; // said before
  case rescuer_word::refuse:
    if (is_working(phase) || phase == deployment_phase::unanswered) refuse(d, note);
    return;
  case rescuer_word::arrived: // on site is on site, whatever was agreed
    if (phase != deployment_phase::arrived && phase != deployment_phase::completed) arrive(d, now, note);
    return;
  case rescuer_word::completed:
    if (phase != deployment_phase::completed) complete(d, now, cause, note);
    return;
  }
}

void order_rules::say_afterwards(std::size_t d, rescuer_word word, const std::string& cause, const std::string& note) {
  auto& p = s.deployments[d];
  if (word == rescuer_word::completed && p.phase == deployment_phase::arrived) {
    p.phase = deployment_phase::completed;
    p.completed = now;
  }
  if (s.fault_cause.empty() && s.status < order_status::closed) take_cause(cause);
  log(order_step::noted, about(d, std::string{to_string(word)} + " after it was over" +
                                      (note.empty() ? std::string{} : ": " + cut(note, longest_text))));
}

void order_rules::on(const attempt_result& e) {
  const auto word = word_of(e.outcome);
  for (std::size_t d = 0; d < s.deployments.size(); ++d) {
    auto& p = s.deployments[d];
    const auto a = std::find_if(p.attempts.begin(), p.attempts.end(), [&](const auto& x) { return x.id == e.attempt; });
    const bool known = a != p.attempts.end();
    const auto ended = std::find(p.ended_attempts.begin(), p.ended_attempts.end(), e.attempt);
    if (!known && (!word || ended == p.ended_attempts.end())) continue;
    if (!known) p.ended_attempts.erase(ended); // it speaks once
    const bool answers = e.outcome == attempt_outcome::heard || e.outcome == attempt_outcome::busy ||
                         e.outcome == attempt_outcome::no_answer || word.has_value();
    // The word that it was dialled may have been lost with an actor.
    if (known && answers && waits_for_line(*a)) dialled(d, *a, never);
    const bool delivered = known && e.outcome == attempt_outcome::delivered;
    if ((answers && known) || (delivered && a->purpose == attempt_purpose::dispatch)) mark_rung(d);
    const auto attempt = known ? *a : open_attempt{};
    if (known) not_reached(d, attempt, e.outcome);
    if (known) end_attempt(d, e.attempt, e.outcome, &e);
    if (word) {
      touch_by_others();
      via = known && attempt.channel == attempt_channel::webhook ? step_via::webhook : step_via::phone_key;
      by = p.name;
      return say(d, *word, {}, known ? std::string{} : "said when the call was not waited for any more");
    }
    if (attempt.channel == attempt_channel::phone) return after_call(d, attempt, e.outcome);
    if (attempt.purpose == attempt_purpose::dispatch && e.outcome != attempt_outcome::delivered) software_failed(d);
    return;
  }
}

void order_rules::on(const rescuer_report& e) {
  touch_by_others();
  via = e.via;
  const auto note = cut(e.note, longest_note);
  const auto d = find_party(e.party, e.word);
  if (d) {
    by = s.deployments[*d].name;
    return say(*d, e.word, e.fault_cause, note);
  }
  step_detail about_nobody;
  about_nobody.party = cut(e.party, longest_text);
  about_nobody.note = std::string{to_string(e.word)} + " by nobody who is engaged";
  if (!note.empty()) about_nobody.note += ": " + note;
  log(order_step::noted, std::move(about_nobody));
}

/// The same message with its id: its receiver knows it by that, should it have come before.
void order_rules::send_again(std::size_t d, const attempt_id& id) {
  touch();
  auto& p = s.deployments[d];
  for (auto& a : p.attempts) {
    if (a.id != id) continue;
    a.deadline = in(webhook_patience) + attempt_margin;
    out.emplace_back(order_command::attempt{a, p.level, p.party, p.name});
  }
}

void order_rules::resume() {
  fold_twins();
  for (std::size_t d = 0; d < s.deployments.size(); ++d) {
    const auto attempts = s.deployments[d].attempts;
    for (const auto& a : attempts) {
      if (a.channel == attempt_channel::phone) {
        end_attempt(d, a.id, attempt_outcome::interrupted, nullptr);
        call_again(d, a.target, span{0});
        continue;
      }
      send_again(d, a.id);
    }
    const bool again = s.deployments[d].next_dial != never && s.deployments[d].next_dial <= now;
    if (again && is_active(s.status)) dial(d);
  }
}

} // namespace lifeline::domain::detail
