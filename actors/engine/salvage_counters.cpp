#include "actors/engine/salvage_counters.hpp"

#include "actors/core/checkpoints.hpp"
#include "actors/rescue/rescue_codec.hpp"
#include "domain/rescue/order_number.hpp"

#include <algorithm>

namespace lifeline::actors {

std::vector<storage::mutation> counters_after_salvage(const storage::row_getter& get, std::uint64_t lost,
                                                      const domain::rescue_plan& plan, domain::instant now) {
  constexpr std::uint64_t most = 1'000'000;
  const auto skip = static_cast<std::uint32_t>(std::min(lost, most)) + salvage_margin;
  const auto epoch = storage::decode_u64(get(storage::table::meta, epoch_key).value_or(std::string{})).value_or(0);
  domain::order_number number{plan.number_prefix, domain::local_day(now, plan.utc_offset), skip};
  const auto known = domain::parse_order_number(get(storage::table::meta, last_number_key).value_or(std::string{}));
  if (known && known->day >= number.day) {
    number.day = known->day;
    number.count = known->count + skip;
  }
  return {{storage::table::meta, std::string{epoch_key}, storage::encode_u64(epoch + skip)},
          {storage::table::meta, std::string{last_number_key}, to_string(number)}};
}

} // namespace lifeline::actors
