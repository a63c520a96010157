#pragma once
// The SIP thread's inside: the nua stack, all legs, admission and the registrar. Every function runs on that thread.

#include "sip/call_book.hpp"
#include "sip/cidr.hpp"
#include "sip/counters.hpp"
#include "sip/digest.hpp"
#include "sip/edge.hpp"
#include "sip/farewells.hpp"
#include "sip/leg.hpp"
#include "sip/registrar.hpp"
#include "sip/stateless.hpp"
#include "sip/tls.hpp"
#include "sip/transport.hpp"

#include <array>
#include <atomic>
#include <functional>
#include <memory>
#include <set>
#include <unordered_map>
#include <vector>

namespace lifeline::sip {

constexpr const char* allowed_methods = "INVITE, ACK, BYE, CANCEL, OPTIONS, PRACK, UPDATE, INFO, REGISTER";

/// Where a request really came from.
struct packet_source {
  ip_address address;
  std::string host; ///< as in a URI: IPv6 in brackets
  std::uint16_t port = 0;
  bool tcp = false; ///< over a connection, TLS too
  bool tls = false;
  bool rport = false; ///< wants to be answered where it sends from (RFC 3581)
};

class core final : public leg_host {
public:
  core(const settings& s, std::shared_ptr<gateway_sink> sink, trunk_table trunks, counters& count, edge_board& board);
  ~core() override;

  /// Creates the stack on `root`; false when sofia could not take the ports.
  bool open(su_root_t* root, const port_pair& ports);
  /// Ends all legs, then the stack, then `root`'s loop; bounded by a few seconds whatever the peers do.
  void shut_down();
  /// After the loop: frees the stack.
  void close();
  /// To be called after each batch of commands: frees what is no longer used.
  void sweep();

  void attach(leg_id id, std::shared_ptr<leg_sink> sink);
  void restore(const std::vector<registration>& registrations);
  void invite(const invite_request& request);
  /// From any thread.
  void drain() { draining_ = true; }
  void end_dialogs(const std::vector<standing_dialog>& left);
  /// Settings that were checked already, and differ only in what may change. A sentence when it cannot be done, and
  /// then nothing was changed.
  std::string reconfigure(const settings& s);
  /// From any thread.
  void shed(shedding level) { shedding_ = level; }
  void ban_source(const std::string& address, std::chrono::seconds duration) {
    edge_.ban_source(address, duration, now());
  }
  void unban(const std::string& address) { edge_.unban(address); }
  /// nullptr when there is no such leg.
  leg* find(leg_id id);
  /// Reads the certificate again; handshakes from now on use it. Connections and calls go on. An error, in a sentence,
  /// changes nothing.
  tl::expected<void, std::string> renew_tls(const tls_settings& s);

  /// Runs `f`, which serves `l` or nobody in particular. An exception must not unwind the stack's C frames: it is
  /// counted and costs the leg.
  template <class F> void guarded(leg* l, F&& f) noexcept {
    try {
      std::forward<F>(f)();
    } catch (...) {
      on_fault(l);
    }
  }

  // leg_host
  nua_t* stack() override { return nua_; }
  counters& count() override { return count_; }
  const settings& options() const override { return settings_; }
  const std::string& own_host() const override { return own_host_; }
  std::string contact_towards(const std::string& peer, const std::string& called_at) override;
  trunk_links& trunks() override { return edge_.trunks(); }
  domain::instant utc() const override { return now(); }
  void dialog_stands(const standing_dialog& d) override { sink_->on_dialog(d); }
  leg& stray() override;
  std::string begin_call(leg& l) override;
  void hand_call(leg& from, leg& to) override;
  void awaits_ack(const leg& l) override { book_.answered(l.call, now()); }
  void wake(leg& l, clock::time_point due) override;
  bool await_line(leg& l) override;
  void retire(leg& l) override;
  void discard(leg& l) override;

private:
  /// Events that came before a sink, or a sink that came before its leg.
  struct waiting {
    std::shared_ptr<leg_sink> sink;
    std::vector<leg_event> events;
    clock::time_point until;
  };
  /// A phone of which calls are ending.
  struct phone_line {
    std::size_t ending = 0;      ///< legs that have reported their end, and whose BYE or CANCEL is not answered yet
    std::vector<leg_id> waiting; ///< for the last of them
  };
  enum class stage : std::uint8_t { running, ending_legs, ending_stack, ended };

