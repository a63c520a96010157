// The gateway's outside: settings are checked, the port is tried, commands are handed to the SIP thread.

#include "sip/core.hpp"
#include "sip/digest_client.hpp"
#include "sip/way_out.hpp"

#include <cstring>
#include <functional>
#include <future>
#include <mutex>
#include <stdexcept>
#include <thread>

/// The stack's own hook for its clock; no header of its declares it.
extern "C" void (*_su_time)(su_time_t*); // NOLINT(bugprone-reserved-identifier)

namespace lifeline::sip {

namespace {

constexpr int port_attempts = 20;
constexpr std::chrono::seconds answer_limit{2};

std::string check(const settings& s) {
  const auto is_hex = [](const std::string& text, std::size_t size) {
    return text.size() == size && text.find_first_not_of("0123456789abcdef") == std::string::npos;
  };
  if (!is_bindable(s.bind_address)) return "sip: bind address \"" + s.bind_address + "\" is not an IP address";
  if (s.realm.empty() || s.realm.find_first_of("\"\\ \r\n") != std::string::npos)
    return "sip: realm \"" + s.realm + "\" is empty or has a space, quote or backslash";
  if (s.advertised.find_first_of(" \"<>;\r\n") != std::string::npos)
    return "sip: advertised address \"" + s.advertised + "\" is neither an address nor a host name";
  if (s.min_registration.count() < 1 || s.min_registration > s.max_registration)
    return "sip: min_registration must be at least 1 s and at most max_registration";
  if (s.default_registration < s.min_registration || s.default_registration > s.max_registration)
    return "sip: default_registration must lie between min_registration and max_registration";
  if (s.session_expires.count() < 0 || (s.session_expires.count() > 0 && s.session_expires < s.min_se))
    return "sip: session_expires must be 0 or at least min_se";
  if (s.nonce_lifetime.count() < 1) return "sip: nonce_lifetime must be at least 1 s";
  if (s.transaction_timeout.count() < 500) return "sip: transaction_timeout must be at least 500 ms";
  for (const auto& c : s.credentials)
    if (c.account.empty() || !is_hex(c.ha1_md5, 32) || !is_hex(c.ha1_sha256, 64))
      return "sip: the credential of account \"" + c.account + "\" is not a pair of lower-case hex digests";
  return check_edge(s);
}

void discard_log(void*, const char*, va_list) {}

void (*stack_clock)(su_time_t*) = nullptr;

/// In whole milliseconds. The stack waits for its next timer in these, rounded down: with a finer clock it polls
/// without a pause through the last part of a millisecond before each timer, which was most of what a call cost.
void coarse_clock(su_time_t* t) {
  if (stack_clock != nullptr) stack_clock(t);
  t->tv_usec -= t->tv_usec % 1000;
}

void prepare_sofia() {
  static std::once_flag once;
  std::call_once(once, [] {
    su_init();
    stack_clock = _su_time;
    _su_time = coarse_clock;
    install_digest_client();
    install_way_out();
    su_log_redirect(nullptr, &discard_log, nullptr); // it would print peers' messages, and numbers with them
    su_log_set_level(nullptr, 0);
  });
}

class sip_gateway final : public gateway {
public:
  using command = std::function<void(core&)>;

  sip_gateway(const settings& s, std::shared_ptr<gateway_sink> sink, trunk_table trunks)
      : settings_{s}, core_{std::make_unique<core>(s, std::move(sink), std::move(trunks), count_, board_)} {}
  ~sip_gateway() override { stop(); }

  /// False when the stack did not take the ports.
  bool start(const port_pair& ports) {
    ports_ = ports;
    std::promise<bool> opened;
    auto result = opened.get_future();
    thread_ = std::thread{[this, &opened] { run(opened); }};
    if (result.get()) return true;
    thread_.join();
    return false;
  }

