#pragma once
// What a report is good for before anybody has looked at it.

#include "domain/log/alarm_report.hpp"

#include <string>

namespace lifeline::domain {

/// Why the report is to be filtered ("door open", "moving", "in maintenance"), empty = it is not. Alarm rule 4.
std::string filter_reason(const alarm_report& r);

/// A known lift says where to go, and so does a person. What a device or a form says in words alone is not enough to
/// send anybody: it is looked at first.
bool says_where(const alarm_report& r, bool lift_known);
/// What is not understood of it, for a person to read.
std::string unclear_reason(const alarm_report& r);

} // namespace lifeline::domain
