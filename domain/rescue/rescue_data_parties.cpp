#include "domain/base/invention.hpp"
#include "domain/lifts/huaian.hpp"
#include "domain/rescue/rescue_data.hpp"

#include <algorithm>
#include <set>

namespace lifeline::domain {

namespace {

constexpr std::size_t firm_count = 60;
constexpr std::size_t stations_of_district = 3;
constexpr std::uint8_t workdays = 0x1F;
constexpr std::uint8_t weekend = 0x60;

constexpr std::array firm_words{"安升", "捷达", "顺达", "恒通", "瑞安", "宏升", "益民", "正泰", "万安", "金盾",
                                "鹏程", "长风", "华梯", "天梯", "平安", "诚信", "迅捷", "众邦", "鼎力", "高远"};
constexpr std::array firm_endings{"电梯工程有限公司", "电梯服务有限公司", "机电设备有限公司", "电梯维保有限公司"};

std::string two_digits(std::size_t n) { return (n < 10 ? "0" : "") + std::to_string(n); }

/// By day, by night and at the weekend, or one phone for all times; the manager is always the last.
std::vector<duty_phone> invent_phones(std::size_t first, invention& dice) {
  std::vector<duty_phone> phones;
  phones.push_back({invented_landline(first), "24小时值班", {}});
  if (dice.chance(50)) {
    phones.push_back({invented_mobile(first), "白班", {{workdays, 8 * 60, 18 * 60}}});
    phones.push_back({invented_mobile(first + 1), "夜班", {{0x7F, 18 * 60, 8 * 60}, {weekend, 8 * 60, 18 * 60}}});
  }
  phones.push_back({invented_mobile(first + 2), dice.person(), {}});
  return phones;
}

rescue_party invent_firm(std::size_t n, std::set<std::string>& taken, invention& dice) {
  rescue_party p;
  p.id = "firm-" + two_digits(n);
  do {
    const std::string word{dice.one_of(firm_words)};
    p.name = (dice.chance(70) ? "淮安" : "江苏") + word + std::string{dice.one_of(firm_endings)};
  } while (!taken.insert(p.name).second);
  p.kind = party_kind::firm;
  const auto& town = dice.one_of(huaian_districts).centre;
  p.where = geo_point{town.latitude + 0.001 * static_cast<double>(n % 7), town.longitude};
  p.phones = invent_phones(100 + 10 * n, dice);
  if (dice.chance(20)) p.order = dial_order::all_at_once;
  return p;
}

rescue_party invent_station(const district_fact& district, std::size_t n, invention& dice) {
  static constexpr std::array<std::string_view, stations_of_district> quarters{"城东", "城西", "开发区"};
  const auto number = static_cast<std::size_t>(&district - huaian_districts.data()) * stations_of_district + n;
  rescue_party p;
  p.id = "station-" + std::string{district.code} + "-" + std::to_string(n + 1);
  p.name = std::string{district.name} + std::string{quarters[n]} + "电梯应急救援站";
  p.kind = party_kind::station;
  p.districts = {std::string{district.code}};
  const double step = n == 0 ? 0.03 : n == 1 ? -0.03 : 0.0;
  p.where = geo_point{district.centre.latitude + (n == 2 ? 0.04 : 0.0), district.centre.longitude + step};
  p.phones = {{invented_landline(800 + number), "值班室", {}}, {invented_mobile(800 + number), dice.person(), {}}};
  p.order = dial_order::all_at_once;
  return p;
}

} // namespace

std::vector<rescue_party> invent_parties(std::uint64_t seed) {
  invention dice{seed};
  std::vector<rescue_party> parties;
  std::set<std::string> names;
  for (std::size_t n = 1; n <= firm_count; ++n)
    parties.push_back(invent_firm(n, names, dice));
  for (const auto& district : huaian_districts)
    for (std::size_t n = 0; n < stations_of_district; ++n)
      parties.push_back(invent_station(district, n, dice));
  rescue_party fire;
  fire.id = "119";
  fire.name = "消防救援 119 指挥中心";
  fire.kind = party_kind::public_rescue;
  // Not 119 itself: a demonstration must not ring there.
  fire.phones = {{invented_landline(9'119), "接警台", {}}};
  parties.push_back(std::move(fire));
  return parties;
}

} // namespace lifeline::domain
