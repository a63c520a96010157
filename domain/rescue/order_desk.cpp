// What people order of the work order: paperwork, from acknowledgement to the archive.

#include "domain/rescue/order_desk.hpp"

namespace lifeline::domain::detail {

bool order_desk::status_within(order_status least, order_status most, const std::string& instead) {
  if (s.status >= least && s.status <= most) return true;
  auto message = std::string{to_string(a.verb)} + " does not fit an order that is " + std::string{to_string(s.status)};
  if (!instead.empty()) message += "; first or instead: " + instead;
  f.conflict({}, std::move(message));
  return false;
}

void order_desk::log(order_step step, std::string note, instant told_at) {
  step_detail d;
  d.note = std::move(note);
  if (told_at != never && told_at != now) d.told_at = told_at;
  r.log(step, std::move(d));
}

void order_desk::acknowledge() {
  if (!status_within(order_status::filtered, order_status::rescued)) return;
  if (s.acknowledged == never) return r.acknowledge(a.by);
  if (s.acknowledged_by != a.by) f.conflict({}, "it was acknowledged by " + s.acknowledged_by);
}

void order_desk::edit() {
  if (a.fields.empty()) return f.refuse({}, "edit needs at least one field");
  if (s.status == order_status::dismissed || !status_within(order_status::filtered, order_status::quality_checked))
    return f.conflict({}, "an order that is " + std::string{to_string(s.status)} + " is not edited: reopen it first");
  const auto type = s.type;
  edit_fields(s, f, a, now);
  if (!ok()) return;
  std::string names;
  for (const auto& [name, value] : a.fields)
    names += (names.empty() ? "" : ", ") + name + "=" + cut(value, longest_text);
  log(order_step::edited, cut(names, longest_note));
  r.type_changed(type);
  const bool said_where = (f.has("address") || f.has("place")) && !s.address.empty();
  if (said_where && !s.unclear.empty()) r.understood();
}

void order_desk::link_lift() {
  if (!a.lift) return f.refuse("lift", "no such lift");
  if (s.status == order_status::dismissed || !status_within(order_status::filtered, order_status::quality_checked))
    return f.conflict({}, "an order that is " + std::string{to_string(s.status)} + " gets no other lift");
  const auto told_address = s.lift.empty() ? s.address : std::string{};
  r.take_place(*a.lift);
  log(order_step::lift_linked, s.lift);
  if (!told_address.empty() && told_address != s.address && s.notes.size() < most_notes)
    s.notes.push_back({cut("place as it was told: " + told_address, longest_note), a.by, now});
  r.by_engine();
  if (!s.unclear.empty()) return r.understood();
  // Who was told before stays told; the lift's own firm comes besides.
  if (r.ladder()) r.engage_firm();
}

void order_desk::link_call() {
  const auto text = f.text("call", longest_text);
  const auto call = parse_id<call_id>(text);
  if (!call || call->is_nil())
    return f.refuse("call", "expected a call's id (36 characters), found \"" + cut(text, 40) + "\"");
  if (std::find(s.calls.begin(), s.calls.end(), *call) != s.calls.end()) return; // linked before
  if (s.calls.size() >= most_calls) return f.conflict("call", "the order has " + std::to_string(most_calls) + " calls");
  s.calls.push_back(*call);
  log(order_step::call_linked, text);
  if (!r.env.answer_of) return;
  if (const auto answer = r.env.answer_of(*call)) r.take_answer(*answer);
}

void order_desk::assign() {
  const auto agent = f.text("agent", 100);
  const auto where = r.desk_of(agent);
  if (where == desk::unknown) f.refuse("agent", "there is no agent \"" + cut(agent, 40) + "\"");
  if (where == desk::another) f.refuse("agent", agent + " is no agent of " + r.plan().hotline);
  if (!status_within(order_status::filtered, order_status::closed) || !ok()) return;
  s.agent = agent;
  log(order_step::assigned, agent);
}

void order_desk::transfer() {
  const auto unit = f.text("unit", longest_text);
  const auto note = f.text("note", longest_note);
  if (!status_within(order_status::filtered, order_status::closed) || !ok()) return;
  s.unit = unit;
  log(order_step::transferred, note.empty() ? unit : unit + ": " + note);
}

void order_desk::supervise() {
  const auto note = f.text("note", longest_note);
  if (!status_within(order_status::filtered, order_status::closed) || !ok()) return;
  s.supervised.push_back(now);
  if (s.supervised.size() > most_times) s.supervised.erase(s.supervised.begin());
  log(order_step::supervised, note);
}

void order_desk::follow_up() {
  const auto result = f.text("result", longest_text);
  const auto satisfaction = f.count("satisfaction");
  if (!status_within(order_status::confirmed, order_status::followed_up, "confirm") || !ok()) return;
  s.follow_up = result;
  s.satisfaction = static_cast<int>(satisfaction);
  s.followed_up = now;
  s.status = order_status::followed_up;
  log(order_step::followed_up, result);
}

void order_desk::quality_check() {
  const auto score = f.count("score");
  const auto note = f.text("note", longest_note);
  const bool entrapment = s.type == order_type::entrapment;
  if (!status_within(entrapment ? order_status::followed_up : order_status::confirmed, order_status::followed_up,
                     entrapment ? "follow-up" : "confirm") ||
      !ok())
    return;
  s.quality_score = static_cast<int>(score);
  s.quality_note = note;
  s.quality_checked = now;
  s.status = order_status::quality_checked;
  log(order_step::quality_checked, note);
}

void order_desk::close() {
  const auto cause = f.text("fault_cause", longest_text);
  const auto result = f.text("result", longest_text);
  if (!cause.empty() && !is_fault_cause(cause)) f.refuse("fault_cause", fault_cause_expected(cause));
  const bool alarm = has_ladder(s.type);
  if (!status_within(alarm ? order_status::confirmed : order_status::open, order_status::quality_checked,
                     alarm ? "confirm" : ""))
    return;
  if (!cause.empty()) s.fault_cause = cause;
  if (!result.empty()) s.result = result;
  if (s.type == order_type::entrapment && s.followed_up == never)
    f.conflict({}, "an entrapment is followed up before it is closed: follow-up is missing");
  if (alarm && s.fault_cause.empty()) f.refuse("fault_cause", "is not known yet: it is needed to close the order");
  if (!alarm && s.result.empty()) f.refuse("result", "is not known yet: it is needed to close the order");
  if (!ok()) return;
  if (is_active(s.status)) { // the other types: handled and confirmed by whoever closes
    take_over();
    if (s.rescued == never) s.rescued = now;
    r.end_alarm("other", "closed at once");
    r.withdraw_absent("closed");
  }
  s.closed = now;
  s.status = order_status::closed;
  log(order_step::closed, alarm ? s.fault_cause : s.result);
}

void order_desk::archive() {
  if (!status_within(order_status::closed, order_status::closed, "close")) return;
  s.archived = now;
  s.status = order_status::archived;
  log(order_step::archived);
}

void order_desk::reopen() {
  const auto reason = f.text("reason", longest_text);
  const bool again = f.yes("again");
  const bool dismissed = s.status == order_status::dismissed;
  if (!dismissed && !status_within(again ? order_status::rescued : order_status::confirmed, order_status::closed))
    return;
  if (!ok()) return;
  if (dismissed || again) {
    r.start_again(reason);
    r.acknowledge(a.by);
    r.by_engine();
    return r.begin_ladder();
  }
  r.forget_end();
  s.status = order_status::rescued;
  r.remind_in(r.plan().confirm_within);
  log(order_step::reopened, reason);
}

void order_desk::note() {
  const auto text = f.text("text", longest_note);
  if (s.status == order_status::archived) return f.conflict({}, "an archived order takes no notes");
  if (s.notes.size() >= most_notes) return f.conflict("text", "the order has " + std::to_string(most_notes) + " notes");
  if (!ok()) return;
  s.notes.push_back({text, a.by, now});
  log(order_step::noted, text);
}

void order_desk::attach() {
  const auto title = f.text("title", longest_text);
  const auto url = f.text("url", longest_text);
  const bool web = url.starts_with("https://") || url.starts_with("http://");
  const bool clean = std::all_of(url.begin(), url.end(), [](char c) { return c > 0x20 && c < 0x7F; });
  if (!web || !clean) f.refuse("url", "expected a link that begins with https:// or http://, without blanks");
  if (s.status == order_status::archived) return f.conflict({}, "an archived order takes no attachments");
  if (s.links.size() >= most_links) return f.conflict("url", "the order has " + std::to_string(most_links) + " links");
  if (!ok()) return;
  s.links.push_back({title, url, a.by, now});
  log(order_step::attached, title);
}

action_result order_desk::run() {
  switch (a.verb) {
  case order_verb::acknowledge: acknowledge(); break;
  case order_verb::edit: edit(); break;
  case order_verb::link_lift: link_lift(); break;
  case order_verb::link_call: link_call(); break;
  case order_verb::assign: assign(); break;
  case order_verb::transfer: transfer(); break;
  case order_verb::promote: promote(); break;
  case order_verb::dismiss: dismiss(); break;
  case order_verb::escalate: escalate(); break;
  case order_verb::engage: engage(); break;
  case order_verb::withdraw: withdraw(); break;
  case order_verb::accept_for: accept_for(); break;
  case order_verb::refuse_for: refuse_for(); break;
  case order_verb::arrive_for: arrive_for(); break;
  case order_verb::complete_for: complete_for(); break;
  case order_verb::self_released: self_released(); break;
  case order_verb::confirm: confirm(); break;
  case order_verb::urge: urge(); break;
  case order_verb::supervise: supervise(); break;
  case order_verb::extend: extend(); break;
  case order_verb::follow_up: follow_up(); break;
  case order_verb::quality_check: quality_check(); break;
  case order_verb::close: close(); break;
  case order_verb::archive: archive(); break;
  case order_verb::reopen: reopen(); break;
  case order_verb::note: note(); break;
  case order_verb::attach: attach(); break;
  case order_verb::leave_mass: leave_mass(); break;
  }
  if (f.failed()) return tl::make_unexpected(*f.failed());
  return {};
}

action_result order_rules::on(const order_action& a) {
  if (auto wrong = check_action(s, a, desk_of(a.by), plan().hotline)) return tl::make_unexpected(std::move(*wrong));
  by = a.by;
  via = a.via;
  order_desk desk{*this, a};
  auto done = desk.run();
  if (!done) return done;
  seen_by(a);
  if (touched) touch_by_others();
  return done;
}

} // namespace lifeline::domain::detail
