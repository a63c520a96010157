#include "domain/lifts/p100.hpp"

#include <algorithm>

namespace lifeline::domain {

namespace {

constexpr std::string_view alphabet = "0123456789ABCD*#";
constexpr std::size_t frame_digits = 4; // type, length, checksum
constexpr std::size_t id_digits = 8;
constexpr std::size_t code_digits = 3;
constexpr std::size_t max_heard = 200;

bool is_decimal(std::string_view text) {
  return std::all_of(text.begin(), text.end(), [](char c) { return c >= '0' && c <= '9'; });
}

bool is_known(unsigned type) { return type >= 1 && type <= 3; }

} // namespace

std::string_view to_string(p100_type t) {
  switch (t) {
  case p100_type::alarm: return "alarm";
  case p100_type::failure: return "failure";
  case p100_type::self_test: return "self-test";
  }
  return "unknown";
}

std::string_view to_string(p100_fault f) {
  switch (f) {
  case p100_fault::too_short: return "the packet is too short";
  case p100_fault::not_a_digit: return "a character is no DTMF digit";
  case p100_fault::wrong_checksum: return "the checksum is wrong";
  case p100_fault::unknown_type: return "the packet's type is unknown";
  case p100_fault::wrong_form: return "the packet's length or data do not fit its type";
  }
  return "unknown";
}

std::optional<unsigned> p100_value(char digit) {
  const auto place = alphabet.find(digit);
  if (place == std::string_view::npos) return std::nullopt;
  return static_cast<unsigned>(place);
}

std::string p100_checksum(std::string_view digits) {
  unsigned sum = 0;
  for (const char c : digits)
    sum += p100_value(c).value_or(0);
  return {alphabet[sum >> 4 & 0xf], alphabet[sum & 0xf]};
}

std::string write_p100(const p100_packet& packet) {
  const auto data = packet.lift + (packet.type == p100_type::failure ? packet.code : std::string{});
  std::string text{alphabet[static_cast<std::size_t>(packet.type)], alphabet[data.size() & 0xf]};
  text += data;
  return text + p100_checksum(text);
}

tl::expected<p100_packet, p100_fault> read_p100(std::string_view digits) {
  if (digits.size() < frame_digits) return tl::unexpected(p100_fault::too_short);
  if (!std::all_of(digits.begin(), digits.end(), [](char c) { return p100_value(c).has_value(); }))
    return tl::unexpected(p100_fault::not_a_digit);
  const auto type = *p100_value(digits[0]);
  const auto length = *p100_value(digits[1]);
  if (digits.size() < length + frame_digits) return tl::unexpected(p100_fault::too_short);
  const auto body = digits.substr(0, digits.size() - 2);
  if (digits.size() > length + frame_digits || digits.substr(body.size()) != p100_checksum(body))
    return tl::unexpected(p100_fault::wrong_checksum);
  if (!is_known(type)) return tl::unexpected(p100_fault::unknown_type);
  p100_packet packet;
  packet.type = static_cast<p100_type>(type);
  const auto data = body.substr(2);
  const auto wanted = id_digits + (packet.type == p100_type::failure ? code_digits : 0);
  if (data.size() != wanted || !is_decimal(data)) return tl::unexpected(p100_fault::wrong_form);
  packet.lift = data.substr(0, id_digits);
  packet.code = data.substr(id_digits);
  return packet;
}

std::optional<std::string> p100_collector::push(char digit, instant now) {
  if (!p100_value(digit)) return std::nullopt;
  if (is_stale(now)) digits.clear();
  if (digits.empty() && (digit < '1' || digit > '9')) return std::nullopt;
  digits += digit;
  last = now;
  if (digits.size() < 2 || digits.size() < *p100_value(digits[1]) + frame_digits) return std::nullopt;
  auto whole = std::move(digits);
  digits.clear();
  return whole;
}

// ---- the dialogue ----------------------------------------------------------------------------------------------

namespace {

struct dialogue {
  p100_state& s;
  instant now;
  std::vector<p100_command_type> out;

  void on(const p100_begins&);
  void on(const p100_digit& e);
  void on(const p100_stored& e);
  void on(const p100_clock&);

