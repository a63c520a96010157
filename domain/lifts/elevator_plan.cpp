#include "domain/base/field_check.hpp"
#include "domain/base/utf8.hpp"
#include "domain/lifts/elevator_csv.hpp"
#include "domain/lifts/elevator_fields.hpp"

#include <algorithm>
#include <unordered_map>

namespace lifeline::domain {

namespace {

bool has(const std::vector<std::string>& columns, std::string_view name) {
  return std::find(columns.begin(), columns.end(), name) != columns.end();
}

/// The codes that only one lift may have, besides its key.
struct unique_code {
  const char* field;
  std::string elevator::*member;
  const elevator* (elevator_index::*owner)(std::string_view) const;
};
constexpr unique_code unique_codes[] = {
    {"registration_code", &elevator::registration_code, &elevator_index::find_registration_code},
    {"device_id", &elevator::device_id, &elevator_index::find_device},
};

class planner {
public:
  planner(const elevator_list& list, const elevator_index& known) : list_(list), known_(known) {
    for (const auto& f : elevator_fields())
      if (!list.columns.empty() && !has(list.columns, f.name)) kept_.push_back(f.member);
    keeps_status_ = !list.columns.empty() && !has(list.columns, "status");
    keeps_where_ = !list.columns.empty() && (!has(list.columns, "latitude") || !has(list.columns, "longitude"));
  }

  elevator_plan run() {
    plan_.problems = list_.problems;
    plan_.bad_rows = list_.rows - list_.lifts.size();
    take_rows();
    while (refuse_clashes()) {
    }
    for (const auto& r : rows_)
      if (!r.refused) sort_in(r);
    std::stable_sort(plan_.problems.begin(), plan_.problems.end(),
                     [](const auto& a, const auto& b) { return a.row < b.row; });
    return std::move(plan_);
  }

private:
  struct row {
    std::uint64_t line = 0;
    elevator lift; ///< what it would be
    const elevator* before = nullptr;
    bool refused = false;
  };

  void refuse(std::uint64_t line, std::string field, std::string message) {
    plan_.problems.push_back({line, std::move(field), std::move(message)});
    ++plan_.bad_rows;
  }

  void take_rows() {
    for (const auto& listed : list_.lifts) {
      row r{listed.row, listed.lift, known_.find_rescue_code(listed.lift.rescue_code), false};
      if (r.before != nullptr) keep_known(r);
      const auto [first, added] = row_of_.try_emplace(r.lift.rescue_code, rows_.size());
      if (added) {
        take(std::move(r));
        continue;
      }
      const auto& earlier = rows_[first->second];
      if (earlier.lift == r.lift)
        ++plan_.unchanged;
      else
        refuse(r.line, "rescue_code",
               quoted(r.lift.rescue_code) + " is already on line " + std::to_string(earlier.line) +
                   ", with another record");
    }
  }

  /// What was taken over from the registry must still fit what the list says.
  void take(row r) {
    if (r.before != nullptr && !kept_.empty()) {
      for (auto& p : check_elevator(r.lift)) {
        if (!r.refused) ++plan_.bad_rows;
        r.refused = true;
        plan_.problems.push_back({r.line, std::move(p.field), std::move(p.message)});
      }
    }
    rows_.push_back(std::move(r));
  }

  void keep_known(row& r) const {
    for (const auto member : kept_)
      r.lift.*member = r.before->*member;
    if (keeps_status_) r.lift.status = r.before->status;
    if (keeps_where_) r.lift.where = r.before->where;
  }

  /// One pass; true when it refused a row, whose codes may then be another one's clash.
  bool refuse_clashes() {
    bool refused = false;
    for (const auto& code : unique_codes) {
      std::unordered_map<std::string, const row*> claimed;
      for (auto& r : rows_) {
        const auto& text = r.lift.*(code.member);
        if (r.refused || text.empty()) continue;
        auto wrong = clash_with_known(r, code);
        const auto [first, added] = claimed.try_emplace(fold_name(text), &r);
        if (!wrong && !added) wrong = quoted(text) + " is already on line " + std::to_string(first->second->line);
        if (!wrong) continue;
        if (added) claimed.erase(first);
        refuse(r.line, code.field, std::move(*wrong));
        r.refused = refused = true;
      }
    }
    return refused;
  }

  /// Another lift of the registry has the code, and the list does not take it away.
  std::optional<std::string> clash_with_known(const row& r, const unique_code& code) const {
    const auto* owner = (known_.*code.owner)(r.lift.*(code.member));
    if (owner == nullptr || owner == r.before) return std::nullopt;
    const auto listed = row_of_.find(owner->rescue_code);
    const bool moved = listed != row_of_.end() && !rows_[listed->second].refused &&
                       fold_name(rows_[listed->second].lift.*(code.member)) != fold_name(r.lift.*(code.member));
    if (moved) return std::nullopt;
    return quoted(r.lift.*(code.member)) + " belongs to the lift " + owner->rescue_code;
  }

  void sort_in(const row& r) {
    if (r.before == nullptr)
      plan_.added.push_back(r.lift);
    else if (*r.before == r.lift)
      ++plan_.unchanged;
    else
      plan_.changed.push_back(r.lift);
  }

  const elevator_list& list_;
  const elevator_index& known_;
  std::vector<std::string elevator::*> kept_; ///< fields without a column
  bool keeps_status_ = false;
  bool keeps_where_ = false;
  std::vector<row> rows_;
  std::unordered_map<std::string, std::size_t> row_of_; ///< by rescue code
  elevator_plan plan_;
};

} // namespace

elevator_plan plan_import(const elevator_list& list, const elevator_index& known) { return planner{list, known}.run(); }

} // namespace lifeline::domain
