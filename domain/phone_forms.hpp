#pragma once
// The forms in which carriers show one and the same caller.

#include <string>
#include <string_view>
#include <vector>

namespace lifeline::domain {

/// The number as it came, then without the country's code (+86, 0086, 86), then a mobile without the 0 of a
/// long-distance call, and with it. Nothing for a number that is withheld or holds no digit. Without repetition, as it
/// came first.
std::vector<std::string> phone_forms(std::string_view number);

} // namespace lifeline::domain
