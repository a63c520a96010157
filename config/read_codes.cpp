#include "config/names.hpp"
#include "config/read_sections.hpp"
#include "config/read_values.hpp"

#include <algorithm>

namespace lifeline::config {

namespace {

using namespace std::chrono_literals;

void read_code(section& s, const char* key, std::string& out) {
  if (s.text(key, out) && !out.empty() && !is_code(out)) {
    s.problem_at(key, std::string{key} +
                          ": expected 1 to 16 of the digits, '*' and '#', or an empty text for no such "
                          "code, found the text " +
                          quote(out));
    out.clear();
  }
}

/// A reason goes into the agent's state, the event log and lists of both.
bool is_reason(std::string_view text) {
  return !text.empty() && text.size() <= 64 && std::none_of(text.begin(), text.end(), is_control);
}

void read_reasons(section& s, problem_list& problems, std::map<char, std::string>& out) {
  const auto* table = s.subtable("reasons");
  if (table == nullptr) return;
  out.clear();
  for (const auto& e : table->entries) {
    const bool digit = e.key.size() == 1 && e.key.front() >= '0' && e.key.front() <= '9';
    const bool reason = e.value.kind == node_kind::text && is_reason(e.value.text);
    if (!digit) problems.add(e.at, "reasons: expected a single digit as key, found " + quote(e.key));
    if (!reason) {
      problems.add(e.value.at, "reasons." + e.key +
                                   ": expected a reason of 1 to 64 bytes without control characters, " + "found " +
                                   describe(e.value));
    }
    if (digit && reason) out[e.key.front()] = e.value.text;
  }
}

} // namespace

void read_feature_codes(section& s, problem_list& problems, domain::feature_codes& out) {
  read_code(s, "ready", out.ready);
  read_code(s, "not_ready", out.not_ready);
  read_code(s, "logout", out.logout);
  read_code(s, "wrap_up_end", out.wrap_up_end);
  read_code(s, "wrap_up_more", out.wrap_up_more);
  s.duration("wrap_up_extra", out.wrap_up_extra, 1s, 1h);
  read_reasons(s, problems, out.reasons);
  s.text("confirm_prompt", out.confirm_prompt);
  s.text("refuse_prompt", out.refuse_prompt);
}

} // namespace lifeline::config
