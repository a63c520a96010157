#include "cti/api/json.hpp"

namespace lifeline::cti {

namespace {

constexpr int most_levels = 64;

/// Brackets outside of strings; whether they fit is the parser's matter.
bool is_too_deep(const std::string& text) {
  int level = 0;
  bool in_string = false;
  for (std::size_t i = 0; i < text.size(); ++i) {
    const char c = text[i];
    if (in_string) {
      if (c == '\\') ++i;
      if (c == '"') in_string = false;
    } else if (c == '"') {
      in_string = true;
    } else if (c == '[' || c == '{') {
      if (++level > most_levels) return true;
    } else if (c == ']' || c == '}') {
      --level;
    }
  }
  return false;
}

} // namespace

tl::expected<json, std::string> parse_json(const std::string& text) {
  if (is_too_deep(text)) return tl::make_unexpected("not JSON that is read here: nested too deeply");
  try {
    return json::parse(text);
  } catch (const json::parse_error& e) {
    return tl::make_unexpected("not JSON: wrong at byte " + std::to_string(e.byte));
  } catch (const json::exception&) { // a number out of range
    return tl::make_unexpected("not JSON: a number is out of range");
  }
}

} // namespace lifeline::cti
