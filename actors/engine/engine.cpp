#include "actors/engine/engine.hpp"

#include "actors/calls/calls.hpp"
#include "actors/calls/left_dialogs.hpp"
#include "actors/core/checkpoints.hpp"
#include "actors/core/quiet_scheduler.hpp"
#include "actors/core/timekeeper.hpp"
#include "actors/engine/engine_administration.hpp"
#include "actors/engine/engine_reload.hpp"
#include "actors/engine/engine_watch.hpp"
#include "actors/engine/sip_sink.hpp"
#include "actors/engine/tree.hpp"
#include "actors/rescue/rescue_engine.hpp"
#include "actors/supervision/supervisor_effects.hpp"
#include "domain/base/wall_time.hpp"

#include <unistd.h>

#include <algorithm>
#include <array>
#include <atomic>
#include <condition_variable>
#include <filesystem>
#include <thread>

namespace lifeline::actors {

namespace {

using namespace std::chrono_literals;

/// How long released calls get to end, with their recordings sealed, before the gateways are stopped under them.
constexpr auto release_grace = 12s;
/// How long given up calls to rescuers get to end.
constexpr auto give_up_grace = 2s;

domain::instant utc_now() { return domain::now_from_world(); }

struct actor_world {
  actor_world() : system(prepared()) {}
  caf::actor_system_config& prepared() {
    add_supervision_errors(config);
    // Work sharing: stealing burns a core in polling when there is little to do.
    use_quiet_scheduler(config);
    config.set("scheduler.max-throughput", 50);
    // The work is short and much of it follows from other work: a second worker is mostly woken to find that the first
    // has done it. The other half of the cores is for SIP, media and the journal.
    config.set("scheduler.max-threads", std::max<std::size_t>(1, std::thread::hardware_concurrency() / 2));
    config.set("logger.file-verbosity", caf::atom("quiet"));
    config.set("logger.console-verbosity", caf::atom("quiet"));
    return config;
  }
  caf::actor_system_config config;
  caf::actor_system system;
};

class running_engine final : public engine_administration {
public:
  running_engine(std::unique_ptr<actor_world> world, rescue_surroundings_ptr around, engine_parts parts)
      : engine_administration(world->system, around, parts.media.recordings, parts.fault_injection),
        parts_(std::move(parts)), started_(utc_now()), world_(std::move(world)),
        rescue_(std::make_unique<rescue_engine>(world_->system, around_)) {}

  ~running_engine() override { shut_down(); }

  tl::expected<void, std::string> start() {
    const auto died = last_logged();
    // Set back while no engine ran: what the log holds lies in the future.
    if (const auto now = around_->now_steady(); died > now + domain::clock_watch::threshold)
      journal_event(domain::clock_stepped{now - died}, storage::durability::lazy);
    journal_event(domain::engine_started{parts_.version, parts_.revision}, storage::durability::durable);
    auto interrupted = close_calls_of_last_run(*around_, died);
    around_->journal->barrier(2000ms);
    cut_.load(*around_->journal);
    const auto left = take_left_dialogs(*around_, home());
    prepare_rescue();
    auto media = media::start_gateway(parts_.media);
    if (!media) return tl::unexpected(media.error());
    media_ = std::move(*media);
    around_->media = media_.get();
    sink_ = std::make_shared<sip_sink>(around_);
    around_->outbound_held = !parts_.outbound_held.empty();
    auto sip = sip::start_gateway(around_->outbound_held ? without_outbound(parts_.sip) : parts_.sip, sink_);
    if (!sip) return tl::unexpected(sip.error());
    sip_ = std::move(*sip);
    around_->sip = sip_.get();
    root_ = spawn_tree(system_, around_, watched(), true);
    root_->attach_functor([this](const caf::error&) {
      const std::lock_guard lock{mutex_};
      if (!stopping_) failed_ = true;
      wake_.notify_all();
    });
    if (!wait_for_tree()) return tl::unexpected(std::string{"the tree of actors did not come up within 5 s"});
    restore_registrations();
    sink_->open();
    sip_->end_dialogs(left);
    mender_ = std::thread([this, records = std::move(interrupted)]() mutable {
      const auto repair = [this](const domain::recording_id& id, const std::string& path) {
        return media::repair_recording(parts_.media, id, path);
      };
      mend_recordings(*around_, std::move(records), repair, mending_ends_);
    });
    watch_ = std::make_unique<engine_watch>(around_, watch_duties());
    return {};
  }

