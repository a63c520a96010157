#pragma once
// The rescue side as lift phones and callers meet it: remembers what it was told, and stores when the test says so.

#include "actors/rescue_operations.hpp"
#include "actors/rescue_port.hpp"

#include <map>
#include <string>
#include <utility>
#include <vector>

namespace lifeline::testing {

class fake_lift_alarms final : public actors::rescue_port {
public:
  void report(domain::alarm_report r, receipt_callback done) override {
    reports.push_back(std::move(r));
    if (hold) return waiting.push_back(std::move(done));
    answer(done);
  }
  std::vector<actors::order_brief> orders_of_phone(const std::string&) override { return {}; }
  void rescuer_says(const domain::order_id&, const domain::rescuer_report&, word_callback done) override {
    done(false, "not asked for here");
  }
  std::optional<domain::elevator> lift(const std::string& code) override {
    const auto found = lifts.find(code);
    if (found == lifts.end()) return std::nullopt;
    domain::elevator e;
    e.rescue_code = found->second;
    return e;
  }
  domain::order_id open_order_of(const std::string& rescue_code) override { return orders_of_lifts[rescue_code]; }
  domain::order_id open_order_of_caller(const std::string& number) override { return orders_of_callers[number]; }
  void link_call(const domain::order_id& order, const domain::call_id& call) override {
    links.emplace_back(order, call);
  }

  /// The disk comes to an end with what it was given.
  void answer_all() {
    auto all = std::move(waiting);
    waiting.clear();
    for (const auto& done : all)
      answer(done);
  }

  /// Its callers are actors, which must not outlive their system.
  void forget() { waiting.clear(); }

  std::vector<domain::alarm_report> reports;
  std::map<std::string, std::string> lifts; ///< any code → rescue code
  std::map<std::string, domain::order_id> orders_of_lifts;
  std::map<std::string, domain::order_id> orders_of_callers;
  std::vector<std::pair<domain::order_id, domain::call_id>> links;
  bool hold = false;  ///< until answer_all()
  bool fails = false; ///< the disk refuses
  domain::order_id order{7, 7};

private:
  void answer(const receipt_callback& done) const {
    if (fails) return done(tl::unexpected(std::string{"disk full"}));
    actors::report_receipt receipt;
    receipt.order = order;
    done(receipt);
  }
  std::vector<receipt_callback> waiting;
};

} // namespace lifeline::testing
