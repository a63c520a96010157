#include "config/read_values.hpp"

#include "config/names.hpp"

namespace lifeline::config {

namespace {

const char* example_of(const std::string& title) {
  if (title == "[[agent]]") return "8001";
  if (title == "[[rescue.vendor]]") return "lift-cloud";
  return title == "[[api_client]]" ? "city-platform" : "12315";
}

} // namespace

void read_name(section& s, const char* key, const std::string& title, std::string& out) {
  if (!s.has(key)) {
    s.problem_at(key,
                 std::string{key} + ": missing in " + title + ", expected a text like \"" + example_of(title) + "\"");
  }
  if (s.text(key, out) && !is_name(out)) {
    s.problem_at(key, std::string{key} + ": expected 1 to 64 letters, digits, '.', '_' or '-', found the text " +
                          quote(out));
    out.clear();
  }
}

void read_number(section& s, const char* key, std::string& out) {
  if (s.text(key, out) && !is_number(out)) {
    s.problem_at(key, std::string{key} + ": expected digits, perhaps after a '+', found the text " + quote(out));
    out.clear();
  }
}

bool read_numbers(section& s, const char* key, std::vector<std::string>& out, problem_list& problems) {
  const bool right = s.texts(key, out);
  for (std::size_t i = 0; i < out.size(); ++i) {
    if (out[i].empty() || is_number(out[i])) continue;
    if (right) {
      problems.add(place_of(s.table(), key, i),
                   std::string{key} + ": expected digits, perhaps after a '+', found the text " + quote(out[i]));
    }
    out[i].clear();
  }
  return right;
}

void read_networks(section& s, const char* key, std::vector<std::string>& out, problem_list& problems) {
  s.texts(key, out);
  for (std::size_t i = 0; i < out.size(); ++i) {
    if (out[i].empty()) continue;
    auto network = canonical_cidr(out[i]);
    if (network) {
      out[i] = std::move(*network);
    } else {
      problems.add(place_of(s.table(), key, i), std::string{key} + ": " + network.error() + ", found " + quote(out[i]));
      out[i].clear();
    }
  }
}

void read_advertised(section& s, std::string& out) {
  if (s.text("advertised", out) && !is_host(out)) {
    s.problem_at("advertised", "advertised: expected an address or a host name, found the text " + quote(out));
  }
}

void read_bind(section& s, std::string& out) {
  if (s.text("bind", out) && !is_address(out)) {
    s.problem_at("bind",
                 "bind: expected an IP address of this machine, \"0.0.0.0\" or \"::\", found the text " + quote(out));
  }
}

} // namespace lifeline::config
