#pragma once
// The names in peers' certificates. The stack reads the alternative names of every certificate that it is shown, and
// frees neither what it has read nor the list that it makes of it: some two hundred bytes for each connection. There is
// no door to that either; it asks OpenSSL how such names are listed (X509V3_EXT_get), and the answer it gets on the SIP
// thread is ours, which remembers both.

namespace lifeline::sip {

/// On the calling thread, from now on.
void watch_subjects(bool watch);
/// Frees what was read since. To be called outside of a handshake.
void free_subjects();

} // namespace lifeline::sip
