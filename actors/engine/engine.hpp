#pragma once
// The running engine: gateways, actors and journal put together in the order of dependency, and the operations that
// operators may ask of it. One per process.

#include "actors/engine/operations.hpp"
#include "actors/rescue/rescue_figures.hpp"
#include "actors/rescue/rescue_operations.hpp"
#include "domain/calls/overload.hpp"
#include "domain/plan/plan.hpp"
#include "media/gateway.hpp"
#include "media/speech.hpp"
#include "sip/gateway.hpp"
#include "storage/journal.hpp"
#include "webhook/gateway.hpp"

#include <tl/expected.hpp>

#include <chrono>
#include <functional>
#include <map>
#include <memory>
#include <string>
#include <vector>

namespace lifeline::actors {

/// What a reload reads: the same as at start, and what of it cannot change while running.
struct reloaded_settings {
  domain::plan plan;
  sip::settings sip;
  std::vector<std::string> changes;       ///< besides those of the plan, as "[log] level: info -> debug"
  std::vector<std::string> needs_restart; ///< "[sip] port: 5060 -> 5070"
  std::function<void()> apply_rest;       ///< what the program itself has to change (log level, ...); called last
};

struct engine_parts {
  domain::plan plan;
  storage::journal* journal = nullptr; ///< outlives the engine
  sip::settings sip;                   ///< with credentials
  media::settings media;
  std::string version;
  std::string revision;
  /// Reads the configuration file; the failure names file, place and problem. Empty: there is nothing to reload.
  std::function<tl::expected<reloaded_settings, std::string>()> reread;
  /// Makes a backup of journal, secrets and configuration into the folder. Empty: not available.
  std::function<tl::expected<backup_report, std::string>(const std::string& folder)> backup;
  std::map<std::string, std::string> backup_extra; ///< further files for a backup: name in it → path
  webhook::gateway* webhooks = nullptr;            ///< outlives the engine; null: nobody is told by HTTP
  media::speech* speech = nullptr;                 ///< outlives the engine; null: nothing is spoken but recordings
  /// What messages to a party are signed with; from any thread. Empty: they are not signed.
  std::function<std::string(const std::string& party)> webhook_secret;
  /// Makes a party's signed link for an order; from any thread. Empty: none are made.
  std::function<std::string(const domain::order_id&, const std::string& party)> rescuer_link;
  /// Why nobody outside may be called or told yet ("backup 3 of … restored at …"); empty: everybody may.
  std::string outbound_held;
  bool look_only = false; ///< it stays so
  /// Makes the confirmation last over restarts; fails with a sentence.
  std::function<tl::expected<void, std::string>()> confirm_outbound;
  bool fault_injection = false;
  std::chrono::milliseconds hang_limit{10000}; ///< a gateway thread that has not beaten for so long is hung
  /// Called when a thread hangs for good: must not return (the process ends and is started again by its supervisor).
  std::function<void(const std::string& part)> on_hung;
};

/// The same without a way out: callers are taken from the trunks, nobody is dialled or registered with.
[[nodiscard]] sip::settings without_outbound(sip::settings s);

class engine : public operations {
public:
  /// Sleeps until somebody asked for the stop (operations::stop, `request_stop`) or the root supervisor gave up.
  /// Returns false in the latter case: the process should end with an error and be started again.
  virtual bool wait() = 0;
  /// May be called from any thread.
  virtual void request_stop() = 0;
  /// Ends everything in order: no new calls, calls released and recordings sealed, actors, gateways. Idempotent.
  virtual void shut_down() = 0;

  [[nodiscard]] virtual std::uint16_t sip_port() const = 0;
  [[nodiscard]] virtual sip::sip_statistics sip_statistics() const = 0;
  [[nodiscard]] virtual media::media_statistics media_statistics() const = 0;
  /// Which new calls are answered 503 for overload right now.
  [[nodiscard]] virtual domain::shed_level shedding() const = 0;
  /// How long an actor that has something to do waits for a worker.
  [[nodiscard]] virtual domain::span actor_lag() const = 0;
  /// See `engine_parts::outbound_held`.
  [[nodiscard]] virtual bool outbound_held() const = 0;
  /// By hotline, callers' and calls out.
  [[nodiscard]] virtual std::map<std::string, std::uint64_t> lines_in_use() const = 0;
  /// Callers to be rung back, by hotline.
  [[nodiscard]] virtual std::map<std::string, std::uint64_t> cut_calls_open() const = 0;
  /// Every thread that the engine cannot do without shows signs of life.
  [[nodiscard]] virtual bool beats() const = 0;
  /// Lifts, alarms and work orders.
  [[nodiscard]] virtual rescue_operations& rescue() = 0;
  [[nodiscard]] virtual actors::rescue_figures rescue_figures() const = 0;
  /// Messages waiting by kind of actor.
  [[nodiscard]] virtual std::map<std::string, std::uint64_t> mailboxes() const = 0;
};

/// Closes what the last run left open, then starts media, actors and SIP. Fails with a sentence.
[[nodiscard]] tl::expected<std::unique_ptr<engine>, std::string> start_engine(engine_parts parts);

} // namespace lifeline::actors
