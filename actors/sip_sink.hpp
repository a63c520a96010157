#pragma once
// Brings what the SIP gateway says of its own accord, new calls and registrations, to the actors. What comes before the
// actors are there is kept for them.

#include "actors/checkpoints.hpp"
#include "actors/surroundings.hpp"

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
    if (!keep(r)) deliver(r);
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
    if (const auto calls = around_->who.calls()) caf::anon_send(calls, call);
  }
  void deliver(const sip::registration& r) {
    // An agent that crashes before it has read this finds it there.
    around_->kept.put(storage::table::registrations, r.account, encode_registration(r));
    if (const auto agent = around_->who.agent(r.account)) caf::anon_send(agent, r);
  }

  surroundings_ptr around_;
  std::mutex mutex_;
  bool open_ = false;
  std::vector<std::variant<sip::incoming_call, sip::registration>> kept_;
};

} // namespace lifeline::actors
