#pragma once
// One dialog of ours: a nua handle, the state of its offers and answers, and its deadlines. Lives on the SIP thread.
//
// A leg reports exactly one final event (`failed` or `ended`), as soon as its fate is sealed; the protocol may need
// some seconds more (a BYE that waits for its 200, a CANCEL that crosses a 200): that is phase `closing`, of which
// nobody outside sees anything.

#include "domain/base/time.hpp"
#include "sip/counters.hpp"
#include "sip/gateway.hpp"
#include "sip/glare.hpp"
#include "sip/redirect.hpp"
#include "sip/sdp_text.hpp"
#include "sip/session_terms.hpp"
#include "sip/sofia.hpp"
#include "sip/when_needed.hpp"

#include <optional>
#include <string>
#include <vector>

namespace lifeline::sip {

class leg;
class trunk_links;

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
  /// The URI of our Contact for a dialog with this peer (a URI, with its transport); empty: the stack finds one. Its
  /// own choice knows neither the peer's transport nor which of our addresses it reaches. `called_at`: the host by
  /// which the peer has called us, or empty.
  virtual std::string contact_towards(const std::string& peer, const std::string& called_at) = 0;
  static constexpr clock::time_point never_due = clock::time_point::max();
  virtual trunk_links& trunks() = 0;
  [[nodiscard]] virtual domain::instant utc() const = 0;
  /// What it takes to end the leg's dialog, for whoever has to when we are gone.
  virtual void dialog_stands(const standing_dialog& d) = 0;
  /// A new leg that nobody outside knows of, to end what an abandoned INVITE may still become.
  virtual leg& stray() = 0;
  /// A Call-ID for the INVITE that the leg is about to send, of which the gate knows from now on; the one that it had
  /// before is over.
  virtual std::string begin_call(leg& l) = 0;
  /// Another leg looks after the leg's INVITE from now on.
  virtual void hand_call(leg& from, leg& to) = 0;
  /// Our 2xx to the peer's INVITE is out.
  virtual void awaits_ack(const leg& l) = 0;
  /// on_due() is to be called at this time; replaces an earlier wish.
  virtual void wake(leg& l, clock::time_point due) = 0;
  /// True when an earlier call at the same phone is not over yet, for its BYE or CANCEL is unanswered: line_is_free()
  /// will be called when it is.
  virtual bool await_line(leg& l) = 0;
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

/// A request of the peer's that may carry an offer.
enum class offer_request : std::uint8_t { reinvite, update, prack };

/// What only a call out needs.
struct dialling {
  std::optional<invite_request> request; ///< until it is answered
  std::optional<leg_event> answered;     ///< as it was told
  std::string target;                    ///< the URI
  std::string phone;                     ///< see leg::phone
  redirect_trail trail;
  bool wants_reliable = false; ///< the trunk has answered 421
  bool heard = false;          ///< this trunk has answered something
  bool rung = false;           ///< 18x came: it is the callee's affair now
  /// Answers in provisional responses by the To tag, for a 2xx that does not repeat it: a forked call has several.
  std::vector<std::pair<std::string, session_description>> early;
  std::vector<std::string> next_trunks;
  invite_request asked; ///< for the next trunk
  leg_host::clock::time_point until;
};

/// Offers and answers that wait for something. Most calls have but one offer, which is answered in its 2xx.
struct open_offers {
  std::vector<offered_stream> lines;         ///< of the offer that the application owes an answer to
  session_description theirs;                ///< that offer
  std::optional<session_description> queued; ///< of ours, for the end of a refresh
  std::optional<session_description> sent;   ///< of our re-INVITE, should it have to be repeated
  std::optional<session_description> held;   ///< our answer, until an offer in a PRACK is answered
  session_description early_answer;          ///< theirs, from the PRACK
};

class leg {
public:
  leg(leg_host& host, leg_id id) : host_{host}, id_{id}, glare_{id} {}
  leg(const leg&) = delete;
  leg& operator=(const leg&) = delete;
  ~leg();

  [[nodiscard]] leg_id id() const { return id_; }
  [[nodiscard]] leg_phase phase() const { return phase_; }
  [[nodiscard]] bool attended() const { return sink_ != nullptr; }
  /// The phone that is called, by its address; empty for a trunk, and for calls to us.
  [[nodiscard]] const std::string& phone() const { return out_.seen().phone; }

  /// Takes over the handle of an INVITE that was let in. `route` as in contact::route, for phones behind NAT.
  /// `contact`: our own, see leg_host::contact_towards.
  void accept(nua_handle_t* handle, const sip_t* request, parsed_sdp offer, std::string route, std::string contact);
  /// A later sink is told once more that our INVITE was answered: the one before may have crashed with it unread.
  void attach(std::shared_ptr<leg_sink> sink);
  /// The trunk that the call came from: its challenges are answered with our password for it.
  void came_from(const std::string& trunk) { trunk_ = trunk; }
  /// The phone that the call came from is this account's.
  void comes_from_phone_of(const std::string& account) { standing_.account = account; }
  /// It was told outside that there is a dialog to be ended.
  [[nodiscard]] bool stands() const { return told_standing_; }
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
  /// A 100 to our INVITE, of which the stack says nothing.
  void on_trying(const sip_t* sip) {
    if (phase_ == leg_phase::calling) note_trunk_response(100, sip);
  }
  void on_due(leg_host::clock::time_point now);
  /// The phone's last call is over.
  void line_is_free();
  leg_host::clock::time_point due = leg_host::never_due; ///< kept by the host
  std::uint64_t call = 0;                                ///< its Call-ID as the host's book has it
  /// Lets go of the handle, whatever its state.
  void release();
  /// After a fault of ours while it was served: ends it as well as its state allows.
  void abandon();

private:
  void deliver(leg_event event);
  void finish(leg_event_kind kind, int status, leg_end cause, std::string text);
  void end(leg_end cause, std::string text = {}) { finish(leg_event_kind::ended, 0, cause, std::move(text)); }

