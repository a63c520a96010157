#pragma once
// A running gateway for tests, and sinks that keep what they are told until a test asks for it.

#include "sip/gateway.hpp"
#include "tests/sip/raw_peer.hpp"

#include <condition_variable>
#include <deque>
#include <mutex>

namespace lifeline::sip::testing {

/// Thread-safe list with a bounded wait.
template <class T> class kept_list {
public:
  void add(const T& item) {
    const std::lock_guard lock{mutex_};
    items_.push_back(item);
    changed_.notify_all();
  }
  /// Takes the next item out.
  std::optional<T> take(std::chrono::milliseconds timeout = 3000ms) {
    std::unique_lock lock{mutex_};
    if (!changed_.wait_for(lock, timeout, [&] { return !items_.empty(); })) return std::nullopt;
    T item = std::move(items_.front());
    items_.pop_front();
    return item;
  }
  [[nodiscard]] bool empty() const {
    const std::lock_guard lock{mutex_};
    return items_.empty();
  }

private:
  mutable std::mutex mutex_;
  std::condition_variable changed_;
  std::deque<T> items_;
};

class recording_leg final : public leg_sink {
public:
  /// Signs of life come beside what they are signs of.
  void on_leg_event(const leg_event& e) override { (e.kind == leg_event_kind::alive ? signs_of_life : events).add(e); }
  /// The next event, which must be of this kind.
  leg_event next(leg_event_kind kind, std::chrono::milliseconds timeout = 3000ms);
  kept_list<leg_event> events;
  kept_list<leg_event> signs_of_life;
};

class recording_sink final : public gateway_sink {
public:
  void on_incoming(const incoming_call& call) override { calls.add(call); }
  void on_registration(const registration& r) override { registrations.add(r); }
  void on_trunk(const trunk_state& t) override { trunks.add(t); }
  void on_ban(const ban& b) override { bans.add(b); }
  void on_dialog(const standing_dialog& d) override { dialogs.add(d); }
  void on_dialog_over(leg_id leg) override { over.add(leg); }
  kept_list<standing_dialog> dialogs;
  kept_list<leg_id> over;
  kept_list<trunk_state> trunks;
  kept_list<ban> bans;
  kept_list<incoming_call> calls;
  kept_list<registration> registrations;
};

/// Accounts 8001 and 8002 with the password "secret"; everything from 127.0.0.1 is no trunk unless asked for.
settings test_settings();
settings trunk_settings();
domain::trunk_plan trunk_named(const std::string& name, const std::vector<std::string>& cidrs);

struct live {
  explicit live(const settings& s);
  ~live();
  std::unique_ptr<gateway> gate;
  std::shared_ptr<recording_sink> sink = std::make_shared<recording_sink>();

  /// The next call, with a sink attached.
  struct call {
    incoming_call facts;
    std::shared_ptr<recording_leg> leg;
  };
  call next_call();
  registration next_registration();
  /// Dials out and returns the leg's id and sink.
  std::pair<leg_id, std::shared_ptr<recording_leg>> dial(const std::string& uri, const std::string& route = {},
                                                         std::chrono::milliseconds ring = 10s, bool offer = true);
  /// A call from a trunk that was answered and acknowledged.
  call answered(raw_peer& peer, dialog& d, const std::string& offer = offer_sdp(), const std::string& headers = {});
  /// REGISTER with the challenge answered; the final response.
  message register_phone(raw_peer& peer, const std::string& user, const std::string& contact_headers,
                         const std::string& algorithm = "SHA-256", const std::string& password = "secret");
  bool eventually(const std::function<bool()>& holds, std::chrono::milliseconds timeout = 3000ms) const;

private:
  std::uint64_t next_leg_ = 0;
};

session_description media_at(std::uint16_t port);

} // namespace lifeline::sip::testing
