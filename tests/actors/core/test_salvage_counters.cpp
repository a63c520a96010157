#include "actors/core/checkpoints.hpp"
#include "actors/engine/salvage_counters.hpp"
#include "actors/rescue/rescue_codec.hpp"
#include "domain/rescue/order_number.hpp"

#include <catch2/catch.hpp>

using namespace lifeline;

namespace {

struct rows {
  std::map<std::string, std::string> meta;

  [[nodiscard]] std::map<std::string, std::string> after(std::uint64_t lost) const {
    const auto get = [&](storage::table, std::string_view key) -> std::optional<std::string> {
      const auto row = meta.find(std::string{key});
      return row == meta.end() ? std::nullopt : std::optional{row->second};
    };
    const auto now = domain::parse_rfc3339("2026-11-30T21:00:00+08:00").value();
    std::map<std::string, std::string> result;
    for (const auto& m : actors::counters_after_salvage(get, lost, domain::rescue_plan{}, now))
      result[m.key] = m.value.value();
    return result;
  }
};

std::string number(const std::map<std::string, std::string>& all) {
  return all.at(std::string{actors::last_number_key});
}

} // namespace

TEST_CASE("salvage counters: the epoch and the day's numbers go on beyond whatever may have been given out") {
  rows r;
  r.meta[std::string{actors::epoch_key}] = storage::encode_u64(7);
  r.meta[std::string{actors::last_number_key}] = "JY20261130-0012";
  const auto after = r.after(40);
  CHECK(storage::decode_u64(after.at(std::string{actors::epoch_key})) == 7 + 40 + actors::salvage_margin);
  CHECK(number(after) == "JY20261130-0152");
}

TEST_CASE("salvage counters: of an older day, of a later one, and of none") {
  rows r;
  r.meta[std::string{actors::last_number_key}] = "JY20261129-0900";
  CHECK(number(r.after(0)) == "JY20261130-0100");
  r.meta[std::string{actors::last_number_key}] = "JY20261201-0003"; // the clock was set back
  CHECK(number(r.after(2)) == "JY20261201-0105");
  CHECK(number(rows{}.after(3)) == "JY20261130-0103");
}
