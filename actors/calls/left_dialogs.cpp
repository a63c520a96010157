#include "actors/calls/left_dialogs.hpp"

#include "storage/codec.hpp"
#include "storage/tables.hpp"

namespace lifeline::sip {

template <class Archive> void serialize(Archive& ar, standing_dialog& x, std::uint32_t version) {
  storage::check_version<standing_dialog>(version);
  ar(x.leg.hi, x.leg.lo, x.account, x.trunk, x.call_id, x.local, x.remote, x.target, x.routes, x.way);
}

} // namespace lifeline::sip

CEREAL_CLASS_VERSION(lifeline::sip::standing_dialog, 1)

namespace lifeline::actors {

std::string dialog_key(const domain::leg_id& leg) { return std::string{dialog_prefix} + domain::to_string(leg); }

std::string encode_dialog(const sip::standing_dialog& d) { return storage::encode(d); }
tl::expected<sip::standing_dialog, storage::failure> decode_dialog(std::string_view bytes) {
  return storage::decode<sip::standing_dialog>(bytes, "a dialog");
}

std::vector<sip::standing_dialog> take_left_dialogs(surroundings& around, const std::string& home) {
  std::vector<sip::standing_dialog> left;
  storage::change useless;
  const auto before = around.journal->get(storage::table::meta, std::string{dialog_home_key});
  const bool ours = before && *before && **before == home;
  if (!ours) useless.state.push_back({storage::table::meta, std::string{dialog_home_key}, home});
  (void)around.journal->scan(storage::table::meta, dialog_prefix, dialog_end, false,
                             [&](std::string_view key, std::string_view value) {
                               if (auto d = decode_dialog(value); d && ours)
                                 left.push_back(std::move(*d));
                               else
                                 useless.state.push_back({storage::table::meta, std::string{key}, std::nullopt});
                               return true;
                             });
  for (const auto& d : left)
    if (!d.account.empty()) around.busy.add(d.leg, d.account);
  if (!useless.state.empty()) around.journal->append(std::move(useless), storage::durability::lazy);
  return left;
}

void keep_dialog(surroundings& around, const sip::standing_dialog& d) {
  around.journal->append({{}, {{storage::table::meta, dialog_key(d.leg), encode_dialog(d)}}},
                         storage::durability::lazy);
}

void forget_dialog(surroundings& around, const domain::leg_id& leg) {
  around.journal->append({{}, {{storage::table::meta, dialog_key(leg), std::nullopt}}}, storage::durability::lazy);
  const auto freed = around.busy.over(leg);
  if (freed.empty()) return;
  if (const auto agent = around.who.agents.find(freed)) caf::anon_send(agent, phone_free{});
}

} // namespace lifeline::actors
