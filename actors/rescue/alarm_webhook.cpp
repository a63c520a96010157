// What a party's software is told, and what its answer means.

#include "actors/rescue/alarm_outlet.hpp"
#include "domain/rescue/order_code.hpp"

#include <nlohmann/json.hpp>

namespace lifeline::actors {

namespace {

using nlohmann::json;

json time_of(domain::instant t) { return t == domain::never ? json{} : json(domain::to_rfc3339(t)); }

json place_of(const domain::order_state& o) {
  json place{{"address", o.address},
             {"project", o.project},
             {"district", o.district},
             {"using_unit", o.using_unit},
             {"using_unit_phone", o.using_unit_phone}};
  if (o.where) {
    place["latitude"] = o.where->latitude;
    place["longitude"] = o.where->longitude;
  }
  return place;
}

const domain::deployment* engaged(const domain::order_state& o, const std::string& party) {
  for (const auto& d : o.deployments)
    if (d.party == party) return &d;
  return nullptr;
}

} // namespace

std::string webhook_body(const rescue_surroundings& around, const domain::order_state& order,
                         const domain::order_command::attempt& a) {
  json body{{"id", domain::to_string(a.what.id)},
            {"purpose", domain::to_string(a.what.purpose)},
            {"order", domain::to_string(order.id)},
            {"number", order.number},
            {"short_code", domain::short_code(order.id)},
            {"kind", domain::to_string(order.type)},
            {"status", domain::to_string(order.status)},
            {"level", a.level},
            {"party", a.party},
            {"party_name", a.party_name},
            {"lift", {{"rescue_code", order.lift}, {"registration_code", order.registration_code}}},
            {"place", place_of(order)},
            {"description", order.description},
            {"trapped", order.trapped},
            {"injured", order.injured},
            {"children", order.children},
            {"elderly", order.elderly},
            {"medical", order.medical},
            {"fire", order.fire},
            {"received", time_of(order.received)},
            {"link", json{}}};
  if (const auto* d = engaged(order, a.party)) {
    body["answer_due"] = time_of(d->answer_due);
    body["arrival_due"] = time_of(d->arrival_due);
  }
  if (around.rescuer_link && !a.party.empty()) body["link"] = around.rescuer_link(order.id, a.party);
  // A text that is no UTF-8 must not keep the alarm from being told.
  return body.dump(-1, ' ', false, json::error_handler_t::replace);
}

domain::attempt_result webhook_outcome(const domain::attempt_id& attempt, const webhook::post_result& r,
                                       domain::span took) {
  using domain::attempt_outcome;
  domain::attempt_result result;
  result.attempt = attempt;
  result.rang = took;
  result.detail = "webhook " + (r.status == 0 ? r.error : std::to_string(r.status));
  if (r.tries > 1) result.detail += " after " + std::to_string(r.tries) + " tries";
  if (!r.delivered) return result; // failed
  result.outcome = attempt_outcome::delivered;
  const auto answer = json::parse(r.body, nullptr, false);
  if (!answer.is_object() || !answer.contains("answer") || !answer["answer"].is_string()) return result;
  if (answer["answer"] == "accept") result.outcome = attempt_outcome::accepted;
  if (answer["answer"] == "refuse") result.outcome = attempt_outcome::refused;
  return result;
}

} // namespace lifeline::actors
