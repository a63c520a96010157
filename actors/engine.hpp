#pragma once
// The running engine: gateways, actors and journal put together in the order of dependency, and the operations that
// operators may ask of it. One per process.

#include "actors/operations.hpp"
#include "domain/plan.hpp"
#include "media/gateway.hpp"
#include "sip/gateway.hpp"
#include "storage/journal.hpp"

#include <tl/expected.hpp>

#include <map>
#include <memory>
#include <string>

namespace lifeline::actors {

struct engine_parts {
  domain::plan plan;
  storage::journal* journal = nullptr; ///< outlives the engine
  sip::settings sip;                   ///< with credentials
  media::settings media;
  std::string version;
  std::string revision;
};

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
  /// Messages waiting by kind of actor.
  [[nodiscard]] virtual std::map<std::string, std::uint64_t> mailboxes() const = 0;
};

/// Closes what the last run left open, then starts media, actors and SIP. Fails with a sentence.
[[nodiscard]] tl::expected<std::unique_ptr<engine>, std::string> start_engine(engine_parts parts);

} // namespace lifeline::actors
