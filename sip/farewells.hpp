#pragma once
// The dialogs that an engine before this one has left standing, when it died under them: each is ended with BYE, which
// is made from what was kept of it (RFC 3261, 12.2.1.1 and 15). Lives on the SIP thread.
//
// A dialog of which nothing is left but this is no dialog to the stack: the request is sent outside of any, with all
// that makes it one of the peer's. Whatever the peer answers ends it; 481 says that it has forgotten it already.

#include "sip/counters.hpp"
#include "sip/farewell_path.hpp"
#include "sip/sofia.hpp"

#include <chrono>
#include <functional>
#include <list>
#include <string>
#include <vector>

namespace lifeline::sip {

class trunk_links;

class farewells {
public:
  using clock = std::chrono::steady_clock;
  using report = std::function<void(leg_id)>;

  /// `over`: on_dialog_over.
  farewells(counters& count, trunk_links& trunks, report over)
      : count_{count}, trunks_{trunks}, over_{std::move(over)} {}
  farewells(const farewells&) = delete;
  farewells& operator=(const farewells&) = delete;
  ~farewells() { close(); }

  void open(nua_t* nua) { nua_ = nua; }
  /// `patience`: what an answer may take; longer than the stack's own limit for one.
  void begin(const standing_dialog& d, clock::time_point now, std::chrono::milliseconds patience);
  /// False: the handle is not one of ours.
  bool on_event(nua_event_t event, int status, nua_handle_t* handle, const sip_t* sip);
  /// A phone that could not be reached, for its connection ended with the engine of before, is told as soon as it
  /// registers over a new one. Nothing is known of its call until then: a port that refuses is the end of a
  /// connection, not of a conversation.
  void phones_changed(const std::string& account, const std::vector<contact>& contacts, clock::time_point now);
  void tick(clock::time_point now);
  /// Before the stack goes.
  void close();

private:
  struct farewell {
    standing_dialog to;
    nua_handle_t* handle = nullptr;
    clock::time_point due;     ///< it is of no use any more
    clock::time_point waiting; ///< whoever waits for it is told by then, whatever is known
    std::string newer_way;     ///< where the phone has registered from since it was sent
    bool challenged = false;   ///< the challenge has been answered already
    bool reported = false;
    bool again = false; ///< the second try, to a phone that has come back
  };
  void send(farewell& f, clock::time_point now);
  void drop(farewell& f);
  void finish(farewell& f);
  void send_again(farewell& f, std::string way, clock::time_point now);
  bool answers_challenge(farewell& f, int status, const sip_t* sip);

  counters& count_;
  trunk_links& trunks_;
  report over_;
  nua_t* nua_ = nullptr;
  std::list<farewell> all_;
  std::chrono::milliseconds patience_{0};
};

} // namespace lifeline::sip
