// What IoT platforms push: signed with the platform's secret, taken in whatever the details are.

#include "cti/public_part.hpp"
#include "cti/push.hpp"
#include "cti/rescue_route.hpp"

#include "domain/wall_time.hpp"
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

/// One receipt or error for each event, in their order. When one was not taken in the whole message is to be sent
/// again: what was taken in already is only answered.
response take_list(const public_call& c, push p) {
  json receipts = json::array();
  int failed = 0;
  bool again = false;
  for (auto& r : p.reports) {
    const auto id = r.message_id;
    const auto receipt = c.part.rescue().report(std::move(r));
    if (receipt) {
      receipts.push_back(receipt_json(id, *receipt));
      continue;
    }
    const auto failure = failure_response(receipt.error());
    ++failed;
    again = again || failure.status == 503;
    receipts.push_back(error_of(id, failure));
  }
  json body = json::object();
  if (failed > 0)
    body["error"] = json{{"code", again ? "unavailable" : "invalid"},
                         {"message", std::to_string(failed) + " events were not taken in"}};
  body["receipts"] = std::move(receipts);
  auto made = json_response(body, again ? 503 : failed > 0 ? 400 : p.is_whole ? 200 : 202);
  if (again) made.headers.emplace_back("Retry-After", "1");
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
  if (p.is_list) return take_list(c, std::move(p));
  const auto id = p.reports.front().message_id;
  const auto receipt = c.part.rescue().report(std::move(p.reports.front()));
  if (!receipt) return failure_response(receipt.error());
  return json_response(receipt_json(id, *receipt), status_of(*receipt, p.is_whole));
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
