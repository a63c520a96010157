#include "cti/http/target.hpp"

#include <algorithm>

namespace lifeline::cti {

namespace {

int hex_value(char c) {
  if (c >= '0' && c <= '9') return c - '0';
  if (c >= 'a' && c <= 'f') return c - 'a' + 10;
  if (c >= 'A' && c <= 'F') return c - 'A' + 10;
  return -1;
}

std::optional<std::string> decode(std::string_view text, bool plus_is_space) {
  std::string out;
  out.reserve(text.size());
  for (std::size_t i = 0; i < text.size(); ++i) {
    if (text[i] == '%') {
      if (i + 2 >= text.size()) return std::nullopt;
      const int high = hex_value(text[i + 1]);
      const int low = hex_value(text[i + 2]);
      if (high < 0 || low < 0 || (high == 0 && low == 0)) return std::nullopt;
      out += static_cast<char>(high * 16 + low);
      i += 2;
    } else {
      out += plus_is_space && text[i] == '+' ? ' ' : text[i];
    }
  }
  return out;
}

} // namespace

tl::expected<target, std::string> parse_target(std::string_view text, bool tolerant) {
  if (text.empty() || text.front() != '/') return tl::make_unexpected("the target must begin with /");
  target result;
  const auto mark = text.find('?');
  auto path = text.substr(1, mark == std::string_view::npos ? mark : mark - 1);
  while (!path.empty()) {
    const auto slash = std::min(path.find('/'), path.size());
    auto segment = decode(path.substr(0, slash), false);
    if (!segment) return tl::make_unexpected("the path has a broken percent sign");
    result.path.push_back(std::move(*segment));
    path.remove_prefix(std::min(slash + 1, path.size()));
  }
  auto query = mark == std::string_view::npos ? std::string_view{} : text.substr(mark + 1);
  while (!query.empty()) {
    const auto end = std::min(query.find('&'), query.size());
    const auto item = query.substr(0, end);
    query.remove_prefix(std::min(end + 1, query.size()));
    const auto equals = std::min(item.find('='), item.size());
    auto name = decode(item.substr(0, equals), true);
    auto value = decode(item.substr(std::min(equals + 1, item.size())), true);
    if ((!name || !value) && tolerant) continue;
    if (!name || !value) return tl::make_unexpected("the query has a broken percent sign");
    result.query.emplace_back(std::move(*name), std::move(*value));
  }
  return result;
}

} // namespace lifeline::cti
