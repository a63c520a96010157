#include "apps/lifelinectl/words.hpp"

#include "apps/lifelinectl/table.hpp"
#include "domain/log/events.hpp"

#include <algorithm>
#include <string_view>

namespace lifeline::ctl {

namespace {

/// Fills the placeholders of a description: {field}, {outer.field}, {field:duration}, {field|if empty}, {flag?yes:no},
/// and [...], which is left out when a field in it is empty.
class sentence {
public:
  explicit sentence(const json& entry) : entry_(entry) {}

  std::string fill(std::string_view words) {
    std::string out;
    while (!words.empty()) {
      const auto at = words.find_first_of("[{");
      out += words.substr(0, at);
      if (at == std::string_view::npos) break;
      const bool optional = words[at] == '[';
      const auto end = words.find(optional ? ']' : '}', at);
      const auto inner = words.substr(at + 1, end - at - 1);
      out += optional ? if_there(inner) : placeholder(inner);
      words.remove_prefix(end + 1);
    }
    return out;
  }

private:
  std::string if_there(std::string_view words) {
    missing_ = false;
    auto filled = fill(words);
    return missing_ ? std::string{} : filled;
  }

  std::string placeholder(std::string_view what) {
    if (const auto choice = what.find('?'); choice != std::string_view::npos) {
      const auto words = what.substr(choice + 1);
      const auto other = words.find(':');
      const auto* flag = find(what.substr(0, choice));
      const bool yes = flag != nullptr && flag->is_boolean() && flag->get<bool>();
      return std::string{yes ? words.substr(0, other) : words.substr(other + 1)};
    }
    const auto name = what.substr(0, what.find_first_of(":|"));
    const auto* value = find(name);
    if (value == nullptr || value->is_null() || (value->is_string() && value->get_ref<const std::string&>().empty())) {
      missing_ = true;
      const auto otherwise = what.find('|');
      return otherwise == std::string_view::npos ? std::string{} : std::string{what.substr(otherwise + 1)};
    }
    if (what.ends_with(":duration")) return duration(value->is_number() ? value->get<double>() : 0);
    return printable(value->is_string() ? value->get<std::string>() : value->dump());
  }

  [[nodiscard]] const json* find(std::string_view path) const {
    const auto* at = &entry_;
    while (true) {
      const auto dot = path.find('.');
      const auto found = at->find(std::string{path.substr(0, dot)});
      if (found == at->end()) return nullptr;
      at = &*found;
      if (dot == std::string_view::npos) return at;
      path.remove_prefix(dot + 1);
    }
  }

  const json& entry_;
  bool missing_ = false;
};

} // namespace

std::string entry_words(const json& entry) {
  const auto type = text(entry, "type");
  const auto words = domain::words_of(type);
  return words.empty() ? printable(type) : sentence{entry}.fill(words);
}

} // namespace lifeline::ctl
