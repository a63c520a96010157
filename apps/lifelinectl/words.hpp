#pragma once
// An entry of the log as a sentence: a visitor of the words with which the entry is described
// (domain/log/describe.hpp).

#include "apps/lifelinectl/output.hpp"

#include <string>

namespace lifeline::ctl {

/// `entry`: as the API gives it. Its type's name, when no words are known for it: another engine's, or one that is told
/// in code (order_text.hpp).
std::string entry_words(const json& entry);

} // namespace lifeline::ctl
