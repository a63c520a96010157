#include "domain/rescue/rescue_data.hpp"

#include "domain/base/invention.hpp"
#include "domain/lifts/huaian.hpp"

#include <algorithm>
#include <cmath>
#include <unordered_map>

namespace lifeline::domain {

namespace {

/// Lifts of one place: a residential quarter, a mall, a hospital.
struct estate {
  const district_fact* district = nullptr;
  std::string name;
  std::string type;
  std::string street; ///< "淮海东路128号"
  geo_point where;
  std::string unit; ///< 使用单位
  std::string unit_phone;
  std::string officer;
  std::string officer_phone;
  std::size_t firm = 0; ///< of invented_firms()
  std::string team;
  std::string worker;
  std::string worker_phone;
};

struct place_type {
  std::string_view type;
  std::string_view ending; ///< of the place's name
  std::string_view unit;   ///< ending of the using unit; it begins with the place's name
  unsigned weight;
};
constexpr std::array place_types{
    place_type{"住宅小区", "花园", "物业服务有限公司", 9},
    place_type{"住宅小区", "名城", "物业服务有限公司", 8},
    place_type{"住宅小区", "家园", "物业服务有限公司", 8},
    place_type{"住宅小区", "雅苑", "物业管理有限公司", 8},
    place_type{"住宅小区", "华府", "物业管理有限公司", 7},
    place_type{"住宅小区", "新村", "物业管理有限公司", 6},
    place_type{"商场", "购物广场", "商业管理有限公司", 4},
    place_type{"写字楼", "国际大厦", "资产管理有限公司", 4},
    place_type{"医院", "医院", "", 3},
    place_type{"学校", "实验学校", "", 2},
    place_type{"宾馆", "酒店", "管理有限公司", 3},
    place_type{"工厂", "产业园", "园区服务有限公司", 3},
    place_type{"公共交通", "客运站", "", 1},
};

constexpr std::array first_words{"翔宇", "运河", "楚秀", "钵池", "漕运", "清晏", "镇淮", "枚亭", "韩城", "里河",
                                 "古淮", "安澜", "文渊", "金水", "荷芳", "白鹭", "云栖", "锦绣", "东湖", "西苑",
                                 "南园", "北辰", "星河", "明珠", "桂花", "香樟", "银杏", "映月", "听涛", "望湖"};
constexpr std::array second_words{"", "", "", "盛世", "天和", "福满", "御景", "书香", "丽水", "世纪", "阳光", "康居"};
constexpr std::array streets{"淮海东路", "淮海西路", "翔宇大道", "解放路",   "人民路",   "承德路", "水渡口大道",
                             "深圳路",   "枚乘路",   "大同路",   "健康西路", "北京南路", "延安路", "明远路"};
constexpr std::array makers{"苏梯", "淮升", "云阶", "天行者", "安步", "九层", "凌霄", "平步"};

const place_type& pick_type(invention& dice) {
  unsigned total = 0;
  for (const auto& t : place_types)
    total += t.weight;
  auto left = static_cast<unsigned>(dice.below(total));
  for (const auto& t : place_types) {
    if (left < t.weight) return t;
    left -= t.weight;
  }
  return place_types.front();
}

/// The city has a third of all; the others share the rest.
const district_fact& pick_district(invention& dice) {
  return dice.chance(30) ? huaian_districts.front() : dice.one_of(huaian_districts);
}

double rounded(double degrees) { return std::round(degrees * 1e6) / 1e6; }

/// Up to 0.05 degrees (5 km) around.
geo_point near(const geo_point& centre, double reach, invention& dice) {
  const auto offset = [&] { return reach * (static_cast<double>(dice.below(2001)) / 1000.0 - 1.0); };
  const auto north = offset();
  const auto east = offset();
  return {rounded(centre.latitude + north), rounded(centre.longitude + east)};
}

estate invent_estate(invention& dice, const std::vector<rescue_party>& firms) {
  estate e;
  e.district = &pick_district(dice);
  const auto& type = pick_type(dice);
  const std::string first{dice.one_of(first_words)};
  const auto stem = first + std::string{dice.one_of(second_words)};
  e.name = stem + std::string{type.ending};
  e.type = type.type;
  e.street = std::string{dice.one_of(streets)} + std::to_string(1 + dice.below(398)) + "号";
  e.where = near(e.district->centre, 0.05, dice);
  e.unit = type.unit.empty() ? "淮安" + e.name : "淮安" + stem + std::string{type.unit};
  e.unit_phone = invented_landline(2000 + dice.below(4000));
  e.officer = dice.person();
  e.officer_phone = invented_mobile(1000 + dice.below(4000));
  e.firm = dice.below(firms.size());
  e.team = std::string{"维保"} + std::to_string(1 + dice.below(6)) + "组";
  e.worker = dice.person();
  e.worker_phone = invented_mobile(5000 + dice.below(4000));
  return e;
}

std::string digits(std::uint64_t number, std::size_t width) {
  auto text = std::to_string(number);
  return text.size() < width ? std::string(width - text.size(), '0') + text : text;
}

std::string date_of(std::uint64_t year, std::uint64_t month, std::uint64_t day) {
  return digits(year, 4) + "-" + digits(month, 2) + "-" + digits(day, 2);
}

/// What a lift is, by the type of its place.
std::string_view pick_kind(const estate& at, invention& dice) {
  if (at.type == "商场" || at.type == "公共交通") return dice.chance(55) ? "3310" : dice.chance(10) ? "3320" : "3110";
  if (at.type == "工厂") return dice.chance(60) ? "3120" : dice.chance(10) ? "3410" : "3110";
  if (at.type == "医院") return dice.chance(5) ? "3430" : dice.chance(5) ? "3420" : "3110";
  return dice.chance(2) ? "3420" : dice.chance(1) ? "3210" : "3110";
}

std::string name_of(std::string_view kind) {
  if (kind == "3120") return "载货电梯";
  if (kind == "3210") return "液压乘客电梯";
  if (kind == "3310") return "自动扶梯";
  if (kind == "3320") return "自动人行道";
  if (kind == "3410") return "防爆电梯";
  if (kind == "3420") return "消防员电梯";
  if (kind == "3430") return "杂物电梯";
  return "乘客电梯";
}

/// Codes that no other lift of the same making has, in an order that tests cannot lean on (the multipliers have no
/// factor in common with the range).
class code_maker {
public:
  explicit code_maker(std::uint64_t seed) : shift_(seed % 1'000'000 * 7 + 1) {}

