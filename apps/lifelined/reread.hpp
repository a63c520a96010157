#pragma once
// The configuration, read again for a running engine.

#include "actors/engine/engine.hpp"
#include "apps/lifelined/startup.hpp"
#include "config/secrets.hpp"

#include <functional>
#include <mutex>
#include <string>

namespace lifeline::app {

/// SIP settings as the engine takes them: with the phones' and the trunks' secrets.
sip::settings sip_settings(const config::engine_config& config, const config::secrets& secrets);

/// Remembers what is in force, to tell what a file would change.
class rereader {
public:
  /// `complain`: is told of what has gone wrong while a reload was taken over. `apply`: what the program itself has to
  /// change once the engine has taken the rest. On the thread of the reload.
  rereader(config_source source, config::engine_config running, config::secrets secrets,
           std::function<void(const config::engine_config&, const config::secrets&)> apply,
           std::function<void(const std::string&)> complain)
      : source_(std::move(source)), running_(std::move(running)), secrets_(std::move(secrets)),
        apply_(std::move(apply)), complain_(std::move(complain)) {}

  /// Nothing is written and nothing changes until `apply_rest` of the answer is called.
  tl::expected<actors::reloaded_settings, std::string> read();

private:
  void take_over(const config::engine_config& wanted, const config::secrets_result& secrets);

  std::mutex mutex_;
  config_source source_;
  config::engine_config running_;
  config::secrets secrets_;
  std::function<void(const config::engine_config&, const config::secrets&)> apply_;
  std::function<void(const std::string&)> complain_; ///< e.g. that new passwords could not be saved
};

} // namespace lifeline::app
