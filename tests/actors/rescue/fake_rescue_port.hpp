#pragma once
// The rescue side as lift phones, callers and the report line meet it: remembers what it was told, opens one order for
// each report that is none of an order it knows, and stores when the test says so. What it promises is what
// test_rescue_port.cpp demands of every implementation; the rest is the test's to set.

#include "actors/rescue/rescue_operations.hpp"
#include "actors/rescue/rescue_port.hpp"
#include "domain/base/phone_number.hpp"

#include <map>
#include <string>
#include <utility>
#include <vector>

namespace lifeline::testing {

class fake_rescue_port final : public actors::rescue_port {
public:
  void report(domain::alarm_report r, receipt_callback done) override {
    reports.push_back(r);
    if (hold) return waiting_reports.emplace_back(std::move(r), std::move(done)), void();
    answer(r, done);
  }
  std::vector<actors::order_brief> orders_of_phone(const std::string& number) override {
    const auto found = orders.find(number);
    return found == orders.end() ? std::vector<actors::order_brief>{} : found->second;
  }
  void rescuer_says(const domain::order_id& about, const domain::rescuer_report& r, word_callback done) override {
    said.emplace_back(about, r);
    if (held) return waiting.push_back(std::move(done));
    done(stores, stores ? "" : "the order is over");
  }
  std::optional<domain::elevator> lift(const std::string& code) override {
    const auto found = lifts.find(code);
    if (found == lifts.end()) return std::nullopt;
    domain::elevator e;
    e.rescue_code = found->second;
    return e;
  }
  domain::order_id open_order_of(const std::string& rescue_code) override { return of(orders_of_lifts, rescue_code); }
  domain::order_id open_order_of_caller(const std::string& number) override {
    for (const auto& form : domain::spellings(number))
      if (const auto id = of(orders_of_callers, form); !id.is_nil()) return id;
    return {};
  }
  void link_call(const domain::order_id& about, const domain::call_id& call) override {
    links.emplace_back(about, call);
  }
  void call_answered(const domain::order_id& about, const domain::call_id& call, domain::instant at,
                     const domain::agent_id& agent) override {
    answered.push_back({about, call, {at, agent}});
  }

  /// The disk comes to an end with what it was given.
  void answer_all() {
    for (const auto& [r, done] : std::exchange(waiting_reports, {}))
      answer(r, done);
  }
  /// Its callers are actors, which must not outlive their system.
  void forget() {
    waiting_reports.clear();
    waiting.clear();
  }

  struct answered_call {
    domain::order_id order;
    domain::call_id call;
    domain::call_answer answer;
  };
  std::vector<domain::alarm_report> reports;
  std::map<std::string, std::string> lifts; ///< any code → rescue code
  std::map<std::string, domain::order_id> orders_of_lifts;
  std::map<std::string, domain::order_id> orders_of_callers;
  std::map<std::string, std::vector<actors::order_brief>> orders; ///< by a rescuer's number
  std::vector<std::pair<domain::order_id, domain::call_id>> links;
  std::vector<answered_call> answered;
  std::vector<std::pair<domain::order_id, domain::rescuer_report>> said;
  std::vector<word_callback> waiting; ///< for words that are being stored
  std::vector<std::pair<domain::alarm_report, receipt_callback>> waiting_reports;
  bool hold = false;            ///< reports, until answer_all()
  bool fails = false;           ///< the disk refuses reports
  bool held = false;            ///< words, until the test answers them
  bool stores = true;           ///< words
  domain::order_id order{7, 7}; ///< of the next report of which no order is known

private:
  static domain::order_id of(const std::map<std::string, domain::order_id>& known, const std::string& key) {
    const auto found = known.find(key);
    return found == known.end() ? domain::order_id{} : found->second;
  }
  void answer(const domain::alarm_report& r, const receipt_callback& done) {
    if (fails) return done(tl::unexpected(std::string{"disk full"}));
    const auto known = lift(r.lift_key);
    const auto code = known ? known->rescue_code : std::string{};
    actors::report_receipt receipt;
    receipt.order = of(orders_of_lifts, code);
    receipt.fate = receipt.order.is_nil() ? domain::report_fate::opened : domain::report_fate::merged;
    if (receipt.order.is_nil()) receipt.order = order;
    if (!code.empty()) orders_of_lifts[code] = receipt.order;
    if (!r.caller_phone.empty()) orders_of_callers[r.caller_phone] = receipt.order;
    done(receipt);
  }
};

} // namespace lifeline::testing
