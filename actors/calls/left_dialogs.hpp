#pragma once
// The SIP dialogs that stand, as the journal keeps them, so that an engine that died under them can end them when it
// comes back: of calls, of calls to rescuers, of feature codes, report lines and lifts' phones alike. And whose phones
// are still in one of the last run's: such an agent is not offered anything.

#include "actors/core/surroundings.hpp"
#include "sip/gateway.hpp"
#include "storage/types.hpp"

#include <tl/expected.hpp>

#include <string>
#include <string_view>
#include <vector>

namespace lifeline::actors {

/// Keys in table::meta, with the leg's id behind.
inline constexpr std::string_view dialog_prefix = "sip/dialog/";
inline constexpr std::string_view dialog_end = "sip/dialog0"; ///< first key after the prefix
std::string dialog_key(const domain::leg_id& leg);
std::string encode_dialog(const sip::standing_dialog& d);
tl::expected<sip::standing_dialog, storage::failure> decode_dialog(std::string_view bytes);

/// Key in table::meta: where the dialogs are at home.
inline constexpr std::string_view dialog_home_key = "sip/home";

/// What the last run has left; a row that cannot be read is removed, for nothing can be done with it. From now on the
/// phones in it are busy. `home`: this machine and folder. Dialogs that were kept elsewhere came with a restored copy:
/// they may be another engine's live calls, are left alone, and forgotten here.
std::vector<sip::standing_dialog> take_left_dialogs(surroundings& around, const std::string& home);

void keep_dialog(surroundings& around, const sip::standing_dialog& d);
/// Also tells the agent whose phone is free by it.
void forget_dialog(surroundings& around, const domain::leg_id& leg);

} // namespace lifeline::actors