  bool wait() override {
    std::unique_lock lock{mutex_};
    wake_.wait(lock, [&] { return stopping_ || failed_; });
    return !failed_;
  }

  void request_stop() override {
    const std::lock_guard lock{mutex_};
    stopping_ = true;
    wake_.notify_all();
  }

  domain::result<void> stop() override {
    request_stop();
    return {};
  }

  void shut_down() override {
    request_stop();
    if (down_) return;
    down_ = true;
    if (watch_) watch_->stop();
    mending_ends_ = true;
    if (mender_.joinable()) mender_.join();
    around_->releasing = true;
    if (sip_) sip_->drain();
    if (const auto calls = around_->who.calls.get()) caf::anon_send(calls, drain_order{true});
    if (const auto lines = around_->who_rescues.lines.get()) caf::anon_send(lines, drain_order{true});
    const auto deadline = std::chrono::steady_clock::now() + release_grace;
    // Without its root the tree does not forget calls any more: there is nothing to wait for.
    while (!failed_ && around_->who.call_count() > 0 && std::chrono::steady_clock::now() < deadline)
      std::this_thread::sleep_for(10ms);
    if (root_) {
      const caf::scoped_actor self{system_};
      self->send_exit(root_, caf::exit_reason::user_shutdown);
      self->wait_for(root_);
      root_ = nullptr;
    }
    for (const auto& c : around_->who.live_calls.all())
      kill(caf::actor_cast<caf::strong_actor_ptr>(c));
    leave_alarms();
    if (sip_) sip_->stop();
    if (media_) media_->stop();
    around_->who.clear();
    around_->who_rescues.clear();
    journal_event(domain::engine_stopped{failed_ ? "the root supervisor gave up" : "asked to"},
                  storage::durability::durable);
    around_->journal->barrier(2000ms);
  }

  domain::result<void> drain() override {
    if (around_->draining.exchange(true)) return {};
    journal_event(domain::engine_draining{"asked to"}, storage::durability::lazy);
    sip_->drain();
    if (const auto calls = around_->who.calls.get()) caf::anon_send(calls, drain_order{false});
    return {}; // the watch ends the engine when the last call has ended
  }

  domain::result<reload_report> reload(bool dry_run) override {
    const std::lock_guard one_at_a_time{reloading_};
    if (!parts_.reread)
      return tl::unexpected(domain::failure{domain::errc::unavailable, "there is no file to be read again"});
    auto wanted = parts_.reread();
    if (!wanted) return tl::unexpected(domain::failure{domain::errc::invalid, wanted.error()});
    const auto asked = wanted->sip;
    if (around_->outbound_held) wanted->sip = without_outbound(std::move(wanted->sip));
    auto report = reload_engine({*around_, *sip_, root_, *sink_, system_}, std::move(*wanted), dry_run);
    if (report && report->applied) parts_.sip = asked;
    return report;
  }

