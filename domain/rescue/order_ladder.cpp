// Who is told to come, and when the next one is: the three levels.

#include "domain/rescue/order_impl.hpp"

namespace lifeline::domain::detail {

namespace {

bool is_gone(deployment_phase p) { return p == deployment_phase::withdrawn; }

} // namespace

bool order_rules::engaged_at(std::uint8_t level) const {
  return std::any_of(s.deployments.begin(), s.deployments.end(),
                     [&](const deployment& d) { return d.level == level && !is_gone(d.phase); });
}

void order_rules::begin_ladder() {
  if (!ladder()) return;
  if (!engaged_at(1) && !engage_firm()) climb(1, true, "nobody is known for level 1");
  heed_urgency();
  if (s.mass_group != 0 && !engaged_at(2)) engage_station("mass event");
}

void order_rules::heed_urgency() {
  // Once: whom a person has called back is not called again for the same reason.
  const bool before =
      std::any_of(s.deployments.begin(), s.deployments.end(), [](const deployment& d) { return d.level == 3; });
  if (!ladder() || !urgent() || before) return;
  if (s.level_exhausted && env.book.public_rescue(s.district) == nullptr) return; // a person knows already
  engage_public("injury, fire or medical need");
}

bool order_rules::engage_firm() {
  deployment d;
  const auto* firm = s.maintenance_firm.empty() ? nullptr : env.book.find_firm(s.maintenance_firm);
  if (firm != nullptr) {
    d.party = firm->id;
    d.name = firm->name;
    d.phones = env.book.on_duty(*firm, now);
    d.at_once = firm->order == dial_order::all_at_once;
    d.webhook = firm->webhook;
  } else {
    d.name = s.maintenance_firm.empty() ? "phones of the lift's record" : s.maintenance_firm;
  }
  if (d.phones.empty()) d.phones = s.lift_phones;
  if (firm == nullptr && d.phones.empty()) return false;
  const bool there = std::any_of(s.deployments.begin(), s.deployments.end(), [&](const deployment& other) {
    return !is_gone(other.phase) && other.party == d.party && other.name == d.name;
  });
  if (!there) dispatch(std::move(d), {});
  return true;
}

bool order_rules::engage_station(const std::string& why) {
  std::vector<std::string> tried;
  for (const auto& d : s.deployments)
    tried.push_back(d.party);
  const auto* station = env.book.nearest_station(s.where, s.district, tried);
  if (station == nullptr) return false;
  engage(2, *station, why);
  return true;
}

void order_rules::engage_public(const std::string& why) {
  s.level_exhausted = true; // above it there is nobody: a person must watch
  if (engaged_at(3)) {
    if (!on_course()) exhausted(why);
    return;
  }
  if (const auto* party = env.book.public_rescue(s.district)) return engage(3, *party, why);
  engage_station(why); // better one more of them than nobody
  exhausted("no public rescue is known for the district");
}

void order_rules::climb(std::uint8_t from, bool early, const std::string& why) {
  if (!ladder()) return;
  by_engine();
  const auto stations =
      std::count_if(s.deployments.begin(), s.deployments.end(), [](const deployment& d) { return d.level == 2; });
  const bool one_more = static_cast<std::size_t>(stations) < most_stations;
  const bool to_the_top = s.type == order_type::entrapment || urgent();
  if (from == 1 && !engaged_at(2) && engage_station(why)) return;
  if (from == 1 && engaged_at(2) && on_course()) return; // its second level is at work
  if (from == 2 && (early || !to_the_top) && one_more && engage_station(why)) return;
  if (from <= 2 && to_the_top) return engage_public(why);
  if (from == 3 || !on_course()) exhausted(why);
}

void order_rules::on(const mass_event_set& e) {
  if (e.group == s.mass_group || (e.group != 0 && !is_active(s.status))) return;
  touch();
  s.mass_group = e.group;
  step_detail d;
  d.note = e.group == 0 ? std::string{} : "group " + std::to_string(e.group);
  log(e.group == 0 ? order_step::mass_left : order_step::mass_joined, std::move(d));
  if (e.group == 0 || !ladder() || s.status >= order_status::arrived || engaged_at(2)) return;
  engage_station("mass event");
}

void order_rules::exhausted(const std::string& why) {
  s.level_exhausted = true;
  step_detail d;
  d.level = s.level;
  d.note = why;
  log(order_step::exhausted, std::move(d));
  raise(alert_stage::supervisor, bit(alert_reason::exhausted), why);
  const auto again = in(plan().review_every);
  if (s.alert_supervisor_due == never || again < s.alert_supervisor_due) s.alert_supervisor_due = again;
}

void order_rules::engage(std::uint8_t level, const rescue_party& p, const std::string& why) {
  deployment d;
  d.level = level;
  d.party = p.id;
  d.name = p.name;
  d.phones = env.book.on_duty(p, now);
  d.at_once = p.order == dial_order::all_at_once;
  d.webhook = p.webhook;
  dispatch(std::move(d), why);
}

void order_rules::dispatch(deployment d, const std::string& why) {
  if (d.level > s.level) {
    s.level = d.level;
    step_detail about_level;
    about_level.level = d.level;
    about_level.note = why;
    if (d.level > 1) log(order_step::escalated, std::move(about_level));
  }
  const auto mine = place_for(std::move(d));
  if (!mine) return;
  begin_work(*mine, why);
}

/// A party has one deployment for each order, however often it is engaged: what it says must not go to one, and what it
/// does to another. Nothing: it is at work already.
std::optional<std::size_t> order_rules::place_for(deployment d) {
  const auto same = [&](const deployment& other) { return is_same_party(other, d); };
  const auto known = std::find_if(s.deployments.begin(), s.deployments.end(), same);
  if (known == s.deployments.end()) {
    s.deployments.push_back(std::move(d));
    return s.deployments.size() - 1;
  }
  touch();
  known->level = std::max(known->level, d.level);
  if (is_working(known->phase) || known->phase == deployment_phase::completed) return std::nullopt;
  d.level = known->level;
  d.urged = known->urged;
  d.attempts = std::move(known->attempts);
  d.ended_attempts = std::move(known->ended_attempts);
  *known = std::move(d);
  return static_cast<std::size_t>(known - s.deployments.begin());
}

void order_rules::begin_work(std::size_t mine, const std::string& why) {
  auto& p = s.deployments[mine];
  p.phase = deployment_phase::dispatched;
  p.dispatched = now;
  p.answer_due = in(limits(p.level).answer);
  if (s.dispatched == never) s.dispatched = now;
  update_status();
  log(order_step::dispatched, about(mine, why));
  const auto webhook = s.deployments[mine].webhook;
  if (!webhook.empty()) begin_attempt(mine, attempt_channel::webhook, attempt_purpose::dispatch, webhook);
  if (!s.deployments[mine].phones.empty()) return dial(mine);
  if (webhook.empty()) nobody_reached(mine);
}

} // namespace lifeline::domain::detail