  static void on_nua_event(nua_event_t event, int status, const char* phrase, nua_t* nua, nua_magic_t* magic,
                           nua_handle_t* handle, nua_hmagic_t* hmagic, const sip_t* sip, tagi_t tags[]);
  void on_event(nua_event_t event, int status, const char* phrase, nua_handle_t* handle, leg* l, const sip_t* sip);
  void count_event(nua_event_t event, int status, const sip_t* sip);
  static void on_tick(void* self, su_timer_t* timer, void* arg);
  void tick();
  void measure_lag(clock::time_point current);
  void on_fault(leg* l) noexcept;
  void serve(nua_event_t event, int status, const char* phrase, nua_handle_t* handle, leg* l, const sip_t* sip);
  void forget_waiting(clock::time_point current);
  void step_shutdown(clock::time_point now);
  [[nodiscard]] domain::instant now() const;
  leg& add_leg(leg_id id);
  void leave_line(const leg& l);

  void on_options(nua_handle_t* handle, bool in_dialog);
  [[nodiscard]] bool refuses_options() const { return draining_ || shedding_ == shedding::all; }
  bool open_tls();
  /// Everything that depends on an account's contacts hears of a change here.
  void contacts_changed(const registration& r);
  std::string apply_tls(const settings& s);

  // the gate: see core_gate.cpp
  bool wants(const first_look& look);
  void hear_trying(const sip_t* sip);
  bool wants_over_connection(const first_look& look, domain::instant current);
  /// What an INVITE or REGISTER is refused with before the stack sees it; nothing: it may pass.
  std::optional<stateless_answer> screen(const first_look& look, domain::instant current);
  [[nodiscard]] opening opening_of(const sip_t* sip) const;
  static stateless_answer overloaded_answer();
  [[nodiscard]] stateless_answer options_answer(const sip_t* sip) const;
  bool refuse_at_gate(const first_look& look, const stateless_answer& answer);
  bool answer_at_gate(const first_look& look, const stateless_answer& answer);
  [[nodiscard]] call_book::key call_key(const sip_t* sip) const;
  [[nodiscard]] call_book::key transaction_key(const sip_t* sip) const;

  // admission
  bool within_rate(nua_handle_t* handle, const packet_source& source, bool trunk);
  /// Whether a request from a trunk's address is an account's all the same.
  [[nodiscard]] bool is_of_account(const sip_t* sip, const packet_source& source, const std::string& user) const;
  bool within_load(nua_handle_t* handle, const std::string& called);
  [[nodiscard]] std::optional<refusal> overloaded_for(const std::string& called) const;
  void on_invite(nua_handle_t* handle, const sip_t* sip);
  void on_register(nua_handle_t* handle, const sip_t* sip);
  bool authenticated(nua_handle_t* handle, const sip_t* sip, const std::string& account, const char* method_name);
  /// Counts what is wrong, and gives the WWW-Authenticate values to ask again with.
  std::vector<std::string> challenge(const sip_t* sip, const ip_address& source, const std::string& account,
                                     auth_verdict verdict);
  void refuse_request(nua_handle_t* handle, int status, const char* phrase, refusal why);
  /// 400: nothing could ever be sent to who calls.
  void refuse_target(nua_handle_t* handle, const std::string& fault);
  /// Nothing when it was refused.
  std::optional<parsed_sdp> offer_in(nua_handle_t* handle, const sip_t* sip);
  void answer_register(nua_handle_t* handle, const register_result& result);
  [[nodiscard]] bool is_trusted(const std::string& trunk) const;
  [[nodiscard]] packet_source source_of(const sip_t* sip) const;

  settings settings_;
  std::shared_ptr<gateway_sink> sink_;
  trunk_table trunks_;
  counters& count_;
  authenticator auth_;
  registrar registrar_;
  std::string own_host_;
  domain::id_source ids_;
  clock::time_point anchor_monotonic_;
  domain::instant anchor_utc_;

  std::unique_ptr<tls_endpoint> tls_;
  port_pair ports_;
  clock::time_point last_tick_;
  std::array<std::chrono::microseconds, 10> lags_{}; // of the last second's ticks

  su_root_t* root_ = nullptr;
  nua_t* nua_ = nullptr;
  su_timer_t* timer_ = nullptr;
  unsigned ticks_ = 0;
  stage stage_ = stage::running;
  clock::time_point stage_until_;
  std::atomic<bool> draining_{false};
  std::atomic<shedding> shedding_{shedding::none};

  std::unordered_map<leg*, std::unique_ptr<leg>> legs_;    // closing ones too
  std::unordered_map<leg_id, leg*> by_id_;                 // those that have not reported their end
  std::set<std::pair<clock::time_point, leg*>> deadlines_; // one for each leg that has leg::due
  std::unordered_map<leg_id, waiting> waiting_;
  std::unordered_map<std::string, phone_line> lines_; // by leg::phone
  std::vector<std::unique_ptr<leg>> discarded_;
  edge edge_;
  call_book book_;
  std::unordered_map<call_book::key, leg*> dialled_; ///< by leg::call, of our own INVITEs
  udp_door door_;
  farewells farewells_;
};

} // namespace lifeline::sip
