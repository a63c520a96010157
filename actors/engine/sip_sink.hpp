#pragma once
// Brings what the SIP gateway says of its own accord, new calls and registrations, to the actors. What comes before the
// actors are there is kept for them.

#include "actors/calls/left_dialogs.hpp"
#include "actors/core/checkpoints.hpp"
#include "actors/core/surroundings.hpp"

#include <map>
#include <mutex>
#include <variant>
#include <vector>

namespace lifeline::actors {

class sip_sink final : public sip::gateway_sink {
public:
  explicit sip_sink(surroundings_ptr around) : around_(std::move(around)) {}

  void on_incoming(const sip::incoming_call& call) override {
    if (!keep(call)) deliver(call);
  }
  void on_registration(const sip::registration& r) override {
    if (keep(r)) return;
    const std::lock_guard lock{mutex_};
    deliver(r);
  }

  void on_trunk(const sip::trunk_state& t) override {
    domain::trunk_changed entry;
    entry.trunk = t.name;
    entry.up = t.up;
    entry.registered = t.registered;
    entry.reason = t.reason;
    journal(std::move(entry));
  }
  void on_ban(const sip::ban& b) override { journal(domain::source_banned{b.address, b.until, b.reason}); }
  void on_dialog(const sip::standing_dialog& d) override { keep_dialog(*around_, d); }
  void on_dialog_over(sip::leg_id leg) override { forget_dialog(*around_, leg); }

  /// Accounts have come by a reload: hands over the registrations of phones that were quicker.
  void claim() {
    const std::lock_guard lock{mutex_};
    std::erase_if(unclaimed_, [this](const auto& entry) {
      const auto agent = around_->who.agents.find(entry.first);
      if (agent) caf::anon_send(agent, entry.second);
      return static_cast<bool>(agent);
    });
  }
  /// The actors are there: hands over what was kept, in order.
  void open() {
    const std::lock_guard lock{mutex_};
    open_ = true;
    for (const auto& each : kept_)
      std::visit([this](const auto& x) { deliver(x); }, each);
    kept_.clear();
  }

private:
  template <class Message> bool keep(const Message& m) {
    const std::lock_guard lock{mutex_};
    if (!open_) kept_.emplace_back(m);
    return !open_;
  }
  void deliver(const sip::incoming_call& call) {
    // Without a supervisor nobody attaches, and the gateway answers 503 by itself.
    if (const auto calls = around_->who.calls.get()) caf::anon_send(calls, call);
  }
  void deliver(const sip::registration& r) {
    // An agent that crashes before it has read this finds it there.
    around_->kept.put(storage::table::registrations, r.account, encode_registration(r));
    if (const auto agent = around_->who.agents.find(r.account)) return caf::anon_send(agent, r);
    // The account is known to the gateway, its actor is on its way (a reload). As many as there are accounts.
    unclaimed_[r.account] = r;
  }
  void journal(domain::event_body body) {
    storage::change c;
    c.events.push_back({0, around_->now_steady(), {}, std::move(body)});
    around_->journal->append(std::move(c), storage::durability::lazy);
  }

  surroundings_ptr around_;
  std::mutex mutex_;
  bool open_ = false;
  std::vector<std::variant<sip::incoming_call, sip::registration>> kept_;
  std::map<std::string, sip::registration> unclaimed_;
};

} // namespace lifeline::actors