  std::uint16_t port() const override { return ports_.plain; }
  std::uint16_t tls_port() const override { return ports_.tls; }
  tl::expected<void, std::string> reconfigure(const settings& s) override;
  std::vector<trunk_state> trunks() const override { return board_.trunks(); }
  std::vector<ban> bans() const override { return board_.bans(); }
  void ban_source(const std::string& address, std::chrono::seconds duration) override {
    post([address, duration](core& c) { c.ban_source(address, duration); });
  }
  bool unban(const std::string& address) override {
    if (!board_.take_ban(address)) return false;
    post([address](core& c) { c.unban(address); });
    return true;
  }
  void shed(shedding level) override {
    at_once([level](core& c) { c.shed(level); });
  }
  void inject_fault(std::chrono::milliseconds hang) override {
    post([hang](core&) {
      if (hang.count() <= 0) throw std::runtime_error{"injected"};
      std::this_thread::sleep_for(hang);
    });
  }
  void attach(leg_id id, std::shared_ptr<leg_sink> sink) override {
    post([id, sink = std::move(sink)](core& c) { c.attach(id, sink); });
  }
  void restore(const std::vector<registration>& registrations) override {
    post([registrations](core& c) { c.restore(registrations); });
  }
  void end_dialogs(const std::vector<standing_dialog>& left) override {
    post([left](core& c) { c.end_dialogs(left); });
  }
  void ring(leg_id id) override {
    on_leg(id, [](leg& l) { l.ring(); });
  }
  void progress(leg_id id, const session_description& early) override {
    on_leg(id, [early](leg& l) { l.progress(early); });
  }
  void answer(leg_id id, const session_description& answer_or_offer) override {
    on_leg(id, [answer_or_offer](leg& l) { l.answer(answer_or_offer); });
  }
  void refuse(leg_id id, int status, const std::string& reason, std::chrono::seconds retry_after) override {
    on_leg(id, [=](leg& l) { l.refuse(status, reason, retry_after); });
  }
  void invite(const invite_request& request) override {
    post([request](core& c) { c.invite(request); });
  }
  void ack(leg_id id, const session_description& answer) override {
    on_leg(id, [answer](leg& l) { l.ack(answer); });
  }
  void reoffer(leg_id id, const session_description& offer) override {
    on_leg(id, [offer](leg& l) { l.reoffer(offer); });
  }
  void answer_reoffer(leg_id id, const session_description& answer) override {
    on_leg(id, [answer](leg& l) { l.answer_reoffer(answer); });
  }
  void refuse_reoffer(leg_id id, int status, const std::string& reason) override {
    on_leg(id, [=](leg& l) { l.refuse_reoffer(status, reason); });
  }
  void hang_up(leg_id id, const std::string& reason) override {
    on_leg(id, [reason](leg& l) { l.hang_up(reason); });
  }
  void drain() override {
    at_once([](core& c) { c.drain(); });
  }
  sip_statistics statistics() const override { return count_.snapshot(); }

  void stop() override {
    const std::lock_guard lock{stopping_};
    if (!thread_.joinable()) return;
    post([](core& c) { c.shut_down(); });
    thread_.join();
  }

private:
  template <class F> void on_leg(leg_id id, F f) {
    post([id, f = std::move(f)](core& c) {
      if (auto* l = c.find(id)) c.guarded(l, [&] { f(*l); });
    });
  }

  /// For what is only noted: a call that comes in after this was said must not be faster.
  template <class F> void at_once(F f) {
    const std::lock_guard lock{queue_lock_};
    if (root_) f(*core_);
  }

  /// One wake-up serves all commands that come before the thread looks.
  void post(command c) {
    const std::lock_guard lock{queue_lock_};
    if (!root_) return;
    const bool wake = queue_.empty();
    queue_.push_back(std::move(c));
    if (!wake) return;
    su_msg_r message = SU_MSG_R_INIT;
    if (su_msg_create(message, su_root_task(root_), su_task_null, &sip_gateway::on_wake, sizeof(wake_call)) != 0)
      return;
    const wake_call call{this};
    std::memcpy(static_cast<void*>(su_msg_data(message)), &call, sizeof call);
    su_msg_send(message);
  }

  struct wake_call {
    sip_gateway* whom = nullptr;
  };
  static void on_wake(su_root_magic_t*, su_msg_r message, su_msg_arg_t* data) {
    (void)message;
    wake_call call;
    std::memcpy(&call, static_cast<void*>(data), sizeof call);
    call.whom->run_commands();
  }

  void run_commands() {
    {
      const std::lock_guard lock{queue_lock_};
      running_.swap(queue_);
    }
    for (auto& c : running_)
      core_->guarded(nullptr, [&] { c(*core_); });
    running_.clear();
    core_->guarded(nullptr, [&] { core_->sweep(); });
  }