  // events
  void tell_alive(nua_event_t event, int status, const sip_t* sip);
  void on_invite_response(int status, const char* phrase, const sip_t* sip);
  void on_first_response(int status, const char* phrase, const sip_t* sip);
  void on_answer_without_target();
  void on_late_response(int status);
  void on_reinvite_response(int status, const char* phrase, const sip_t* sip);
  void on_update_response(int status, const char* phrase, const sip_t* sip);
  void on_ack(const sip_t* sip);
  void on_prack(int status, const sip_t* sip);
  void on_request_with_offer(offer_request kind, const sip_t* sip);
  void on_info(const sip_t* sip);
  void on_bye(const sip_t* sip);

  // dialling out through trunks
  bool dial_through_trunks(const invite_request& request);
  void dial_next();
  void take_over(nua_handle_t* handle, bool offer_is_ours);
  void note_trunk_response(int status, const sip_t* sip);
  bool goes_on_to_next_trunk(int status);
  bool on_trunk_silent(leg_host::clock::time_point now);
  bool answers_challenge(nua_event_t event, int status, const sip_t* sip);

  void set_contact(const std::string& uri) { contact_ = uri.empty() ? uri : "<" + uri + ">"; }

  // SDP
  /// The body as values; nothing when it has no SDP or a broken one.
  std::optional<parsed_sdp> description_in(const sip_t* sip) const;
  session_description remote_description(const sip_t* sip);
  std::string write(const session_description& d);
  void respond(int status, const char* phrase, const std::string& body);
  /// A 18x, which is repeated until the answer.
  void provisional(int status, const char* phrase, const std::string& body);
  void repeat_provisional_later();
  void answer_request(int status, const char* phrase, const std::string& body);
  void answer_at_once(int status, const char* phrase);
  void send_reinvite(const std::string& body);
  void answer_as_before();
  void forget_request();
  /// 0, or why a new offer of the peer's cannot be taken now (RFC 3311, 5.2): 491, 500, 488.
  int offer_conflict(offer_request kind);

  // before the answer
  void dial(const std::string& uri);
  void redial(const std::string& uri);
  /// True when a redirection is followed, or the demand for 100rel.
  bool dial_again(int status, const sip_t* sip);
  void acknowledge_reliable(const sip_t* sip);
  void note_early(const sip_t* sip, const session_description& sdp);
  session_description early_answer_of(const sip_t* sip);
  void finish_early(offer_request kind);
  /// The trunk that is dialled, nullptr for a phone.
  const domain::trunk_plan* trunk() const;

  // what outlives us (leg_standing.cpp)
  void note_caller(const sip_t* invite);
  void note_standing(const sip_t* sip);
  void note_target(const sip_t* sip);
  void tell_standing();

  void send_bye(const char* reason);
  void start_session();
  void refresh();
  void reoffer_queued();
  bool retry_after_glare(bool is_refresh);
  void on_session_due();
  void on_glare_over();
  void set_deadlines();

  leg_host& host_;
  leg_id id_;
  nua_handle_t* handle_ = nullptr;
  leg_phase phase_ = leg_phase::calling;
  bool incoming_ = false;
  int provisional_ = 0; ///< the last 18x of ours; 0: none
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
  std::vector<offered_stream> lines_; ///< of the session; empty when it has only our audio
  nua_saved_event_t pending_request_[1] = {nullptr};
  offer_request pending_kind_ = offer_request::reinvite;
  std::size_t pending_hash_ = 0;

  // RFC 3262: what goes reliably before the 2xx completes the offer and answer of the INVITE
  bool reliable_ = false;          ///< the caller supports 100rel
  bool reliable_required_ = false; ///< and wants nothing else
  bool early_sdp_sent_ = false;    ///< a reliable 183 has carried our description
  bool early_done_ = false;        ///< its PRACK has come, with the answer if the offer was ours
  bool early_changed_ = false;     ///< a later offer was answered before the 2xx, which then carries none

  when_needed<dialling> out_;
  when_needed<open_offers> offers_;
  std::string contact_;        ///< our own, as a header's value; empty: the stack's choice
  bool updates_ = false;       ///< the peer takes UPDATE
  bool refresh_waits_ = false; ///< for the end of a glare
  glare_clock glare_;
  int glare_attempts_ = 0;
  leg_host::clock::time_point session_due_ = leg_host::never_due;
  leg_host::clock::time_point glare_over_ = leg_host::never_due;
  std::string phrase_; ///< the stack keeps a pointer to it until the response is sent
  session_facts facts_;
  session_terms terms_;
  std::string trunk_; ///< the one that the call goes or came through; empty: none
  bool challenge_answered_ = false;
  standing_dialog standing_; ///< what is known of it, told or not
  bool told_standing_ = false;
};

/// The peer's side of RFC 4028 in a request or response.
session_facts session_facts_of(const sip_t* sip);
/// The SDP body, empty when there is none.
std::string_view sdp_body(const sip_t* sip);
/// "100rel" in Supported or Require.
bool has_option(const msg_list_t* list, std::string_view option);
/// All Reason headers (RFC 3326), as they would be written again.
std::string reason_text(const sip_t* sip);
/// Statuses of 700 and above are the stack's own: it could not even send.
inline int real_status(int status) { return status >= 700 ? 500 : status; }
inline const char* or_null(const std::string& text) { return text.empty() ? nullptr : text.c_str(); }
constexpr const char* sdp_type = "application/sdp";

} // namespace lifeline::sip
