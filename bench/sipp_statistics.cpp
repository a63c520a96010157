#include "bench/sipp_load.hpp"

#include <charconv>
#include <cstdio>
#include <map>

namespace lifeline::bench {

namespace {

std::vector<std::string_view> split(std::string_view line, char by) {
  std::vector<std::string_view> cells;
  for (std::size_t at = 0;;) {
    const auto end = line.find(by, at);
    cells.push_back(line.substr(at, end - at));
    if (end == std::string_view::npos) return cells;
    at = end + 1;
  }
}

std::vector<std::string_view> lines_of(std::string_view text) {
  auto lines = split(text, '\n');
  for (auto& l : lines)
    if (l.ends_with('\r')) l.remove_suffix(1);
  while (!lines.empty() && lines.back().empty())
    lines.pop_back();
  return lines;
}

double number(std::string_view text) {
  double x = 0;
  std::from_chars(text.data(), text.data() + text.size(), x);
  return x;
}

/// "00:00:12" or "00:00:12:345000", hours to microseconds.
double seconds(std::string_view text) {
  const auto parts = split(text, ':');
  if (parts.size() < 3) return 0;
  return number(parts[0]) * 3600 + number(parts[1]) * 60 + number(parts[2]) +
         (parts.size() > 3 ? number(parts[3]) / 1e6 : 0);
}

} // namespace

tl::expected<sipp_statistics, std::string> read_sipp_statistics(std::string_view csv) {
  const auto lines = lines_of(csv);
  if (lines.size() < 2) return tl::unexpected(std::string{"SIPp has written no statistics"});
  std::map<std::string_view, std::size_t> columns;
  const auto heading = split(lines.front(), ';');
  for (std::size_t i = 0; i < heading.size(); ++i)
    columns.emplace(heading[i], i);
  for (const char* needed : {"ElapsedTime(C)", "CallRate(P)", "TotalCallCreated", "SuccessfulCall(C)", "FailedCall(C)",
                             "Retransmissions(C)", "FailedUnexpectedMessage(C)"})
    if (!columns.contains(needed)) return tl::unexpected("SIPp's statistics have no column " + std::string{needed});
  const auto cell = [&](const std::vector<std::string_view>& cells, const char* name) {
    const auto at = columns.at(name);
    return at < cells.size() ? cells[at] : std::string_view{};
  };
  sipp_statistics s;
  for (std::size_t i = 1; i < lines.size(); ++i) {
    const auto cells = split(lines[i], ';');
    if (cells.size() + 1 < heading.size()) continue; // cut while it was being written
    const auto count = [&](const char* name) { return static_cast<std::uint64_t>(number(cell(cells, name))); };
    s.created = count("TotalCallCreated");
    s.successful = count("SuccessfulCall(C)");
    s.failed = count("FailedCall(C)");
    s.retransmissions = count("Retransmissions(C)");
    s.unexpected = count("FailedUnexpectedMessage(C)");
    s.created_per_second.emplace_back(seconds(cell(cells, "ElapsedTime(C)")), number(cell(cells, "CallRate(P)")));
  }
  return s;
}

double sipp_result::success() const {
  return statistics.created == 0 ? 0
                                 : static_cast<double>(statistics.successful) / static_cast<double>(statistics.created);
}

void remark_on_sipp(report& r, const sipp_result& s, const std::string& of, double wanted_rate) {
  char text[200];
  if (s.cpu_percent >= 90) {
    std::snprintf(text, sizeof text, "%s SIPp used %.0f %% of a core: the figures are SIPp's limit.", of.c_str(),
                  s.cpu_percent);
    r.remarks.emplace_back(text);
  }
  if (s.statistics.retransmissions > 0) {
    std::snprintf(text, sizeof text, "%s SIPp sent %llu messages again: answers were late or datagrams lost.",
                  of.c_str(), static_cast<unsigned long long>(s.statistics.retransmissions));
    r.remarks.emplace_back(text);
  }
  const auto made = s.seconds > 0 ? static_cast<double>(s.statistics.created) / s.seconds : 0;
  if (wanted_rate > 0 && made < 0.97 * wanted_rate) {
    std::snprintf(text, sizeof text, "%s SIPp made only %.0f calls/s.", of.c_str(), made);
    r.remarks.emplace_back(text);
  }
}

} // namespace lifeline::bench
