// The parameters of an Authorization header, one a line, checked against an account. "NONCE" stands for a good one.

#include "sip/digest.hpp"
#include "tests/fuzz/target.hpp"

using namespace lifeline;

namespace {

void run(std::string_view input) {
  static const auto secret = sip::make_credential("8001", "lifeline", "a password of some length");
  static sip::nonce_source nonces{std::chrono::seconds{300}};
  const auto now = domain::from_micros(1'795'435'200'000'000);
  std::vector<std::string> lines;
  while (!input.empty()) {
    std::string line{fuzz::take(input, '\n')};
    if (const auto at = line.find("NONCE"); at != std::string::npos) line.replace(at, 5, nonces.make(now));
    lines.push_back(std::move(line));
  }
  const std::vector<std::string_view> params(lines.begin(), lines.end());
  const auto answer = sip::read_digest_answer(params);
  if (!answer) return;
  fuzz::demand(!answer->username.empty() && !answer->nonce.empty() && !answer->response.empty(),
               "an answer that lacks a part");
  (void)nonces.check(answer->nonce, now);
  const auto right = sip::digest_response(*answer, secret.ha1_sha256, "REGISTER");
  fuzz::demand(right.size() == (answer->algorithm == sip::digest_algorithm::md5 ? 32U : 64U), "a digest of odd length");
  sip::settings settings;
  settings.realm = "lifeline";
  settings.credentials = {secret};
  sip::authenticator door{settings};
  // Its key is another one, so that no input can be let in.
  fuzz::demand(door.check("8001", "REGISTER", {*answer}, now) != sip::auth_verdict::accepted, "a stranger is let in");
}

} // namespace

LIFELINE_FUZZ_TARGET(digest, run, fuzz::no_seeds)
