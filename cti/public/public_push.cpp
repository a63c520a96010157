// What IoT platforms push: signed with the platform's secret, taken in whatever the details are.

#include "cti/api/rescue_route.hpp"
#include "cti/public/public_part.hpp"
#include "cti/public/push.hpp"

#include "domain/base/wall_time.hpp"
#include "webhook/gateway.hpp"

#include <algorithm>

namespace lifeline::cti {

namespace {

constexpr auto signature_header = "x-lifeline-signature";

/// The vendor when the message is signed by it; else the answer.
struct sender {
  domain::vendor_plan vendor;
  std::optional<response> refused;
};

sender verify(const public_call& c) {
  const auto plan = c.part.plan();
  const auto* vendor = plan.find_vendor(c.arguments[0]);
  if (vendor == nullptr)
    return {
        {},
        c.part.refuse_stranger(c.message, "signature", error_response(404, "not_found", "there is no such platform"))};
  const auto secret = c.part.vendor_secret(vendor->name);
  if (secret.empty()) return {{}, error_response(503, "unavailable", "no secret is configured for this platform")};
  const auto refuse = [&](std::string_view why) {
    auto refusal = error_response(401, "unauthorized", why, "X-Lifeline-Signature");
    refusal.headers.emplace_back("WWW-Authenticate", "X-Lifeline-Signature");
    return sender{{}, c.part.refuse_stranger(c.message, "signature", std::move(refusal))};
  };
  const auto header = c.message.header(signature_header);
  if (header.empty()) return refuse("the message is not signed");
  const auto signed_well = webhook::verify_signature(secret, header, c.message.body, c.part.now(), vendor->max_skew);
  if (!signed_well) return refuse(signed_well.error());
  return {*vendor, std::nullopt};
}

/// 201 for a new order, 202 for what could not be read and a person will look at, else 200.
int status_of(const actors::report_receipt& r, bool is_whole) {
  if (r.repeated) return 200;
  if (!is_whole) return 202;
  return r.fate == domain::report_fate::opened ? 201 : 200;
}

json receipt_json(const std::string& message_id, const actors::report_receipt& r) {
  json j = json::object();
  j["message_id"] = message_id;
  j.update(to_json(r));
  return j;
}

json error_of(const std::string& message_id, const response& r) {
  auto j = json::parse(r.body);
  j["message_id"] = message_id;
  return j;
}

/// Whether it is known where the report is about. A registry that does not answer must not keep an alarm out.
bool is_clear(const public_call& c, const domain::alarm_report& r) {
  if (r.lift_key.empty()) return false;
  const auto lift = c.part.rescue().elevator(r.lift_key);
  return lift.has_value() || lift.error().code != domain::errc::not_found;
}

struct taken_report {
  std::string id;
  std::optional<actors::report_receipt> receipt;
  std::optional<response> refused; ///< when there is no receipt
};

/// What was taken in before is answered whatever the limit says: the platform did not hear it.
taken_report take_report(const public_call& c, const domain::vendor_plan& vendor, domain::alarm_report r) {
  taken_report done{r.message_id, std::nullopt, std::nullopt};
  if (!is_clear(c, r) && !c.part.rescue().receipt(r.source, r.message_id)) {
    if (const auto wait = c.part.refuse_unclear(vendor)) {
      done.refused = too_often(*wait, "too much of what this platform sends is not understood: agents have been told");
      return done;
    }
  }
  auto receipt = c.part.rescue().report(std::move(r));
  if (receipt)
    done.receipt = std::move(*receipt);
  else
    done.refused = failure_response(receipt.error());
  return done;
}

/// One receipt or error for each event, in their order. When one was not taken in the whole message is to be sent
/// again: what was taken in already is only answered.
response take_list(const public_call& c, const domain::vendor_plan& vendor, push p) {
  json receipts = json::array();
  int failed = 0;
  std::optional<response> again; // what it is told to wait for
  for (auto& r : p.reports) {
    auto done = take_report(c, vendor, std::move(r));
    if (done.receipt) {
      receipts.push_back(receipt_json(done.id, *done.receipt));
      continue;
    }
    ++failed;
    receipts.push_back(error_of(done.id, *done.refused));
    const auto status = done.refused->status;
    if (status == 503 || (status == 429 && !again)) again = std::move(done.refused);
  }
  json body = json::object();
  const auto* code = !again ? "invalid" : again->status == 503 ? "unavailable" : "too_many";
  if (failed > 0)
    body["error"] = json{{"code", code}, {"message", std::to_string(failed) + " events were not taken in"}};
  body["receipts"] = std::move(receipts);
  auto made = json_response(body, again ? again->status : failed > 0 ? 400 : p.is_whole ? 200 : 202);
  if (again)
    for (auto& h : again->headers)
      if (h.first == "Retry-After") made.headers.push_back(std::move(h));
  return made;
}

response take(const public_call& c) {
  const auto s = verify(c);
  if (s.refused) return *s.refused;
  auto p = read_push(c.message.body, s.vendor, domain::from_world(c.part.now()));
  if (!p.is_whole)
    c.part.count("unreadable");
  else if (std::any_of(p.reports.begin(), p.reports.end(), [](const auto& r) { return !r.doubts.empty(); }))
    c.part.count("details");
  if (p.is_list) return take_list(c, s.vendor, std::move(p));
  const auto done = take_report(c, s.vendor, std::move(p.reports.front()));
  if (!done.receipt) return *done.refused;
  return json_response(receipt_json(done.id, *done.receipt), status_of(*done.receipt, p.is_whole));
}

response receipt(const public_call& c) {
  const auto s = verify(c);
  if (s.refused) return *s.refused;
  const auto known = c.part.rescue().receipt(s.vendor.name, c.arguments[1]);
  return known ? json_response(receipt_json(c.arguments[1], *known)) : failure_response(known.error());
}

} // namespace

const std::vector<public_route>& push_routes() {
  static const std::vector<public_route> table{{"POST", "iot/*", take}, {"GET", "iot/*/*", receipt}};
  return table;
}

} // namespace lifeline::cti
