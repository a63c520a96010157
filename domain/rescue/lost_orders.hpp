#pragma once
// Which alarms and orders lack something, told from a log with holes: the versions of each order rise by one with each
// of its entries, and the numbers of a day by one with each order.

#include "domain/log/events.hpp"

#include <cstdint>
#include <map>
#include <optional>
#include <set>
#include <string>
#include <vector>

namespace lifeline::domain {

class lost_orders {
public:
  /// Entries of the log in order.
  void apply(const event& e);
  /// At this place entries are missing.
  void hole() { open_ = true; }
  /// The numbers of orders whose course has a gap, and of those that are gone altogether, sorted. Who was changed for
  /// the last time within a hole cannot be told.
  [[nodiscard]] std::vector<std::string> numbers() const { return {found_.begin(), found_.end()}; }

private:
  void check_number(const std::string& number);

  std::map<order_id, std::uint64_t> versions_;
  std::string highest_; ///< number of the newest order before the hole
  bool open_ = false;   ///< a hole, and no new order behind it yet
  std::set<std::string> found_;
};

/// "A, B and 7 more".
std::string list_some(const std::vector<std::string>& all, std::size_t most);

} // namespace lifeline::domain
