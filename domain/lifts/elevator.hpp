#pragma once
// A lift as the registry knows it. The rescue code (救援识别码) is its name everywhere in the engine.

#include "domain/base/geo_point.hpp"

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace lifeline::domain {

enum class lift_status : std::uint8_t { in_use = 1, suspended = 2, in_maintenance = 3, scrapped = 4 };
std::string_view to_string(lift_status s);
std::optional<lift_status> parse_lift_status(std::string_view text); ///< English names, 在用 停用 维保中 报废

/// Dates are texts "YYYY-MM-DD" or empty; codes and phones are digits as text.
struct elevator {
  std::string rescue_code;       ///< 6 digits, unique: the key
  std::string registration_code; ///< 注册代码: 20 digits, or a shorter legacy code; unique when not empty
  std::string certificate;       ///< 使用登记证编号
  std::string device_id;         ///< of the lift's own phone (8 digits, P100), or empty
  std::string name;
  std::string kind; ///< class of the registration code: "3110" traction passenger, ...
  lift_status status = lift_status::in_use;
  std::string next_inspection;
  std::string brand;
  std::string model;
  std::string manufacturer;
  std::string factory_number;
  std::string start_date;
  std::string drive;
  std::string floors;
  std::string owner;     ///< 产权单位
  std::string installer; ///< 安装单位
  std::string inspector; ///< 检验单位
  std::string registrar; ///< 登记机关
  std::string province;
  std::string city;
  std::string district; ///< 6-digit code, "320803"
  std::string address;
  std::string project_name;
  std::string project_type;
  std::optional<geo_point> where;
  std::string using_unit; ///< 使用单位
  std::string using_unit_phone;
  std::string safety_officer;
  std::string safety_officer_phone;
  std::string maintenance_firm; ///< 维保单位, by name; see rescue_book::find_firm
  std::string maintenance_manager;
  std::string maintenance_manager_phone;
  std::string maintenance_team;
  std::string maintenance_worker;
  std::string maintenance_worker_phone;
  std::string duty_phone; ///< the firm's 24 h phone for this lift
  bool operator==(const elevator&) const = default;
};

/// What is wrong with one field of a record.
struct field_problem {
  std::string field;
  std::string message; ///< "expected 6 digits, found \"12a\""
  bool operator==(const field_problem&) const = default;
};
/// Empty = the record may be stored. Absurd coordinates, unknown districts' forms, wrong dates and codes are named.
std::vector<field_problem> check_elevator(const elevator& e);

} // namespace lifeline::domain