  domain::result<void> resume_outbound(const std::string& by) override {
    const std::lock_guard one_at_a_time{reloading_};
    const auto conflict = [](const std::string& why) {
      return tl::unexpected(domain::failure{domain::errc::conflict, why});
    };
    if (!around_->outbound_held) return conflict("nothing is held: this engine calls and sends already");
    if (parts_.look_only) return conflict("the engine was started with --look: it calls nobody as long as it runs");
    if (parts_.confirm_outbound)
      if (auto kept = parts_.confirm_outbound(); !kept)
        return tl::unexpected(domain::failure{domain::errc::unavailable, kept.error()});
    if (auto taken = sip_->reconfigure(parts_.sip); !taken)
      return tl::unexpected(domain::failure{domain::errc::unavailable, "SIP: " + taken.error()});
    around_->outbound_held = false;
    journal_event(domain::outbound_resumed{parts_.outbound_held, by}, storage::durability::durable);
    if (const auto alarms = around_->who_rescues.alarms.get()) caf::anon_send(alarms, plan_changed{});
    return {};
  }

  domain::result<backup_report> backup(const std::string& folder) override {
    if (!parts_.backup)
      return tl::unexpected(domain::failure{domain::errc::unavailable, "this engine makes no backups"});
    if (folder.empty() || folder.front() != '/')
      return tl::unexpected(domain::failure{domain::errc::invalid, "folder: an absolute path is expected"});
    auto made = parts_.backup(folder);
    if (!made) return tl::unexpected(domain::failure{domain::errc::unavailable, made.error()});
    journal_event(domain::backup_made{made->folder, made->last_sequence}, storage::durability::lazy);
    return *made;
  }

  domain::result<engine_status> status() override {
    engine_status s;
    s.version = parts_.version;
    s.revision = parts_.revision;
    s.started = started_;
    s.now = utc_now();
    s.not_ready_because = obstacle();
    s.ready = s.not_ready_because.empty();
    s.draining = around_->draining;
    if (around_->outbound_held) s.outbound_held_because = parts_.outbound_held;
    s.epoch = around_->who.epoch();
    s.last_sequence = around_->journal->last_sequence();
    s.calls = around_->who.call_count();
    s.sip_address = parts_.sip.bind_address + ":" + std::to_string(sip_port());
    auto children = ask<std::vector<child_status>>(root_, list_children{}, "the root supervisor");
    if (!children) return tl::unexpected(children.error());
    for (const auto& c : *children)
      s.components.push_back({c.name, c.alive && beats(c.name), c.restarts, c.last_reason});
    return s;
  }

  bool alive() override {
    const std::lock_guard lock{mutex_};
    return !failed_;
  }
  bool ready() override { return obstacle().empty(); }
  std::string not_ready_because() override { return obstacle(); }

  [[nodiscard]] std::uint16_t sip_port() const override { return sip_ ? sip_->port() : std::uint16_t{0}; }
  [[nodiscard]] sip::sip_statistics sip_statistics() const override {
    return sip_ ? sip_->statistics() : sip::sip_statistics{};
  }
  [[nodiscard]] media::media_statistics media_statistics() const override {
    return media_ ? media_->statistics() : media::media_statistics{};
  }

  [[nodiscard]] domain::shed_level shedding() const override { return around_->shedding; }
  [[nodiscard]] bool outbound_held() const override { return around_->outbound_held; }
  [[nodiscard]] domain::span actor_lag() const override { return around_->actor_lag; }
  [[nodiscard]] std::map<std::string, std::uint64_t> lines_in_use() const override { return around_->lines.all(); }
  [[nodiscard]] std::map<std::string, std::uint64_t> cut_calls_open() const override {
    auto open = cut_.by_hotline();
    for (const auto& h : around_->plan().hotlines) // 0 is a figure, too
      if (!h.retired) open.try_emplace(h.name, 0);
    return open;
  }
  [[nodiscard]] bool beats() const override { return beats("sip gateway") && beats("media gateway"); }

  [[nodiscard]] std::map<std::string, std::uint64_t> mailboxes() const override {
    return {{"dispatcher", around_->dispatcher_mailbox},
            {"calls", around_->calls_mailbox},
            {"alarms", around_->alarms_mailbox}};
  }

