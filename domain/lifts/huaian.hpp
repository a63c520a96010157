#pragma once
// The districts and counties of Huai'an (GB/T 2260, as of 2016: 清江浦区 was made of 清河区 and 清浦区).

#include "domain/lifts/elevator.hpp"

#include <array>
#include <string_view>

namespace lifeline::domain {

struct district_fact {
  std::string_view code;
  std::string_view name;
  geo_point centre; ///< of its town, rounded
};

inline constexpr std::array huaian_districts{
    district_fact{"320812", "清江浦区", {33.592, 119.023}}, district_fact{"320803", "淮安区", {33.507, 119.141}},
    district_fact{"320804", "淮阴区", {33.632, 119.021}},   district_fact{"320813", "洪泽区", {33.294, 118.873}},
    district_fact{"320826", "涟水县", {33.781, 119.264}},   district_fact{"320830", "盱眙县", {33.006, 118.544}},
    district_fact{"320831", "金湖县", {33.023, 119.021}},
};

} // namespace lifeline::domain
