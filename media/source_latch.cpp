#include "media/source_latch.hpp"

namespace lifeline::media {

void source_latch::set_signalled(const std::optional<address>& where, std::int64_t now_ns) {
  if (!where || (signalled_.is_set() && *where == signalled_)) return;
  signalled_ = *where;
  retired_ = latched_;
  retired_until_ = now_ns + quiet_ns;
  latched_ = address();
}

bool source_latch::accept(const address& from, std::int64_t now_ns) {
  if (latched_.is_set()) {
    if (!(from == latched_) && now_ns - last_ns_ < quiet_ns) return false;
  } else if (retired_.is_set() && from == retired_ && !(from == signalled_) && now_ns < retired_until_) {
    return false;
  }
  latched_ = from;
  last_ns_ = now_ns;
  return true;
}

} // namespace lifeline::media
