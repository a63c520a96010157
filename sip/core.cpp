#include "sip/core.hpp"

#include "domain/base/wall_time.hpp"

#include <algorithm>
#include <climits>

namespace lifeline::sip {

using namespace std::chrono_literals;

namespace {

constexpr su_duration_t tick_ms = 100;
constexpr unsigned ticks_per_second = 10;
constexpr auto unattended_limit = 5s;
constexpr auto farewell_limit = 2s;
constexpr unsigned max_proceeding = 20000;
constexpr const char* no_directory = "/nonexistent"; // the stack would look there for certificates; see tls.hpp

unsigned verify_policy(const tls_settings& s) {
  return (s.verify_trunks ? unsigned{TPTLS_VERIFY_SUBJECTS_OUT} : 0) |
         (s.require_client ? unsigned{TPTLS_VERIFY_IN} : 0);
}

method method_of(nua_event_t event) {
  switch (event) {
  case nua_i_invite: return method::invite;
  case nua_i_ack: return method::ack;
  case nua_i_bye: return method::bye;
  case nua_i_cancel: return method::cancel;
  case nua_i_options: return method::options;
  case nua_i_register: return method::registration;
  case nua_i_info: return method::info;
  case nua_i_prack: return method::prack;
  case nua_i_update: return method::update;
  default: return method::other;
  }
}

/// Our name in From: an address that callers can be called back at, if we have one.
std::string host_for_identity(const settings& s) {
  const auto& host = s.advertised.empty() ? s.bind_address : s.advertised;
  return binds_all(host) ? s.realm : bracketed(host);
}

} // namespace

core::core(const settings& s, std::shared_ptr<gateway_sink> sink, trunk_table trunks, counters& count,
           edge_board& board)
    : settings_{s}, sink_{std::move(sink)}, trunks_{std::move(trunks)}, count_{count}, auth_{s},
      registrar_{{s.min_registration, s.max_registration, s.default_registration, s.max_contacts}},
      own_host_{host_for_identity(s)}, ids_{domain::id_source::from(domain::unguessable)},
      anchor_monotonic_{clock::now()}, anchor_utc_{domain::now_from_world()}, edge_{s, *sink_, count, board},
      book_{s.transaction_timeout}, farewells_{count, edge_.trunks(),
                                               [this](leg_id leg) { sink_->on_dialog_over(leg); }} {}

core::~core() { close(); }

domain::instant core::now() const {
  return anchor_utc_ + std::chrono::duration_cast<domain::span>(clock::now() - anchor_monotonic_);
}

bool core::open(su_root_t* root, const port_pair& ports) {
  root_ = root;
  ports_ = ports;
  if (!open_tls()) return false;
  const auto url = bind_url(settings_, "sip", ports.plain);
  const auto tls_url = bind_url(settings_, "sips", ports.tls);
  const bool timers = settings_.session_expires > 0s;
  nua_ = nua_create(root, &core::on_nua_event, static_cast<nua_magic_t*>(this), NUTAG_URL(URL_STRING_MAKE(url.c_str())),
                    TAG_IF(tls_, NUTAG_SIPS_URL(URL_STRING_MAKE(tls_url.c_str()))), NUTAG_CERTIFICATE_DIR(no_directory),
                    TPTAG_TLS_VERIFY_POLICY(verify_policy(settings_.tls)), NUTAG_MEDIA_ENABLE(0), NUTAG_AUTOALERT(0),
                    NUTAG_AUTOANSWER(0), NUTAG_AUTOACK(1), NUTAG_AUTO302(0), NUTAG_AUTO305(0), NUTAG_MAX_RETRY_AFTER(0),
                    SIPTAG_USER_AGENT_STR("Lifeline"), SIPTAG_ALLOW_STR(allowed_methods),
                    SIPTAG_SUPPORTED_STR(timers ? "timer, 100rel" : "100rel"), SIPTAG_ALLOW_EVENTS(nullptr),
                    NUTAG_APPL_METHOD("INVITE, REGISTER, UPDATE, INFO, PRACK, OPTIONS"),
                    NUTAG_SESSION_TIMER(static_cast<unsigned>(settings_.session_expires.count())),
                    NUTAG_MIN_SE(static_cast<unsigned>(settings_.min_se.count())),
                    NTATAG_MAX_PROCEEDING(max_proceeding), NTATAG_UDP_MTU(65535),
                    NTATAG_PROGRESS(UINT_MAX), // see leg::repeat_provisional_later
                    // Else a response with one unreadable Contact (or Allow) is as if it had not come: the callee has
                    // answered, and nobody here ever ends it.
                    NTATAG_BAD_RESP_MASK(sip_mask_response), NTATAG_MCLASS(gated_messages()),
                    NTATAG_MAXSIZE(static_cast<usize_t>(settings_.max_message)),
                    TPTAG_TIMEOUT(static_cast<unsigned>(std::chrono::milliseconds{settings_.idle_connection}.count())),
                    NTATAG_TIMER_C(0), NTATAG_SIP_T1X64(static_cast<unsigned>(settings_.transaction_timeout.count())),
                    TAG_END());
  if (!nua_ || (tls_ && !tls_->configure())) return false;
  std::vector<std::uint16_t> listening{ports.plain};
  if (tls_) listening.push_back(ports.tls);
  edge_.open(nua_, std::move(listening), own_host_, [this](const auto& peer) { return contact_towards(peer, {}); });
  farewells_.open(nua_);
  edge_.configure(settings_, now());
  door_.open(edge_.epoll(), ports.plain);
  set_message_filter([this](const first_look& look) {
    bool wanted = false;
    guarded(nullptr, [&] { wanted = wants(look); });
    return wanted;
  });
  last_tick_ = clock::now();
  timer_ = su_timer_create(su_root_task(root), tick_ms);
  su_timer_set_for_ever(timer_, reinterpret_cast<su_timer_f>(&core::on_tick), reinterpret_cast<su_timer_arg_t*>(this));
  return true;
}

void core::close() {
  set_message_filter({});
  farewells_.close();
  edge_.close();
  discarded_.clear();
  deadlines_.clear();
  by_id_.clear();
  dialled_.clear();
  legs_.clear();
  if (timer_) su_timer_destroy(std::exchange(timer_, nullptr));
  if (nua_) nua_destroy(std::exchange(nua_, nullptr));
  tls_.reset();
}

leg* core::find(leg_id id) {
  const auto found = by_id_.find(id);
  return found == by_id_.end() ? nullptr : found->second;
}

leg& core::add_leg(leg_id id) {
  auto made = std::make_unique<leg>(*this, id);
  auto& l = *made;
  legs_.emplace(&l, std::move(made));
  by_id_.emplace(id, &l);
  count_.set_legs(by_id_.size());
  return l;
}

leg& core::stray() {
  auto made = std::make_unique<leg>(*this, leg_id{});
  auto& l = *made;
  legs_.emplace(&l, std::move(made));
  return l;
}

void core::attach(leg_id id, std::shared_ptr<leg_sink> sink) {
  if (auto* l = find(id)) return l->attach(std::move(sink));
  auto& w = waiting_[id];
  w.until = clock::now() + unattended_limit;
  w.sink = std::move(sink);
  const auto events = std::exchange(w.events, {});
  const auto taker = w.sink;
  if (events.empty()) return;
  waiting_.erase(id); // the leg has ended: this is all there will ever be
  if (taker)
    for (const auto& event : events)
      taker->on_leg_event(event);
}

void core::invite(const invite_request& request) {
  if (find(request.leg) || stage_ != stage::running) return;
  auto& l = add_leg(request.leg);
  if (const auto w = waiting_.find(request.leg); w != waiting_.end()) {
    l.attach(std::move(w->second.sink));
    waiting_.erase(w);
  }
  guarded(&l, [&] { l.invite(request); });
}

void core::restore(const std::vector<registration>& registrations) {
  for (const auto& reduced : registrar_.restore(registrations, now()))
    sink_->on_registration(reduced);
  for (const auto& r : registrations)
    edge_.phones_changed(r.account, registrar_.contacts(r.account), now());
  count_.set_accounts(registrar_.accounts());
}

void core::end_dialogs(const std::vector<standing_dialog>& left) {
  const auto patience = settings_.transaction_timeout;
  for (const auto& d : left)
    guarded(nullptr, [&] { farewells_.begin(d, clock::now(), patience); });
}

void core::wake(leg& l, clock::time_point due) {
  if (l.due != never_due) deadlines_.erase({l.due, &l});
  l.due = due;
  if (due != never_due) deadlines_.emplace(due, &l);
}

bool core::await_line(leg& l) {
  const auto found = lines_.find(l.phone());
  if (found == lines_.end()) return false;
  found->second.waiting.push_back(l.id());
  return true;
}

void core::leave_line(const leg& l) {
  const auto found = lines_.find(l.phone());
  if (found == lines_.end() || --found->second.ending > 0) return;
  const auto waiting = std::move(found->second.waiting);
  lines_.erase(found);
  for (const auto& id : waiting)
    if (auto* next = find(id)) guarded(next, [next] { next->line_is_free(); });
}

void core::retire(leg& l) {
  if (!l.phone().empty()) ++lines_[l.phone()].ending;
  book_.answered(l.call, now());
  if (!l.attended()) waiting_[l.id()] = {nullptr, l.take_kept(), clock::now() + unattended_limit};
  by_id_.erase(l.id());
  count_.set_legs(by_id_.size());
}

void core::discard(leg& l) {
  const auto found = legs_.find(&l);
  if (found == legs_.end()) return;
  const bool had_line = l.phase() == leg_phase::closing && !l.phone().empty();
  by_id_.erase(l.id());
  dialled_.erase(l.call);
  book_.end(std::exchange(l.call, 0), now());
  wake(l, never_due);
  if (l.stands()) sink_->on_dialog_over(l.id());
  discarded_.push_back(std::move(found->second));
  legs_.erase(found);
  if (had_line) leave_line(l);
}

/// Known from before it is sent: the peer may be quicker with a request of its own than with its answer.
std::string core::begin_call(leg& l) {
  auto call_id = domain::to_string(ids_.next<leg_id>(now()));
  if (const auto old = std::exchange(l.call, book_.hash({call_id})); old != 0) {
    dialled_.erase(old);
    book_.end(old, now());
  }
  book_.begin(l.call);
  dialled_[l.call] = &l;
  return call_id;
}

void core::hand_call(leg& from, leg& to) {
  to.call = std::exchange(from.call, 0);
  if (const auto found = dialled_.find(to.call); found != dialled_.end()) found->second = &to;
}

void core::sweep() { discarded_.clear(); }

void core::on_nua_event(nua_event_t event, int status, const char* phrase, nua_t*, nua_magic_t* magic,
                        nua_handle_t* handle, nua_hmagic_t* hmagic, const sip_t* sip, tagi_t*) {
  auto& self = *static_cast<core*>(magic);
  self.serve(event, status, phrase, handle, static_cast<leg*>(hmagic), sip);
  self.guarded(nullptr, [&self] { self.sweep(); });
}

void core::on_event(nua_event_t event, int status, const char* phrase, nua_handle_t* handle, leg* l, const sip_t* sip) {
  if (event == nua_r_shutdown) {
    if (status >= 200) {
      stage_ = stage::ended;
      su_root_break(root_);
    }
    return;
  }
  count_event(event, status, sip);
  if (event == nua_r_set_params || edge_.on_event(event, status, handle, sip, now())) return;
  if (farewells_.on_event(event, status, handle, sip)) return;
  if (event == nua_i_options && status < 200 && handle) {
    on_options(handle, l != nullptr);
    if (!l) return nua_handle_destroy(handle);
    if (legs_.count(l) != 0) l->on_event(event, status, phrase, sip); // a sign of life
    return;
  }
  if (l) {
    if (legs_.count(l) != 0) l->on_event(event, status, phrase, sip);
    return;
  }
  if (!handle) return;
  if (event == nua_i_invite && status < 200) return on_invite(handle, sip);
  if (event == nua_i_register && status < 200)
    on_register(handle, sip);
  else if (event == nua_i_info || event == nua_i_update) {
    count_.responded(481);
    nua_respond(handle, SIP_481_NO_TRANSACTION, NUTAG_WITH_THIS(nua_), TAG_END());
  }
  nua_handle_destroy(handle); // nothing of it is ours
}

void core::count_event(nua_event_t event, int status, const sip_t* sip) {
  if (!sip) return;
  if (sip->sip_request) {
    count_.received(method_of(event));
    if (status >= 200 && event != nua_i_ack) count_.responded(status); // answered by the stack itself
    if (event == nua_i_invite && status < 200) count_.responded(100);
    if (event == nua_i_cancel) count_.responded(487);
  } else if (sip->sip_status) {
    count_.answered(sip->sip_status->st_status);
  }
}

void core::on_tick(void*, su_timer_t*, void* arg) {
  auto& self = *static_cast<core*>(arg);
  self.guarded(nullptr, [&self] { self.tick(); });
}

void core::tick() {
  const auto current = clock::now();
  measure_lag(current);
  if (tls_) tls_->collect();
  if (++ticks_ % ticks_per_second == 0) {
    count_.beat();
    book_.expire(now());
    count_.set_remembered(book_.size());
    forget_waiting(current);
  }
  while (!deadlines_.empty() && deadlines_.begin()->first <= current) {
    auto* l = deadlines_.begin()->second;
    wake(*l, never_due);
    guarded(l, [&] { l->on_due(current); });
  }
  guarded(nullptr, [&] { farewells_.tick(current); });
  for (const auto& reduced : registrar_.expire(now()))
    guarded(nullptr, [&] { contacts_changed(reduced); });
  guarded(nullptr, [&] {
    for (const auto& [account, uri] : edge_.tick(now()))
      if (const auto left = registrar_.remove(account, uri)) contacts_changed(*left);
  });
  sweep();
  if (stage_ != stage::running) step_shutdown(current);
}

/// Who attached to a leg that never came, or had ended before, must not wait for ever: a call whose actor crashed in
/// the moment of the BYE learns of it here.
void core::forget_waiting(clock::time_point current) {
  std::vector<std::pair<leg_id, std::shared_ptr<leg_sink>>> late;
  for (const auto& [id, w] : waiting_)
    if (w.until <= current && w.sink) late.emplace_back(id, w.sink);
  std::erase_if(waiting_, [&](const auto& w) { return w.second.until <= current; });
  for (const auto& [id, sink] : late) {
    leg_event gone;
    gone.leg = id;
    gone.kind = leg_event_kind::ended;
    gone.cause = leg_end::transport;
    guarded(nullptr, [&, &sink = sink] { sink->on_leg_event(gone); });
  }
}

void core::shut_down() {
  if (stage_ != stage::running) return;
  stage_ = stage::ending_legs;
  stage_until_ = clock::now() + farewell_limit;
  draining_ = true;
  edge_.trunks().shut_down(now());
  std::vector<leg*> alive;
  alive.reserve(by_id_.size());
  for (const auto& [id, l] : by_id_)
    alive.push_back(l);
  for (auto* l : alive)
    guarded(l, [l] { l->hang_up({}); });
  sweep();
}

void core::step_shutdown(clock::time_point current) {
  if (stage_ == stage::ending_legs && ((legs_.empty() && !edge_.trunks().leaving()) || current >= stage_until_)) {
    stage_ = stage::ending_stack;
    stage_until_ = current + farewell_limit;
    deadlines_.clear();
    dialled_.clear();
    legs_.clear(); // destroys their handles: what was not answered by now never will be
    farewells_.close();
    edge_.close();
    nua_shutdown(nua_);
  } else if (stage_ == stage::ending_stack && current >= stage_until_) {
    stage_ = stage::ended;
    su_root_break(root_);
  }
}

} // namespace lifeline::sip