  [[nodiscard]] rescue_operations& rescue() override { return *rescue_; }
  [[nodiscard]] actors::rescue_figures rescue_figures() const override { return rescue_->figures(); }

private:
  void journal_event(domain::event_body body, storage::durability d) {
    around_->journal->append({{{0, around_->now_steady(), {}, std::move(body)}}, {}}, d);
  }

  /// Lifts and parties come first: the alarms need them.
  void prepare_rescue() {
    around_->webhooks = parts_.webhooks;
    around_->speech = parts_.speech;
    around_->webhook_secret = parts_.webhook_secret;
    around_->rescuer_link = parts_.rescuer_link;
    const auto unreadable = around_->lifts.load(*around_->journal, around_->plan().rescue.utc_offset);
    if (unreadable > 0)
      journal_event(domain::actor_restarted{"lift registry", std::to_string(unreadable) + " rows cannot be read"},
                    storage::durability::lazy);
    around_->set_rescue(rescue_.get());
  }

  /// Alarms stay open in the journal; nothing of them ends but the calls to rescuers, which come again.
  void leave_alarms() {
    rescue_->stop();
    for (const auto& [id, alarm] : around_->who_rescues.orders.entries())
      kill(caf::actor_cast<caf::strong_actor_ptr>(alarm));
    around_->attempts.give_up_all();
    const auto deadline = std::chrono::steady_clock::now() + give_up_grace;
    while (around_->attempts.under_way() > 0 && std::chrono::steady_clock::now() < deadline)
      std::this_thread::sleep_for(10ms);
  }

  std::vector<watched_part> watched() {
    const auto part = [&](const char* name, std::function<std::uint64_t()> heartbeat) {
      auto beating = std::make_shared<std::atomic<bool>>(true);
      beating_.emplace_back(name, beating);
      return watched_part{name, std::move(heartbeat), std::move(beating)};
    };
    // The journal's writer has no clock of its own: it beats as long as nothing waits for it without being written.
    auto* journal = around_->journal;
    const auto journal_beat = [journal, count = std::make_shared<std::uint64_t>(0)] {
      const auto h = journal->health();
      if (h.queued == 0) ++*count;
      return *count + h.commits + h.failures;
    };
    pulse_ = std::make_shared<std::atomic<std::uint64_t>>(0);
    around_->pulse = pulse_;
    return {part("journal", journal_beat), part("sip gateway", [this] { return sip_->statistics().heartbeat; }),
            part("media gateway", [this] { return media_->statistics().heartbeat; })};
  }

  engine_watch::duties watch_duties() {
    engine_watch::duties d;
    d.threads = {{"sip gateway", [this] { return sip_->statistics().heartbeat; }},
                 {"media gateway", [this] { return media_->statistics().heartbeat; }},
                 {"actors", [pulse = pulse_] { return pulse->load(); }}};
    d.hang_limit = std::chrono::duration_cast<domain::span>(parts_.hang_limit);
    d.on_hung = [this](const std::string& name) {
      journal_event(domain::actor_restarted{name, "hung: the process ends, to be started again"},
                    storage::durability::durable);
      around_->journal->barrier(500ms);
      if (parts_.on_hung) parts_.on_hung(name);
    };
    d.on_drained = [this] { request_stop(); };
    d.on_clock_set = [this](domain::span by) { journal_event(domain::clock_stepped{by}, storage::durability::lazy); };
    return d;
  }

  bool wait_for_tree() {
    const auto deadline = std::chrono::steady_clock::now() + 5s;
    const auto complete = [&] {
      return around_->who.dispatcher() && around_->who.calls.get() && around_->who_rescues.alarms.get() &&
             around_->who.agents.all().size() == around_->plan().agents.size();
    };
    while (!complete() && std::chrono::steady_clock::now() < deadline)
      std::this_thread::sleep_for(1ms);
    return complete();
  }