  void give(elevator& e, std::size_t number, const std::string& year_month, invention& dice) {
    e.rescue_code = digits((number * 618'033 + shift_) % 1'000'000, 6);
    if (dice.chance(4))
      e.registration_code = "SH" + digits(number + 1, 8); // as before 2004
    else {
      const auto front = e.kind + e.district + year_month;
      e.registration_code = front + digits(++sequences_[front], 4);
    }
    if (dice.chance(30)) e.device_id = digits((number * 61'803'399 + 12'345'677) % 100'000'000, 8);
  }

private:
  std::uint64_t shift_;
  std::unordered_map<std::string, unsigned> sequences_; ///< by class, district and month
};

void add_building(elevator& e, const estate& at, invention& dice) {
  const auto building = std::to_string(1 + dice.below(at.type == "住宅小区" ? 28 : 4));
  std::string inside;
  if (at.type == "住宅小区")
    inside = building + "幢" + std::to_string(1 + dice.below(4)) + "单元";
  else if (e.kind == "3310" || e.kind == "3320")
    inside = std::to_string(1 + dice.below(5)) + "层" + std::string{dice.chance(50) ? "东" : "西"} + "侧";
  else
    inside = std::string(1, static_cast<char>('A' + dice.below(4))) + "座" + std::to_string(1 + dice.below(6)) + "号梯";
  e.address = "江苏省淮安市" + std::string{at.district->name} + at.street + at.name + inside;
  if (dice.chance(95)) e.where = near(at.where, 0.002, dice);
}

void add_people(elevator& e, const estate& at, const rescue_party& firm) {
  e.using_unit = at.unit;
  e.using_unit_phone = at.unit_phone;
  e.safety_officer = at.officer;
  e.safety_officer_phone = at.officer_phone;
  e.maintenance_firm = firm.name;
  e.maintenance_manager = firm.phones.back().label;
  e.maintenance_manager_phone = firm.phones.back().number;
  e.maintenance_team = at.team;
  e.maintenance_worker = at.worker;
  e.maintenance_worker_phone = at.worker_phone;
  e.duty_phone = firm.phones.front().number;
}

elevator invent_elevator(std::size_t i, const estate& at, const std::vector<rescue_party>& firms, code_maker& codes,
                         invention& dice) {
  elevator e;
  e.kind = pick_kind(at, dice);
  const auto year = 2004 + dice.below(22);
  const auto month = 1 + dice.below(12);
  e.district = at.district->code;
  codes.give(e, i, digits(year, 4) + digits(month, 2), dice);
  e.certificate = "梯" + e.kind.substr(1, 1) + "1苏H" + digits(i + 1, 6) + "(" + digits(year % 100, 2) + ")";
  e.name = name_of(e.kind);
  const auto luck = dice.below(100);
  e.status = luck < 94   ? lift_status::in_use
             : luck < 97 ? lift_status::suspended
             : luck < 99 ? lift_status::in_maintenance
                         : lift_status::scrapped;
  e.next_inspection = date_of(2026 + dice.below(2), 1 + dice.below(12), 1 + dice.below(28));
  e.brand = dice.one_of(makers);
  e.model = std::string{"LX-"} + std::to_string(1000 + 50 * dice.below(20));
  e.manufacturer = e.brand + "电梯(江苏)有限公司";
  e.factory_number = "N" + digits(year, 4) + digits(dice.below(1'000'000), 6);
  e.start_date = date_of(year, month, 1 + dice.below(28));
  e.drive = e.kind == "3210" ? "液压驱动" : e.kind[1] == '3' ? "链条驱动" : "曳引驱动";
  const auto floors = std::to_string(2 + dice.below(at.type == "住宅小区" ? 32 : 8));
  if (e.kind[1] != '3') e.floors = floors + "层" + floors + "站";
  e.owner = at.type == "住宅小区" ? at.name + "业主委员会" : at.unit;
  e.installer = e.brand + "电梯(江苏)有限公司淮安分公司";
  e.inspector = "淮安虚拟特种设备检验所";
  e.registrar = std::string{at.district->name} + "市场监督管理局";
  e.province = "江苏省";
  e.city = "淮安市";
  add_building(e, at, dice);
  e.project_name = at.name;
  e.project_type = at.type;
  add_people(e, at, firms[at.firm]);
  return e;
}

} // namespace

std::vector<elevator> invent_elevators(std::size_t count, std::uint64_t seed) {
  count = std::min(count, most_invented_elevators);
  auto firms = invent_parties(seed);
  std::erase_if(firms, [](const rescue_party& p) { return p.kind != party_kind::firm; });
  invention dice{seed};
  code_maker codes{seed};
  std::vector<elevator> lifts;
  lifts.reserve(count);
  while (lifts.size() < count) {
    const auto at = invent_estate(dice, firms);
    const auto here = std::min<std::size_t>(1 + dice.below(at.type == "住宅小区" ? 60 : 12), count - lifts.size());
    for (std::size_t n = 0; n < here; ++n)
      lifts.push_back(invent_elevator(lifts.size(), at, firms, codes, dice));
  }
  return lifts;
}

} // namespace lifeline::domain
