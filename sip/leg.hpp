#pragma once
// One dialog of ours: a nua handle, the state of its offers and answers, and its deadlines. Lives on the SIP thread.
//
// A leg reports exactly one final event (`failed` or `ended`), as soon as its fate is sealed; the protocol may need
// some seconds more (a BYE that waits for its 200, a CANCEL that crosses a 200): that is phase `closing`, of which
// nobody outside sees anything.

#include "domain/time.hpp"
#include "sip/counters.hpp"
#include "sip/gateway.hpp"
#include "sip/sdp_text.hpp"
#include "sip/session_terms.hpp"
#include "sip/sofia.hpp"

#include <optional>
#include <string>
#include <vector>

namespace lifeline::sip {

class leg;

/// What a leg needs from the gateway around it.
class leg_host {
public:
  using clock = std::chrono::steady_clock;

  virtual ~leg_host() = default;
  virtual nua_t* stack() = 0;
  virtual counters& count() = 0;
  virtual const settings& options() const = 0;
  /// Host part for our From and P-Asserted-Identity.
  virtual const std::string& own_host() const = 0;
  static constexpr clock::time_point never_due = clock::time_point::max();
  /// on_due() is to be called at this time; replaces an earlier wish.
  virtual void wake(leg& l, clock::time_point due) = 0;
  /// The leg has reported its final event: its id is free.
  virtual void retire(leg& l) = 0;
  /// The leg's handle is gone. The leg is deleted after the current event.
  virtual void discard(leg& l) = 0;
};

enum class leg_phase : std::uint8_t {
  offered,    ///< incoming, no final response yet
  confirming, ///< incoming, 200 sent, no ACK yet
  calling,    ///< outgoing, no final response yet
  unacked,    ///< outgoing, 2xx to an INVITE without offer: waits for ack()
  talking,
  closing, ///< final event reported
};

class leg {
public:
  leg(leg_host& host, leg_id id) : host_{host}, id_{id} {}
  leg(const leg&) = delete;
  leg& operator=(const leg&) = delete;
  ~leg();

  [[nodiscard]] leg_id id() const { return id_; }
  [[nodiscard]] leg_phase phase() const { return phase_; }
  [[nodiscard]] bool attended() const { return sink_ != nullptr; }

  /// Takes over the handle of an INVITE that was let in. `route` as in contact::route, for phones behind NAT.
  void accept(nua_handle_t* handle, const sip_t* request, parsed_sdp offer, std::string route);
  void attach(std::shared_ptr<leg_sink> sink);
  /// Events that nobody has taken yet.
  std::vector<leg_event> take_kept() { return std::move(kept_); }

  void ring();
  void progress(const session_description& early);
  void answer(const session_description& description);
  void refuse(int status, const std::string& reason, std::chrono::seconds retry_after);
  void invite(const invite_request& request);
  void ack(const session_description& answer);
  void reoffer(const session_description& offer);
  void answer_reoffer(const session_description& answer);
  void refuse_reoffer(int status, const std::string& reason);
  void hang_up(const std::string& reason);

  void on_event(nua_event_t event, int status, const char* phrase, const sip_t* sip);
  void on_due(leg_host::clock::time_point now);
  leg_host::clock::time_point due = leg_host::never_due; ///< kept by the host
  /// Lets go of the handle, whatever its state.
  void release();

private:
  void deliver(leg_event event);
  void finish(leg_event_kind kind, int status, leg_end cause, std::string text);
  void end(leg_end cause, std::string text = {}) { finish(leg_event_kind::ended, 0, cause, std::move(text)); }

  // events
  void on_invite_response(int status, const char* phrase, const sip_t* sip);
  void on_first_response(int status, const char* phrase, const sip_t* sip);
  void on_late_response(int status);
  void on_reinvite_response(int status, const char* phrase, const sip_t* sip);
  void on_ack(const sip_t* sip);
  void on_request_with_offer(bool is_update, const sip_t* sip);
  void on_info(const sip_t* sip);
  void on_bye(const sip_t* sip);

  // SDP
  /// The body as values; nothing when it has no SDP or a broken one.
  std::optional<parsed_sdp> description_in(const sip_t* sip) const;
  session_description remote_description(const sip_t* sip);
  std::string write(const session_description& d, bool as_answer);
  void respond(int status, const char* phrase, const std::string& body);
  void answer_request(int status, const char* phrase, const std::string& body);
  void send_reinvite(const std::string& body);
  void answer_as_before();
  void forget_request();

  void send_bye(const char* reason);
  void start_session();
  void on_session_due();

  leg_host& host_;
  leg_id id_;
  nua_handle_t* handle_ = nullptr;
  leg_phase phase_ = leg_phase::calling;
  bool incoming_ = false;
  bool offer_is_ours_ =
      false; ///< there was none in the peer's INVITE: our 2xx carries the offer, the answer comes with the ACK
  bool bye_after_ack_ = false;      ///< RFC 3261, 15: a callee may not send BYE before the ACK
  bool was_cancelled_ = false;      ///< a CANCEL came, in time or not
  bool peer_offer_pending_ = false; ///< the application owes answer_reoffer
  bool own_offer_pending_ = false;
  bool refreshing_ = false; ///< the pending re-INVITE is a session refresh of ours
  std::shared_ptr<leg_sink> sink_;
  std::vector<leg_event> kept_;
  std::string route_;
  std::string hang_up_reason_;
  std::string local_sdp_; ///< last sent, repeated by refreshes
  std::size_t remote_sdp_hash_ = 0;
  sdp_origin origin_;
  std::vector<offered_stream> streams_; ///< of the peer's last offer; empty when it had only our audio
  std::optional<session_description> queued_offer_;
  nua_saved_event_t pending_request_[1] = {nullptr};
  bool pending_is_update_ = false;
  std::size_t pending_hash_ = 0;
  session_description early_; ///< the answer of a provisional response, for a 2xx that does not repeat it
  std::string phrase_;        ///< the stack keeps a pointer to it until the response is sent
  session_facts facts_;
  session_terms terms_;
};

/// The peer's side of RFC 4028 in a request or response.
session_facts session_facts_of(const sip_t* sip);
/// The SDP body, empty when there is none.
std::string_view sdp_body(const sip_t* sip);

} // namespace lifeline::sip
