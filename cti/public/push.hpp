#pragma once
// What an IoT platform pushes (in the manner of GB/T 24476), read so that no alarm is lost: its sender is known by the
// signature, so a detail that cannot be believed becomes a doubt for a person to look at, never a refusal.

#include "domain/log/alarm_report.hpp"
#include "domain/plan/rescue_plan.hpp"

#include <string>
#include <vector>

namespace lifeline::cti {

inline constexpr std::size_t most_pushed = 100; ///< events of one message

struct push {
  bool is_list = false; ///< the message had "events"
  bool is_whole = true; ///< false: it, or some of it, could not be read and became a report of its own
  std::vector<domain::alarm_report> reports; ///< never empty
};

/// Any bytes; UTF-8 or GBK are read. A code that the vendor's table does not have is a fault with a doubt; a message
/// that cannot be read at all, or has no code, is taken for an entrapment: somebody pressed something. Nobody is sent
/// before it is known where (domain::says_where). Times more than 5 min ahead or 24 h
/// back are not believed.
push read_push(const std::string& body, const domain::vendor_plan& vendor, domain::instant now);

/// The first 32 hexadecimal digits of the text's SHA-256: the message id of what has none.
std::string hash_id(std::string_view text);

} // namespace lifeline::cti
