#include "apps/lifelined/reread.hpp"

#include "config/change.hpp"

namespace lifeline::app {

sip::settings sip_settings(const config::engine_config& config, const config::secrets& secrets) {
  auto s = config.sip;
  for (const auto& [account, password] : secrets.sip_passwords)
    if (config.plan.find_agent(account) != nullptr)
      s.credentials.push_back(sip::make_credential(account, config.sip.realm, password));
  for (const auto& [trunk, password] : secrets.trunk_passwords)
    s.trunk_secrets.push_back({trunk, password});
  return s;
}

tl::expected<actors::reloaded_settings, std::string> rereader::read() {
  const std::lock_guard lock{mutex_};
  auto wanted = config::read_file(source_.file, source_.options);
  if (!wanted) return tl::unexpected(config::to_string(wanted.error()));
  auto secrets = config::look_up_secrets(running_.secrets_file, config::secrets_wanted(*wanted));
  if (!secrets) return tl::unexpected(secrets.error());
  auto changes = config::changes_of(running_, *wanted);
  const auto of_secrets = config::changes_of(secrets_, secrets->secrets);
  changes.changes.insert(changes.changes.end(), of_secrets.changes.begin(), of_secrets.changes.end());
  changes.needs_restart.insert(changes.needs_restart.end(), of_secrets.needs_restart.begin(),
                               of_secrets.needs_restart.end());
  actors::reloaded_settings answer;
  answer.plan = wanted->plan;
  answer.sip = sip_settings(*wanted, secrets->secrets);
  answer.changes = std::move(changes.changes);
  answer.needs_restart = std::move(changes.needs_restart);
  answer.apply_rest = [this, wanted = std::move(*wanted), secrets = std::move(*secrets)] {
    take_over(wanted, secrets);
  };
  return answer;
}

void rereader::take_over(const config::engine_config& wanted, const config::secrets_result& secrets) {
  const std::lock_guard lock{mutex_};
  if (const auto saved = config::save_secrets(running_.secrets_file, secrets); !saved) complain_(saved.error());
  for (const auto& w : wanted.warnings)
    complain_(config::to_string(w));
  running_ = wanted;
  secrets_ = secrets.secrets;
  if (apply_) apply_(wanted, secrets_);
}

} // namespace lifeline::app
