#pragma once
// Lists of those who come (firms, stations, public rescue) as CSV, of the same forms as those of lifts
// (elevator_csv.hpp). One row for each duty phone; a party with several phones has several rows of one name.
//
// Headings (Chinese or English): 编号 id, 名称 name, 类别 kind, 区域 districts, 纬度 latitude, 经度 longitude, 电话
// phone, 电话说明 label, 值班时间 shifts, 呼叫顺序 order, 通知地址 webhook, 启用 active. Only the name and, for a party
// that is new, the kind are needed.

#include "domain/lifts/elevator_csv.hpp"
#include "domain/rescue/rescue_party.hpp"

namespace lifeline::domain {

struct party_list {
  std::string encoding;
  std::uint64_t rows = 0;
  std::vector<rescue_party> parties; ///< in the order of the list, those that are right
  std::uint64_t bad_rows = 0;        ///< rows of the list that have problems
  std::vector<csv_problem> problems; ///< all of them; the message begins with the party's name
};

/// Largest list that is read.
inline constexpr std::uint64_t party_csv_most_rows = 20'000;

/// Of a party without an id the id is that of the one in `known` with its name, or its name's pinyin initials. Fails (a
/// sentence with the line) only when it is no such list at all.
tl::expected<party_list, std::string> read_party_csv(std::string_view bytes, const std::vector<rescue_party>& known);

/// What taking the list over would do: all of it or, with a problem, nothing. What the list does not name stays.
struct party_plan {
  std::vector<rescue_party> added;
  std::vector<rescue_party> changed;
  std::uint64_t unchanged = 0;
};
party_plan plan_party_import(const party_list& list, const std::vector<rescue_party>& known);

/// What read_party_csv reads again. UTF-8 with a byte order mark, Chinese headings.
std::string write_party_csv(const std::vector<rescue_party>& parties);

} // namespace lifeline::domain
