#pragma once
// Sinks that bring the events of one leg and of its endpoint into the mailbox of an actor of any kind.

#include "actors/protocol/calls.hpp"

#include <utility>

namespace lifeline::actors {

template <class Handle> class leg_mailbox final : public sip::leg_sink {
public:
  explicit leg_mailbox(Handle to) : to_(std::move(to)) {}
  void on_leg_event(const sip::leg_event& e) override { caf::anon_send(to_, e); }

private:
  Handle to_;
};

/// Of an endpoint that nobody records.
class endpoint_mailbox final : public media::endpoint_sink {
public:
  explicit endpoint_mailbox(caf::actor to) : to_(std::move(to)) {}
  void on_endpoint_event(const media::endpoint_event& e) override { caf::anon_send(to_, e); }
  void on_recording_event(const media::recording_event&) override {}

private:
  caf::actor to_;
};

} // namespace lifeline::actors
