#pragma once
// Digest authentication as a client, towards trunks (RFC 7616, RFC 8760). The stack's own knows MD5 only and cannot
// carry a password with a colon; this one takes its place inside the stack, so that whatever request is challenged
// (REGISTER, INVITE, re-INVITE, BYE) is repeated by the stack itself once a dialog has its credentials.

#include <string>

namespace lifeline::sip {

/// Once per process, before the first stack.
void install_digest_client();
/// The credentials in the form in which nua_authenticate(NUTAG_AUTH) hands them to us; `realm` is the parameter's
/// value as it stands in the challenge, with its quotes.
std::string digest_credentials(const std::string& realm, const std::string& user, const std::string& password);

} // namespace lifeline::sip
