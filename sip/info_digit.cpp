#include "sip/info_digit.hpp"

namespace lifeline::sip {

std::string info_digit(std::string_view content_type, std::string_view body) {
  if (content_type == "application/dtmf-relay") {
    const auto signal = body.find("ignal");
    const auto equals = signal == std::string_view::npos ? signal : body.find('=', signal);
    if (equals == std::string_view::npos) return {};
    body = body.substr(equals + 1);
  } else if (content_type != "application/dtmf") {
    return {};
  }
  const auto first = body.find_first_not_of(" \t");
  if (first == std::string_view::npos) return {};
  body = body.substr(first, body.find_first_of(" \t\r\n", first) - first);
  static constexpr std::string_view digits = "0123456789*#ABCD";
  if (body.size() == 2 && body[0] == '1' && body[1] >= '0' && body[1] <= '5')
    return std::string{digits[static_cast<std::size_t>(10 + body[1] - '0')]};
  if (body.size() != 1) return {};
  const auto c = body[0] >= 'a' && body[0] <= 'd' ? static_cast<char>(body[0] - 'a' + 'A') : body[0];
  return digits.find(c) == std::string_view::npos ? std::string{} : std::string{c};
}

} // namespace lifeline::sip