  void ask(bool again);
  void take(const std::string& digits);
  void keep_for_people(const std::string& digits);
  void once_more();
  void call_again();
  void give_up(const std::string& why);
  void acknowledge();
  [[nodiscard]] bool searching() const {
    return s.phase == p100_phase::calling || s.phase == p100_phase::reading || s.phase == p100_phase::spoilt;
  }
};

void dialogue::ask(bool again) {
  ++s.starts;
  s.asked = now;
  out.emplace_back(p100_command::send_tone{p100_start, again});
}

void dialogue::on(const p100_begins&) {
  if (s.begun != never) return;
  s.begun = s.progress = now;
  ask(false);
}

void dialogue::on(const p100_digit& e) {
  on(p100_clock{}); // the clock's own event may be late
  if (s.begun == never || s.phase == p100_phase::over || !p100_value(e.digit)) return;
  if (s.phase == p100_phase::spoilt) { // it is still talking: C would not be heard
    s.collected.last = now;
    return;
  }
  const auto before = s.collected.digits.size();
  if (auto whole = s.collected.push(e.digit, now)) return take(*whole);
  if (s.collected.digits.size() == before) return; // an echo, or the line's noise
  if (s.phase == p100_phase::calling) s.phase = p100_phase::reading;
  if (s.phase == p100_phase::reading) s.progress = now;
}

void dialogue::take(const std::string& digits) {
  const auto read = read_p100(digits);
  if (read) {
    s.progress = now;
    if (s.packet == *read && s.phase == p100_phase::acknowledged) return acknowledge(); // our A was lost
    if (s.packet == *read && s.phase == p100_phase::storing) return;                    // its A is under way
    if (s.phase == p100_phase::storing) return; // another one before the first is stored: it will be sent again
    s.packet = *read;
    s.phase = p100_phase::storing;
    s.stored_by = now + p100_store_patience;
    out.emplace_back(p100_command::identified{*read});
    return;
  }
  if (!searching()) return; // half of a packet that is known: the device repeats it
  keep_for_people(digits);
  s.fault = read.error();
  if (read.error() == p100_fault::unknown_type) return give_up(std::string{to_string(read.error())});
  s.phase = p100_phase::spoilt;
  s.collected.last = now;
}

void dialogue::keep_for_people(const std::string& digits) {
  if (s.heard.size() + digits.size() >= max_heard) return;
  if (!s.heard.empty()) s.heard += ' ';
  s.heard += digits;
}

void dialogue::once_more() {
  s.collected = {};
  if (s.retries >= p100_max_retries) return give_up(std::string{to_string(s.fault.value_or(p100_fault::too_short))});
  ++s.retries;
  s.phase = p100_phase::calling;
  s.progress = now;
  s.asked = never; // C has asked for it: no further D
  out.emplace_back(p100_command::send_tone{p100_retransmit, false});
}

void dialogue::call_again() {
  s.collected = {};
  s.phase = p100_phase::calling;
  if (s.retries == 0) ask(true);
}

void dialogue::give_up(const std::string& why) {
  s.phase = p100_phase::over;
  out.emplace_back(p100_command::gave_up{why, s.heard});
}

void dialogue::acknowledge() {
  s.phase = p100_phase::acknowledged;
  s.progress = now;
  s.collected = {};
  out.emplace_back(p100_command::send_tone{p100_acknowledge, false});
}

void dialogue::on(const p100_stored& e) {
  if (!s.packet) return;
  if (s.phase == p100_phase::over && s.stored_by != never && e.ok) { // late, but on disk: the device may know
    s.stored_by = never;
    out.emplace_back(p100_command::send_tone{p100_acknowledge, false});
    return;
  }
  if (s.phase != p100_phase::storing) return;
  if (e.ok) {
    s.stored_by = never;
    return acknowledge();
  }
  s.phase = p100_phase::over; // `stored_by` stays: it may be tried again
  out.emplace_back(p100_command::unstored{*s.packet});
}

void dialogue::on(const p100_clock&) {
  if (s.begun == never || s.phase == p100_phase::over) return;
  if (s.phase == p100_phase::storing) {
    if (now < s.stored_by) return;
    s.phase = p100_phase::over; // `stored_by` stays: the result may still come
    out.emplace_back(p100_command::unstored{*s.packet});
    return;
  }
  if (s.phase == p100_phase::acknowledged) {
    if (now < std::min(std::max(s.progress, s.collected.last) + p100_linger, s.begun + longest_p100_talk)) return;
    s.phase = p100_phase::over;
    out.emplace_back(p100_command::finished{});
    return;
  }
  if (now >= std::min(s.progress + s.patience, s.begun + p100_longest_search * s.patience)) {
    keep_for_people(s.collected.digits);
    return give_up(s.fault ? std::string{to_string(*s.fault)} : "the lift's phone did not identify itself");
  }
  if (s.phase == p100_phase::spoilt && now >= s.collected.last + p100_digit_gap) return once_more();
  if (s.phase == p100_phase::reading && s.collected.is_stale(now)) {
    if (s.collected.digits.size() < 2) return call_again(); // a voice that sounded like a key
    keep_for_people(s.collected.digits);
    s.fault = p100_fault::too_short;
    return once_more();
  }
  if (s.phase == p100_phase::calling && s.asked != never && now >= s.asked + p100_start_again) ask(true);
}

} // namespace

std::vector<p100_command_type> step(p100_state& s, const p100_event& e, instant now) {
  dialogue d{s, now, {}};
  std::visit([&](const auto& event) { d.on(event); }, e);
  return std::move(d.out);
}

instant next_deadline(const p100_state& s) {
  if (s.begun == never || s.phase == p100_phase::over) return never;
  if (s.phase == p100_phase::storing) return s.stored_by;
  if (s.phase == p100_phase::acknowledged)
    return std::min(std::max(s.progress, s.collected.last) + p100_linger, s.begun + longest_p100_talk);
  auto next = std::min(s.progress + s.patience, s.begun + p100_longest_search * s.patience);
  if (s.phase == p100_phase::spoilt || (s.phase == p100_phase::reading && !s.collected.digits.empty()))
    next = std::min(next, s.collected.last + p100_digit_gap);
  if (s.phase == p100_phase::calling && s.asked != never) next = std::min(next, s.asked + p100_start_again);
  return next;
}

} // namespace lifeline::domain
