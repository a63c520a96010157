#include "config/read_values.hpp"

#include "config/names.hpp"
#include "config/read_sections.hpp"

#include <fstream>

namespace lifeline::config {

namespace {

const char* example_of(const std::string& title) {
  if (title == "[[agent]]") return "8001";
  if (title == "[[rescue.vendor]]") return "lift-cloud";
  return title == "[[api_client]]" ? "city-platform" : "12315";
}

/// What is wrong with a PEM file that should hold `what`, or nothing. Shows nothing of its content.
std::string pem_fault(const std::string& path, const std::string& what) {
  std::error_code error;
  if (!std::filesystem::exists(path, error)) return "there is no such file";
  if (!std::filesystem::is_regular_file(path, error)) return "it is not a file";
  std::ifstream in(path, std::ios::binary);
  if (!in) return "it cannot be read";
  // Longer than any chain of certificates; somebody may have named a recording.
  std::string text(1U << 20U, '\0');
  in.read(text.data(), static_cast<std::streamsize>(text.size()));
  text.resize(static_cast<std::size_t>(in.gcount()));
  const auto begin = text.find("-----BEGIN ");
  const auto label = what + "-----";
  if (begin == std::string::npos || text.find(label, begin) == std::string::npos) {
    return "expected a PEM file with \"-----BEGIN ... " + label + "\"";
  }
  return {};
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

void read_pem(section& s, const std::string& key, const std::string& what, const std::string& title,
              const std::filesystem::path& folder, bool used, const std::string& needed, std::string& out) {
  std::string path;
  if (s.text(key, path) && !path.empty()) out = resolve(folder, path);
  if (!used) return;
  if (out.empty()) {
    if (!needed.empty() && (!s.has(key) || path.empty()))
      s.problem_at(key, key + ": missing in " + title + ", " + needed);
    return;
  }
  if (const auto fault = pem_fault(out, what); !fault.empty())
    s.problem_at(key, key + ": " + quote(path) + " cannot be used: " + fault + " (looked for " + out + ")");
}

} // namespace lifeline::config
