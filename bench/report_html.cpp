// The report as one page without anything from elsewhere: the plots are SVG, drawn here.
#include "bench/report.hpp"

#include <algorithm>
#include <cmath>
#include <cstdio>

namespace lifeline::bench {

namespace {

constexpr double width = 640;
constexpr double height = 240;
constexpr double left = 70;
constexpr double bottom = 36;
constexpr double top = 14;

std::string escaped(const std::string& text) {
  std::string out;
  for (const char c : text) {
    switch (c) {
    case '&': out += "&amp;"; break;
    case '<': out += "&lt;"; break;
    case '>': out += "&gt;"; break;
    case '"': out += "&quot;"; break;
    default: out += c;
    }
  }
  return out;
}

std::string number(double x) {
  char text[40];
  std::snprintf(text, sizeof text, "%.4g", x);
  return text;
}

std::string element(const char* format, double a, double b, double c, double d) {
  char text[256];
  std::snprintf(text, sizeof text, format, a, b, c, d);
  return text;
}

/// Both axes with the least and the largest value.
std::string frame(const std::string& x_least, const std::string& x_most, const std::string& y_most) {
  std::string svg =
      element(R"(<path class="axis" d="M%.1f %.1f V%.1f H%.1f"/>)", left, top, height - bottom, width - 10);
  const auto label = [&](double x, double y, const char* anchor, const std::string& text) {
    svg += element(R"(<text x="%.1f" y="%.1f" )", x, y, 0, 0) + "text-anchor=\"" + anchor + "\">" + escaped(text) +
           "</text>";
  };
  label(left, height - bottom + 18, "start", x_least);
  label(width - 10, height - bottom + 18, "end", x_most);
  label(left - 6, top + 10, "end", y_most);
  label(left - 6, height - bottom, "end", "0");
  return svg;
}

std::string opened() {
  return element(R"(<svg viewBox="0 0 %.0f %.0f" width="%.0f" height="%.0f" role="img">)", width, height, width,
                 height);
}

std::string draw(const series& s) {
  if (s.points.empty()) return {};
  double x_least = s.points.front().first;
  double x_most = x_least;
  double y_most = 0;
  for (const auto& [x, y] : s.points) {
    x_least = std::min(x_least, x);
    x_most = std::max(x_most, x);
    y_most = std::max(y_most, y);
  }
  if (y_most <= 0) y_most = 1;
  const auto x_range = x_most > x_least ? x_most - x_least : 1;
  std::string line;
  for (const auto& [x, y] : s.points)
    line += element("%.1f,%.1f ", left + (width - 10 - left) * (x - x_least) / x_range,
                    height - bottom - (height - bottom - top) * y / y_most, 0, 0);
  return "<h3>" + escaped(s.name) + "</h3>" + opened() +
         frame(number(x_least) + " " + s.x_unit, number(x_most) + " " + s.x_unit, number(y_most) + " " + s.y_unit) +
         "<polyline class=\"line\" points=\"" + line + "\"/></svg>\n";
}

std::string draw(const spread& s) {
  if (s.buckets.empty()) return {};
  std::uint64_t most = 1;
  for (const auto& [bound, n] : s.buckets)
    most = std::max(most, n);
  const auto step = (width - 10 - left) / static_cast<double>(s.buckets.size());
  std::string bars;
  double x = left;
  for (const auto& [bound, n] : s.buckets) {
    const auto tall = (height - bottom - top) * static_cast<double>(n) / static_cast<double>(most);
    bars += element(R"(<rect class="bar" x="%.1f" y="%.1f" width="%.1f" height="%.1f">)", x + 1, height - bottom - tall,
                    step - 2, tall) +
            "<title>up to " + number(bound) + " " + escaped(s.unit) + ": " + std::to_string(n) + "</title></rect>";
    x += step;
  }
  return "<h3>" + escaped(s.name) + "</h3>" + opened() +
         frame(number(s.buckets.front().first) + " " + s.unit, number(s.buckets.back().first) + " " + s.unit,
               std::to_string(most)) +
         bars + "</svg>\n";
}

std::string row(const std::vector<std::string>& cells, const char* tag) {
  std::string out = "<tr>";
  for (const auto& c : cells)
    out += std::string{"<"} + tag + ">" + escaped(c) + "</" + tag + ">";
  return out + "</tr>\n";
}

constexpr const char* style = R"(<style>
body{font:15px/1.45 system-ui,sans-serif;margin:2rem auto;max-width:60rem;padding:0 1rem;color:#1c2630}
table{border-collapse:collapse;margin:.6rem 0}td,th{padding:.2rem .8rem .2rem 0;text-align:left;border-bottom:1px solid #dde3e8}
td:nth-child(2){font-variant-numeric:tabular-nums}h1{font-size:1.5rem}h3{margin:1.4rem 0 .2rem;font-size:1rem}
.muted{color:#5b6875}svg{max-width:100%;height:auto}.axis{fill:none;stroke:#8795a1}.line{fill:none;stroke:#0b6bcb;stroke-width:2}
.bar{fill:#0b6bcb}text{font-size:12px;fill:#5b6875}
</style>)";

} // namespace

std::string as_html(const report& r) {
  std::string out = "<!doctype html>\n<html lang=\"en\"><head><meta charset=\"utf-8\"><title>" + escaped(r.run) +
                    " – Lifeline</title>\n" + style + "</head><body>\n<h1>" + escaped(r.run) +
                    "</h1>\n<p class=\"muted\">" + escaped(r.begun) + " · Lifeline " + escaped(r.version) + " · " +
                    escaped(r.machine) + "<br><code>" + escaped(r.command) + "</code></p>\n<table>\n" +
                    row({"figure", "value", "target", ""}, "th");
  for (const auto& f : r.figures)
    out += row({f.name, number(f.value) + " " + f.unit, f.target > 0 ? number(f.target) + " " + f.unit : "", f.note},
               "td");
  out += "</table>\n";
  for (const auto& remark : r.remarks)
    out += "<p>" + escaped(remark) + "</p>\n";
  for (const auto& s : r.spreads)
    out += draw(s);
  for (const auto& c : r.curves)
    out += draw(c);
  for (const auto& s : r.sheets) {
    out += "<h3>" + escaped(s.title) + "</h3>\n<table>\n" + row(s.heading, "th");
    for (const auto& cells : s.rows)
      out += row(cells, "td");
    out += "</table>\n";
  }
  return out + "</body></html>\n";
}

} // namespace lifeline::bench
