#include "bench/report.hpp"

#include "build_info.hpp"
#include "domain/base/time.hpp"

#include <nlohmann/json.hpp>

#include <algorithm>
#include <cmath>
#include <cstdio>
#include <fstream>
#include <map>
#include <thread>

#include <sys/utsname.h>

namespace lifeline::bench {

namespace {

using json = nlohmann::ordered_json;

std::string processor() {
  std::ifstream info("/proc/cpuinfo");
  for (std::string line; std::getline(info, line);) {
    if (line.starts_with("model name"))
      if (const auto colon = line.find(": "); colon != std::string::npos) return line.substr(colon + 2);
  }
  return "processor unknown";
}

/// Three or four significant digits, as a person reads them.
std::string shown(double x) {
  char text[40];
  const auto magnitude = std::abs(x);
  const int digits = magnitude >= 1000 || x == std::floor(x) ? 0 : magnitude >= 100 ? 1 : magnitude >= 1 ? 2 : 4;
  std::snprintf(text, sizeof text, "%.*f", digits, x);
  return text;
}

/// Columns in a terminal: Chinese characters take two.
std::size_t width_of(const std::string& text) {
  std::size_t width = 0;
  for (const char c : text) {
    const auto byte = static_cast<unsigned char>(c);
    if (byte < 0x80 || byte >= 0xC0) width += byte >= 0xE3 ? 2 : 1;
  }
  return width;
}

std::string padded(const std::string& text, std::size_t width) {
  const auto has = width_of(text);
  return text + std::string(width > has ? width - has : 0, ' ');
}

std::string columns(const std::vector<std::vector<std::string>>& rows) {
  std::vector<std::size_t> widths;
  for (const auto& row : rows) {
    widths.resize(std::max(widths.size(), row.size()));
    for (std::size_t i = 0; i < row.size(); ++i)
      widths[i] = std::max(widths[i], width_of(row[i]));
  }
  std::string out;
  for (const auto& row : rows) {
    std::string line;
    for (std::size_t i = 0; i < row.size(); ++i)
      line += i + 1 == row.size() ? row[i] : padded(row[i], widths[i] + 2);
    out += line + '\n';
  }
  return out;
}

const char* to_text(better b) { return b == better::lower ? "lower" : b == better::higher ? "higher" : "neither"; }

} // namespace

figure& report::add(std::string name, double value, std::string unit, better direction, double target) {
  figures.push_back({std::move(name), value, std::move(unit), direction, target, {}});
  return figures.back();
}

report make_report(std::string run, std::string command) {
  report r;
  r.run = std::move(run);
  r.command = std::move(command);
  r.version = std::string{build_version} + " (" + std::string{build_revision} + ")";
  utsname system{};
  ::uname(&system);
  r.machine = std::to_string(std::thread::hardware_concurrency()) + " cores, " + processor() + ", " + system.sysname +
              " " + system.release;
  r.begun = domain::to_rfc3339(std::chrono::time_point_cast<domain::span>(std::chrono::system_clock::now()));
  return r;
}

double sample::mean() const {
  double sum = 0;
  for (const auto v : values_)
    sum += v;
  return values_.empty() ? 0 : sum / static_cast<double>(values_.size());
}

void sample::sort() {
  if (sorted_ == values_.size()) return;
  std::sort(values_.begin(), values_.end());
  sorted_ = values_.size();
}

double sample::percentile(double p) {
  if (values_.empty()) return 0;
  sort();
  const auto rank = static_cast<std::size_t>(std::ceil(p * static_cast<double>(values_.size())));
  return values_[std::min(values_.size() - 1, rank == 0 ? 0 : rank - 1)];
}

double sample::largest() { return percentile(1); }

void sample::describe(report& r, const std::string& name, const std::string& unit, const percentile_targets& targets) {
  r.add(name + " p50", percentile(0.5), unit, better::lower, targets.p50);
  r.add(name + " p95", percentile(0.95), unit, better::lower, targets.p95);
  r.add(name + " p99", percentile(0.99), unit, better::lower, targets.p99);
  r.add(name + " max", largest(), unit);
}

spread sample::histogram(std::string name, std::string unit) {
  spread s{std::move(name), std::move(unit), {}};
  if (values_.empty()) return s;
  const auto least = std::max(percentile(0.001), 1e-6);
  const auto most = std::max(largest(), least * 1.01);
  constexpr int count = 40;
  std::size_t from = 0;
  for (int i = 1; i <= count; ++i) {
    const auto bound = least * std::pow(most / least, static_cast<double>(i) / count);
    auto to = i == count
                  ? values_.size()
                  : static_cast<std::size_t>(std::upper_bound(values_.begin(), values_.end(), bound) - values_.begin());
    s.buckets.emplace_back(bound, to - from);
    from = to;
  }
  return s;
}

std::string as_table(const report& r) {
  std::string out = r.run + ": " + r.machine + ", Lifeline " + r.version + '\n';
  std::vector<std::vector<std::string>> rows;
  for (const auto& f : r.figures)
    rows.push_back({"  " + f.name, shown(f.value) + (f.unit.empty() ? "" : " " + f.unit),
                    (f.target > 0 ? "target " + shown(f.target) : std::string{}) +
                        (f.note.empty() ? std::string{} : " (" + f.note + ")")});
  out += columns(rows);
  for (const auto& s : r.sheets) {
    std::vector<std::vector<std::string>> lines{s.heading};
    lines.insert(lines.end(), s.rows.begin(), s.rows.end());
    out += '\n' + s.title + '\n' + columns(lines);
  }
  for (const auto& remark : r.remarks)
    out += "  note: " + remark + '\n';
  return out;
}

std::string as_json(const report& r) {
  json figures = json::array();
  for (const auto& f : r.figures) {
    json one{{"name", f.name}, {"value", f.value}, {"unit", f.unit}, {"better", to_text(f.direction)}};
    if (f.target > 0) one["target"] = f.target;
    if (!f.note.empty()) one["note"] = f.note;
    figures.push_back(std::move(one));
  }
  json curves = json::array();
  for (const auto& c : r.curves)
    curves.push_back({{"name", c.name}, {"x_unit", c.x_unit}, {"y_unit", c.y_unit}, {"points", c.points}});
  json spreads = json::array();
  for (const auto& s : r.spreads)
    spreads.push_back({{"name", s.name}, {"unit", s.unit}, {"buckets", s.buckets}});
  json sheets = json::array();
  for (const auto& s : r.sheets)
    sheets.push_back({{"title", s.title}, {"heading", s.heading}, {"rows", s.rows}});
  return json{{"run", r.run},     {"command", r.command}, {"version", r.version}, {"machine", r.machine},
              {"begun", r.begun}, {"figures", figures},   {"curves", curves},     {"spreads", spreads},
              {"sheets", sheets}, {"remarks", r.remarks}}
             .dump(1) +
         '\n';
}

tl::expected<std::string, std::string> compare(const report& r, const std::string& earlier_json) {
  const auto earlier = json::parse(earlier_json, nullptr, false);
  if (!earlier.is_object() || !earlier.contains("figures") || !earlier.at("figures").is_array())
    return tl::unexpected(std::string{"it is not a report of this program"});
  if (earlier.value("run", std::string{}) != r.run)
    return tl::unexpected("it is a report of the run \"" + earlier.value("run", std::string{}) + "\", not of \"" +
                          r.run + "\"");
  std::map<std::string, double> before;
  for (const auto& f : earlier.at("figures"))
    if (f.is_object() && f.contains("name") && f.contains("value") && f.at("value").is_number())
      before[f.at("name").get<std::string>()] = f.at("value").get<double>();
  std::vector<std::vector<std::string>> rows{{"  figure", "now", "then", "ratio", ""}};
  for (const auto& f : r.figures) {
    const auto found = before.find(f.name);
    if (found == before.end()) continue;
    const auto ratio = found->second == 0 ? (f.value == 0 ? 1 : INFINITY) : f.value / found->second;
    const bool improved = f.direction == better::higher ? ratio > 1.03 : ratio < 0.97;
    const bool worse = f.direction == better::higher ? ratio < 0.97 : ratio > 1.03;
    const char* word = f.direction == better::neither ? "" : improved ? "better" : worse ? "worse" : "";
    rows.push_back(
        {"  " + f.name, shown(f.value) + " " + f.unit, shown(found->second) + " " + f.unit, shown(ratio), word});
  }
  return "against " + earlier.value("version", std::string{"?"}) + " of " + earlier.value("begun", std::string{"?"}) +
         '\n' + columns(rows);
}

} // namespace lifeline::bench
