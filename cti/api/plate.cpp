#include "cti/api/plate.hpp"

#include <qrencode.h>

#include <memory>
#include <vector>

namespace lifeline::cti {

namespace {

constexpr int width = 200; // millimetres
constexpr int height = 120;
constexpr int qr_side = 72;
constexpr int quiet_modules = 4; // ISO/IEC 18004: the blank border

struct free_qr {
  void operator()(QRcode* c) const { QRcode_free(c); }
};

/// Whole bytes of UTF-8 at the front, 0 when they are none.
std::size_t character_length(std::string_view text) {
  const auto first = static_cast<unsigned char>(text[0]);
  const std::size_t length = first < 0x80                    ? 1
                             : first >= 0xF0 && first < 0xF5 ? 4
                             : first >= 0xE0 && first < 0xF0 ? 3
                             : first >= 0xC2 && first < 0xE0 ? 2
                                                             : 0;
  if (length == 0 || length > text.size()) return 0;
  for (std::size_t i = 1; i < length; ++i)
    if ((static_cast<unsigned char>(text[i]) & 0xC0) != 0x80) return 0;
  return length;
}

std::string text_at(double x, double y, double size, std::string_view weight, std::string_view text) {
  return "<text x=\"" + std::to_string(x) + "\" y=\"" + std::to_string(y) + "\" font-size=\"" + std::to_string(size) +
         "\" font-weight=\"" + std::string{weight} + "\">" + escape_markup(text) + "</text>\n";
}

/// A square for each dark module, as one path in the code's own units.
std::string modules_path(const QRcode& code) {
  std::string path;
  for (int y = 0; y < code.width; ++y)
    for (int x = 0; x < code.width; ++x)
      if ((code.data[y * code.width + x] & 1) != 0)
        path += "M" + std::to_string(x + quiet_modules) + " " + std::to_string(y + quiet_modules) + "h1v1h-1z";
  return path;
}

/// Lines of that many characters (Chinese ones are as wide as they are high); what does not fit ends in an ellipsis.
std::vector<std::string> lines_of(std::string_view text, std::size_t length, std::size_t most) {
  std::vector<std::string> lines;
  while (!text.empty() && lines.size() < most) {
    auto& line = lines.emplace_back();
    const bool last = lines.size() == most;
    std::size_t before = 0; // the last character but one: where an ellipsis would begin
    for (std::size_t n = 0; n < length && !text.empty(); ++n) {
      before = line.size();
      const auto bytes = std::max<std::size_t>(character_length(text), 1);
      line += text.substr(0, bytes);
      text.remove_prefix(bytes);
    }
    if (last && !text.empty()) line.replace(before, std::string::npos, "…");
  }
  return lines;
}

/// Which lift it is, below its code: from `y` downwards.
std::string small_print(const domain::elevator& lift, double y) {
  std::string svg;
  const auto print = [&](const std::vector<std::string>& lines, double size) {
    for (const auto& line : lines) {
      svg += text_at(10, y, size, "normal", line);
      y += size * 1.35;
    }
  };
  print(lines_of(lift.address, 20, 3), 5);
  print(lines_of(lift.project_name, 20, 1), 5);
  print(lines_of("注册代码 " + lift.registration_code, 40, 1), 4);
  print(lines_of("维保单位 " + lift.maintenance_firm, 26, 1), 4);
  return svg;
}

} // namespace

std::string escape_markup(std::string_view text) {
  std::string out;
  while (!text.empty()) {
    const auto length = character_length(text);
    const char c = text.front();
    if (length == 0)
      out += "\xEF\xBF\xBD";
    else if (length > 1)
      out += text.substr(0, length);
    else if (c == '&')
      out += "&amp;";
    else if (c == '<')
      out += "&lt;";
    else if (c == '>')
      out += "&gt;";
    else if (c == '"')
      out += "&quot;";
    else if (c == '\'')
      out += "&#39;";
    else
      out += static_cast<unsigned char>(c) < 0x20 || c == 0x7F ? ' ' : c;
    text.remove_prefix(std::max<std::size_t>(length, 1));
  }
  return out;
}

tl::expected<std::string, std::string> draw_plate(const domain::elevator& lift, const std::string& url,
                                                  const std::string& hotline) {
  const std::unique_ptr<QRcode, free_qr> code{QRcode_encodeString8bit(url.c_str(), 0, QR_ECLEVEL_Q)};
  if (!code) return tl::make_unexpected("no QR code can be made of the link");
  const auto side = std::to_string(code->width + 2 * quiet_modules);
  const auto qr = std::to_string(qr_side);
  const auto size = [](int n) { return std::to_string(n); };
  auto svg = "<svg xmlns=\"http://www.w3.org/2000/svg\" width=\"" + size(width) + "mm\" height=\"" + size(height) +
             "mm\" viewBox=\"0 0 " + size(width) + " " + size(height) +
             "\" font-family=\"'Noto Sans CJK SC','Microsoft YaHei',sans-serif\">\n" + "<rect width=\"" + size(width) +
             "\" height=\"" + size(height) + "\" rx=\"4\" fill=\"#fff\"/>\n" + "<rect width=\"" + size(width) +
             "\" height=\"26\" rx=\"4\" fill=\"#c4161c\"/>\n<g fill=\"#fff\">" +
             text_at(10, 18, 13, "bold", "电梯应急救援标识牌") + "</g>\n";
  svg += text_at(10, 38, 6, "normal", "救援识别码");
  svg += text_at(10, 60, 24, "bold", lift.rescue_code);
  svg += text_at(10, 72, 6, "normal", "救援电话");
  svg += "<g fill=\"#c4161c\">" + text_at(38, 73, 11, "bold", hotline) + "</g>\n";
  svg += small_print(lift, 82);
  svg += "<svg x=\"120\" y=\"32\" width=\"" + qr + "\" height=\"" + qr + "\" viewBox=\"0 0 " + side + " " + side +
         "\" shape-rendering=\"crispEdges\"><rect width=\"" + side + "\" height=\"" + side +
         "\" fill=\"#fff\"/><path d=\"" + modules_path(*code) + "\"/></svg>\n";
  svg += text_at(128, 113, 6, "bold", "被困时扫码报警");
  return svg + "</svg>\n";
}

} // namespace lifeline::cti
