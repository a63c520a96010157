#pragma once
// Lists of lifts as CSV (RFC 4180; also with ';' or tabs, as Excel writes them by locale), in UTF-8 with or without a
// byte order mark, or in GBK. Headings in English (the field names of `elevator`) or Chinese (救援识别码, 注册代码,
// ...).

#include "domain/lifts/elevator.hpp"
#include "domain/lifts/elevator_index.hpp"

#include <tl/expected.hpp>

#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

namespace lifeline::domain {

struct csv_problem {
  std::uint64_t row = 0; ///< line of the file, 1 = the heading
  std::string field;     ///< heading or field name; empty: the whole row
  std::string message;
};
struct csv_lift {
  std::uint64_t row = 0;
  elevator lift;
};
struct elevator_list {
  std::string encoding;        ///< "UTF-8" or "GBK"
  std::uint64_t rows = 0;      ///< without the heading and empty lines
  std::vector<csv_lift> lifts; ///< those that are right by themselves (check_elevator)
  /// Every wrong row has some. A column that is not known, or comes twice, is one of the heading's row: it is ignored
  /// and makes no row bad.
  std::vector<csv_problem> problems;
  /// Field names of the columns, "status", "latitude" and "longitude" among them; empty: every field.
  std::vector<std::string> columns;
};
/// Largest list that is read.
inline constexpr std::size_t elevator_csv_most_bytes = 64u << 20;
inline constexpr std::uint64_t elevator_csv_most_rows = 200'000;

/// What Excel does to such lists is understood: ="007", a leading apostrophe, "123456.0", dates like 2020/1/5 0:00 or
/// 2020年1月5日 (kept as 2020-01-05), empty cells left out at a row's end. What it has destroyed is refused with the
/// cell's name: 3.11E+19, a code of 20 digits that ends in zeros, a rescue code whose leading zeros are gone (another
/// lift might be meant, so it is not guessed). A kind may be named (曳引驱动乘客电梯) or left out when the registration
/// code has it; a district of Huai'an may be named.
///
/// Fails (a sentence with the line) only when it is no such list at all: no heading, rescue code missing in it, too
/// large, not text.
tl::expected<elevator_list, std::string> read_elevator_csv(std::string_view bytes);

/// What taking the list into the index would do; it is not changed. Clashes with other lifts, and within the list, are
/// problems; of a rescue code that comes twice with the same record the second is unchanged. What the list has no
/// column for stays as it is known. A code may move from one lift to another within the list. To be put in this order.
struct elevator_plan {
  std::vector<elevator> added;
  std::vector<elevator> changed;
  std::uint64_t unchanged = 0;
  std::uint64_t bad_rows = 0;
  std::vector<csv_problem> problems; ///< those of the list included, by row
};
elevator_plan plan_import(const elevator_list& list, const elevator_index& known);

/// UTF-8 with a byte order mark (Excel reads it), Chinese headings.
std::string write_elevator_csv(const std::vector<elevator>& lifts);

} // namespace lifeline::domain