  void run(std::promise<bool>& opened) {
    auto* root = su_root_create(nullptr);
    su_root_threading(root, 0);
    const bool open = core_->open(root, ports_);
    if (open) {
      const std::lock_guard lock{queue_lock_};
      root_ = root;
    }
    opened.set_value(open);
    if (open) su_root_run(root);
    {
      const std::lock_guard lock{queue_lock_};
      root_ = nullptr;
      queue_.clear();
    }
    core_.reset();
    su_root_destroy(root);
  }

  std::mutex reconfiguring_;
  settings settings_; // guarded by reconfiguring_
  counters count_;
  edge_board board_;
  std::unique_ptr<core> core_;
  port_pair ports_;
  std::thread thread_;
  std::mutex stopping_;
  std::mutex queue_lock_;
  su_root_t* root_ = nullptr; // guarded by queue_lock_; null when no commands are taken
  std::vector<command> queue_;
  std::vector<command> running_;
};

/// What names an address, or who we are, stays as long as the process does.
std::string unchangeable(const settings& old, const settings& s) {
  if (s.bind_address != old.bind_address || s.port != old.port || s.advertised != old.advertised)
    return "sip: the bound and advertised address and port cannot change while the engine runs";
  if (s.realm != old.realm) return "sip: the realm cannot change while the engine runs";
  if (s.tls.enabled != old.tls.enabled || s.tls.port != old.tls.port)
    return "sip: TLS cannot be switched on or off, or change its port, while the engine runs";
  return {};
}

tl::expected<void, std::string> sip_gateway::reconfigure(const settings& s) {
  constexpr auto patience = std::chrono::seconds{2};
  const std::lock_guard lock{reconfiguring_};
  if (auto error = check(s); !error.empty()) return tl::unexpected(std::move(error));
  if (auto error = unchangeable(settings_, s); !error.empty()) return tl::unexpected(std::move(error));
  if (auto trunks = trunk_table::make(s.trunks); !trunks) return tl::unexpected("sip: " + trunks.error());
  const auto answer = std::make_shared<std::promise<std::string>>();
  auto result = answer->get_future();
  post([s, answer](core& c) { answer->set_value(c.reconfigure(s)); });
  if (result.wait_for(patience) != std::future_status::ready)
    return tl::unexpected(
        std::string{"sip: the SIP thread does not answer; the new settings are taken over when it does"});
  std::string error;
  try {
    error = result.get();
  } catch (const std::future_error&) { // the thread ended before it came to it
    error = "sip: the gateway is stopped";
  }
  if (!error.empty()) return tl::unexpected(std::move(error));
  settings_ = s;
  return {};
}

} // namespace

tl::expected<std::unique_ptr<gateway>, std::string> start_gateway(const settings& s,
                                                                  std::shared_ptr<gateway_sink> sink) {
  if (auto error = check(s); !error.empty()) return tl::unexpected(std::move(error));
  auto trunks = trunk_table::make(s.trunks);
  if (!trunks) return tl::unexpected("sip: " + trunks.error());
  if (s.tls.enabled)
    if (auto identity = tls_identity::read(s.tls); !identity) return tl::unexpected("sip: " + identity.error());
  prepare_sofia();
  const bool chosen = s.port == 0 || (s.tls.enabled && s.tls.port == 0);
  for (int attempt = 0; attempt < port_attempts; ++attempt) {
    port_pair ports{s.port, s.tls.enabled ? s.tls.port : std::uint16_t{0}};
    bool tls_failed = false;
    const int error = probe_ports(s, ports, tls_failed);
    if (error == 0) {
      auto made = std::make_unique<sip_gateway>(s, sink, *trunks);
      if (made->start(ports)) return std::unique_ptr<gateway>{std::move(made)};
    }
    if (chosen && error != EADDRNOTAVAIL && error != EACCES) continue; // another's port, or its UDP twin is taken
    const auto place = tls_failed ? std::to_string(s.tls.port) + " (TLS)" : std::to_string(s.port) + " (UDP and TCP)";
    return tl::unexpected("sip: cannot bind " + s.bind_address + " port " + place + ": " +
                          (error != 0 ? std::strerror(error) : "refused by the SIP stack"));
  }
  return tl::unexpected("sip: no port of " + s.bind_address + " is free for UDP and TCP" +
                        (s.tls.enabled ? ", or for TLS" : ""));
}

} // namespace lifeline::sip
