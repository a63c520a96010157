// The secrets file: what a person may have edited. Existing secrets never change; a refusal never names one.

#include "config/secrets.hpp"
#include "tests/fuzz/scratch.hpp"
#include "tests/fuzz/target.hpp"

#include <sys/stat.h>

using namespace lifeline;

namespace {

void run(std::string_view input) {
  static const fuzz::scratch_folder folder;
  const auto file = folder.write("secrets.toml", input);
  ::chmod(file.c_str(), 0600);
  const config::wanted_secrets wanted{
      .accounts = {"8001"}, .agents = {"8001"}, .clients = {"desk"}, .vendors = {"lift-cloud"}, .link_key = true};
  const auto read = config::load_secrets(file, wanted);
  if (!read) {
    fuzz::demand(read.error().find(file) != std::string::npos, "a refusal that does not name the file");
    fuzz::demand(read.error().find('\n') == std::string::npos, "a refusal that is no sentence");
    return;
  }
  fuzz::demand(read->secrets.api_token.size() >= 32, "an API token that can be guessed");
  fuzz::demand(read->secrets.sip_passwords.at("8001").size() >= 12, "a password that can be guessed");
  fuzz::demand(read->secrets.client_tokens.at("desk").size() >= 32 && read->secrets.link_key.size() >= 32,
               "a token that can be guessed");
  const auto again = config::load_secrets(file, wanted);
  fuzz::demand(again.has_value(), "what was written cannot be read");
  fuzz::demand(again->secrets == read->secrets, "secrets change by themselves");
}

} // namespace

LIFELINE_FUZZ_TARGET(secrets, run, fuzz::no_seeds)