  void restore_registrations() {
    std::vector<sip::registration> known;
    (void)around_->journal->scan(storage::table::registrations, {}, {}, false,
                                 [&](std::string_view, std::string_view value) {
                                   if (auto r = decode_registration(value)) known.push_back(std::move(*r));
                                   return true;
                                 });
    // Stored before the clock was set back, one would stay valid for longer than it was granted for.
    const auto latest = around_->now_steady() + parts_.sip.max_registration;
    for (auto& r : known)
      for (auto& c : r.contacts)
        c.expires = std::min(c.expires, latest);
    sip_->restore(known);
  }

  bool beats(const std::string& name) const {
    for (const auto& [part, beating] : beating_)
      if (part == name) return *beating;
    return true;
  }

  /// Why no call can be taken now; empty = calls are taken.
  std::string obstacle() const {
    {
      const std::lock_guard lock{mutex_};
      if (failed_) return "the root supervisor gave up";
      if (stopping_) return "stopping";
    }
    if (around_->draining) return "draining";
    if (parts_.look_only) return "only looked at (--look)";
    if (around_->outbound_held)
      return "a restored copy (" + parts_.outbound_held +
             ") that calls nobody outside until lifelinectl resume-outbound";
    if (!around_->who.dispatcher()) return "no dispatcher";
    if (!around_->who.calls.get()) return "no supervisor of calls";
    for (const auto& [part, beating] : beating_)
      if (!*beating && part != "journal") return part + " does not answer"; // calls are routed without the disk
    return {};
  }

  /// This machine and its data: a restored copy elsewhere must not end what it finds standing.
  [[nodiscard]] std::string home() const {
    std::array<char, 256> host{};
    (void)::gethostname(host.data(), host.size() - 1);
    std::error_code ignored;
    return std::string{host.data()} + ':' + std::filesystem::absolute(parts_.media.recordings, ignored).string();
  }

  /// The last moment that the log knows; now, when it is empty.
  domain::instant last_logged() const {
    auto last = around_->now_steady();
    (void)around_->journal->read_log(around_->journal->last_sequence(), [&](const domain::event& e) {
      last = e.at;
      return true;
    });
    return last;
  }

  engine_parts parts_;
  domain::instant started_;
  std::unique_ptr<media::gateway> media_;
  std::unique_ptr<sip::gateway> sip_;
  std::shared_ptr<sip_sink> sink_;
  std::unique_ptr<actor_world> world_; ///< ends before the gateways that its actors use
  std::unique_ptr<rescue_engine> rescue_;
  caf::actor root_;
  std::unique_ptr<engine_watch> watch_;
  std::shared_ptr<std::atomic<std::uint64_t>> pulse_; ///< beats as long as the actors' scheduler works
  std::mutex reloading_;
  std::thread mender_;
  std::atomic<bool> mending_ends_{false};
  std::vector<std::pair<std::string, std::shared_ptr<std::atomic<bool>>>> beating_;
  mutable std::mutex mutex_;
  std::condition_variable wake_;
  bool stopping_ = false;
  bool failed_ = false;
  bool down_ = false;
};

} // namespace

sip::settings without_outbound(sip::settings s) {
  for (auto& trunk : s.trunks) {
    trunk.outbound.clear();
    trunk.registers = false;
  }
  return s;
}

tl::expected<std::unique_ptr<engine>, std::string> start_engine(engine_parts parts) {
  auto around = std::make_shared<rescue_surroundings>();
  around->set_plan(parts.plan);
  around->journal = parts.journal;
  domain::set_clock_correction({});
  around->clock = {utc_now(), std::chrono::steady_clock::now()};
  around->time = std::make_shared<timekeeper>();
  around->alarms_apart = true;
  around->seed = domain::unguessable();
  around->random = domain::unguessable;
  auto world = std::make_unique<actor_world>();
  auto e = std::make_unique<running_engine>(std::move(world), around, std::move(parts));
  if (auto started = e->start(); !started) {
    e->shut_down();
    return tl::unexpected(started.error());
  }
  return e;
}

} // namespace lifeline::actors
