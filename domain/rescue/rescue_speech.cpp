#include "domain/rescue/rescue_speech.hpp"

#include "domain/rescue/order_code.hpp"

#include <algorithm>
#include <array>
#include <stdexcept>
#include <utility>

namespace lifeline::domain {

namespace {

constexpr std::size_t longest_text = 80;
constexpr std::size_t most_choices = 9;
constexpr std::array<const char*, 10> digits = {"零", "一", "二", "三", "四", "五", "六", "七", "八", "九"};

void add(utterance& u, std::string_view name) { u.push_back(rescue_phrase(name)); }
void add_free(utterance& u, std::string text) { u.push_back({{}, std::move(text)}); }

/// Length of the UTF-8 sequence that begins at `at`; 0: it is ill-formed.
std::size_t sequence_length(std::string_view text, std::size_t at) {
  const auto first = static_cast<unsigned char>(text[at]);
  const std::size_t length = first < 0x80 ? 1 : first >= 0xF0 ? 4 : first >= 0xE0 ? 3 : first >= 0xC2 ? 2 : 0;
  if (length == 0 || first > 0xF4 || at + length > text.size()) return 0;
  for (std::size_t i = 1; i < length; ++i)
    if ((static_cast<unsigned char>(text[at + i]) & 0xC0) != 0x80) return 0;
  return length;
}

/// The value of an ASCII or full-width digit (U+FF10 ..), or -1.
int digit_value(std::string_view character) {
  if (character.size() == 1 && character[0] >= '0' && character[0] <= '9') return character[0] - '0';
  if (character.size() != 3 || character[0] != '\xEF' || character[1] != '\xBC') return -1;
  const int value = static_cast<unsigned char>(character[2]) - 0x90;
  return value >= 0 && value <= 9 ? value : -1;
}

/// Control characters, and brackets, which a speech program may take for its own marks.
bool is_silent(std::string_view character) {
  if (character.size() != 1) return false;
  const auto c = static_cast<unsigned char>(character[0]);
  return c < 0x20 || c == 0x7F || std::string_view{"[]<>{}|\\\"`"}.find(character[0]) != std::string_view::npos;
}

std::string place_of(const order_state& about) {
  auto place = speakable(about.address);
  const auto project = speakable(about.project);
  if (!project.empty() && place.find(project) == std::string::npos) place += (place.empty() ? "" : "，") + project;
  return place;
}

void add_place(utterance& u, const order_state& about) {
  const auto place = place_of(about);
  const auto code = spell_digits(speakable(about.lift));
  if (place.empty())
    add(u, "rescue-place-unknown");
  else
    add_free(u, "地点，" + place + "。");
  if (!code.empty()) add_free(u, "救援识别码，" + code + "。");
}

void add_people(utterance& u, const order_state& about) {
  if (about.trapped > 0) add_free(u, "被困" + count_in_words(about.trapped) + "人。");
  if (about.injured > 0) add_free(u, "受伤" + count_in_words(about.injured) + "人。");
  if (about.fire) add(u, "rescue-fire");
  if (about.medical) add(u, "rescue-medical");
  if (about.children) add(u, "rescue-children");
  if (about.elderly) add(u, "rescue-elderly");
}

void add_all(utterance& u, const utterance& more) { u.insert(u.end(), more.begin(), more.end()); }

void add_time(utterance& u, const order_state& about, instant now) {
  const auto minutes =
      about.received == never ? 0 : std::chrono::duration_cast<std::chrono::minutes>(now - about.received).count();
  if (minutes > 0) add_free(u, "距报警已经过去" + count_in_words(static_cast<std::uint64_t>(minutes)) + "分钟。");
}

std::string_view kind_of(const order_state& about) {
  return about.type == order_type::entrapment ? "rescue-entrapment" : "rescue-fault";
}

} // namespace

const utterance& rescue_phrases() {
  static const utterance all = {
      {"rescue-entrapment", "电梯应急救援中心，有人员被困电梯，请立即救援。"},
      {"rescue-fault", "电梯应急救援中心，有电梯发生故障，请立即处理。"},
      {"rescue-urge", "电梯应急救援中心催办。"},
      {"rescue-level-1", "本单为一级响应。"},
      {"rescue-level-2", "本单为二级响应，请就近支援。"},
      {"rescue-level-3", "本单为三级响应，请公共救援力量支援。"},
      {"rescue-place-unknown", "具体地点待确认，请联系救援中心。"},
      {"rescue-see-order", "详细地点请查看工单，或联系救援中心。"},
      {"rescue-fire", "现场有火情。"},
      {"rescue-medical", "需要医疗救护。"},
      {"rescue-children", "有儿童被困。"},
      {"rescue-elderly", "有老人被困。"},
      {"rescue-hurry", "请尽快到达现场。"},
      {"rescue-finish", "请完成救援后立即报告。"},
      {"rescue-key-accept", "接单请按一。"},
      {"rescue-key-refuse", "拒绝请按二。"},
      {"rescue-key-again", "重听请按三。"},
      {"rescue-key-arrived", "已到达现场请按四。"},
      {"rescue-key-completed", "救援完成请按五。"},
      {"rescue-wrong-key", "按键无效。"},
      {"rescue-accepted", "已接单，请尽快赶赴现场，谢谢，再见。"},
      {"rescue-refused", "已拒绝，谢谢，再见。"},
      {"rescue-arrived", "已登记到达现场，谢谢，再见。"},
      {"rescue-completed", "已登记救援完成，谢谢，再见。"},
      {"rescue-withdrawn", "本次通知已取消，谢谢，再见。"},
      {"rescue-welcome", "电梯救援报告专线。"},
      {"rescue-ask-code", "请输入四位工单短码。"},
      {"rescue-wrong-code", "短码不正确，请重新输入。"},
      {"rescue-choose", "您有多个进行中的救援工单。"},
      {"rescue-no-order", "没有查到与本号码有关的救援工单，请拨打救援热线。"},
      {"alert-untaken", "电梯应急救援中心提醒，有电梯报警尚未受理。"},
      {"alert-not-rung", "电梯应急救援中心提醒，无法呼叫救援单位，请人工联系。"},
      {"alert-nobody-comes", "电梯应急救援中心提醒，没有救援人员按时前往现场。"},
      {"alert-exhausted", "电梯应急救援中心提醒，已没有救援单位可以调派。"},
      {"alert-again", "电梯应急救援中心提醒，救援完成后再次报警，请核实是否仍有人员被困。"},
      {"alert-key-take", "受理请按一。"},
      {"alert-taken", "已登记由您受理，请立即查看工单，再见。"},
      {"rescue-not-stored", "登记没有成功，请再按一次，或拨打救援热线。"},
  };
  return all;
}

const spoken& rescue_phrase(std::string_view name) {
  const auto& all = rescue_phrases();
  const auto found = std::find_if(all.begin(), all.end(), [&](const spoken& s) { return s.name == name; });
  if (found == all.end()) throw std::out_of_range("no phrase " + std::string{name});
  return *found;
}

std::string spell_digits(std::string_view text) {
  std::string out;
  for (std::size_t at = 0; at < text.size();) {
    const auto length = std::max<std::size_t>(1, sequence_length(text, at));
    const auto character = text.substr(at, length);
    const int value = digit_value(character);
    if (value >= 0)
      out += digits[static_cast<std::size_t>(value)];
    else
      out += character;
    at += length;
  }
  return out;
}

std::string count_in_words(std::uint64_t n) {
  if (n >= 10000) return spell_digits(std::to_string(n));
  if (n == 2) return "两";
  if (n < 10) return digits[n];
  static constexpr std::array<std::pair<std::uint64_t, const char*>, 4> places = {
      {{1000, "千"}, {100, "百"}, {10, "十"}, {1, ""}}};
  std::string out;
  bool gap = false;
  for (const auto& [unit, word] : places) {
    const auto digit = n / unit % 10;
    if (digit == 0) {
      gap = !out.empty();
      continue;
    }
    if (gap) out += digits[0];
    gap = false;
    if (!(digit == 1 && unit == 10 && out.empty())) out += digits[digit]; // 十二, but 一百一十二
    out += word;
  }
  return out;
}

std::string speakable(std::string_view text) {
  std::string out;
  std::size_t characters = 0;
  for (std::size_t at = 0; at < text.size() && characters < longest_text;) {
    const auto length = sequence_length(text, at);
    const auto character = text.substr(at, std::max<std::size_t>(1, length));
    at += character.size();
    if (length == 0 || is_silent(character)) continue;
    out += character;
    ++characters;
  }
  const auto first = out.find_first_not_of(' ');
  if (first == std::string::npos) return {};
  return spell_digits(out.substr(first, out.find_last_not_of(' ') - first + 1));
}

key_menu menu_of_call(bool accepted, bool arrived) {
  return {!accepted && !arrived, accepted && !arrived, accepted || arrived, false};
}

key_menu menu_of_alert() {
  key_menu menu;
  menu.take = true;
  return menu;
}

key_menu menu_of_report(deployment_phase phase) {
  switch (phase) {
  case deployment_phase::dispatched:
  case deployment_phase::unanswered: return {true, true, true, false};
  case deployment_phase::arrived: return {false, false, true, false};
  case deployment_phase::completed: return {};
  case deployment_phase::accepted:
  case deployment_phase::refused: // has come after all
  case deployment_phase::withdrawn: return {false, true, true, false};
  }
  return {};
}

std::optional<rescue_key> read_key(const key_menu& menu, char digit) {
  switch (digit) {
  case '1': return menu.answer || menu.take ? std::optional{rescue_key::accept} : std::nullopt;
  case '2': return menu.answer ? std::optional{rescue_key::refuse} : std::nullopt;
  case '3': return rescue_key::again;
  case '4': return menu.arrive ? std::optional{rescue_key::arrived} : std::nullopt;
  case '5': return menu.complete ? std::optional{rescue_key::completed} : std::nullopt;
  default: return std::nullopt;
  }
}

std::optional<rescuer_word> word_of(rescue_key key) {
  switch (key) {
  case rescue_key::accept: return rescuer_word::accept;
  case rescue_key::refuse: return rescuer_word::refuse;
  case rescue_key::arrived: return rescuer_word::arrived;
  case rescue_key::completed: return rescuer_word::completed;
  case rescue_key::again: break;
  }
  return std::nullopt;
}

attempt_outcome outcome_of(rescuer_word word) {
  switch (word) {
  case rescuer_word::accept: return attempt_outcome::accepted;
  case rescuer_word::refuse: return attempt_outcome::refused;
  case rescuer_word::arrived: return attempt_outcome::arrived;
  case rescuer_word::completed: return attempt_outcome::completed;
  }
  return attempt_outcome::failed;
}

utterance announce(const order_state& about, std::uint8_t level, attempt_purpose purpose, const key_menu& keys,
                   instant now) {
  utterance u;
  const bool urging = purpose == attempt_purpose::urge;
  if (urging) add(u, "rescue-urge");
  if (!urging || keys.answer) add(u, kind_of(about));
  if (!urging) add(u, level >= 3 ? "rescue-level-3" : level == 2 ? "rescue-level-2" : "rescue-level-1");
  add_place(u, about);
  add_people(u, about);
  if (const auto code = short_code(about.id); !code.empty()) add_free(u, "工单短码，" + spell_digits(code) + "。");
  if (urging) {
    add_time(u, about, now);
    add(u, !keys.answer && !keys.arrive ? "rescue-finish" : "rescue-hurry");
  }
  add_all(u, say_keys(keys));
  return u;
}

utterance announce_alert(const order_state& about, instant now) {
  utterance u;
  const auto& why = about.alert;
  if (why.has(alert_reason::reported_again)) add(u, "alert-again");
  if (why.has(alert_reason::not_rung)) add(u, "alert-not-rung");
  if (why.has(alert_reason::exhausted))
    add(u, "alert-exhausted");
  else if (why.has(alert_reason::nobody_comes))
    add(u, "alert-nobody-comes");
  if (why.has(alert_reason::unacknowledged) || u.empty()) add(u, "alert-untaken");
  add_place(u, about);
  add_people(u, about);
  add_time(u, about, now);
  add_all(u, say_keys(menu_of_alert()));
  return u;
}

utterance say_keys(const key_menu& keys) {
  utterance u;
  if (keys.take) add(u, "alert-key-take");
  if (keys.answer) add(u, "rescue-key-accept");
  if (keys.answer) add(u, "rescue-key-refuse");
  if (keys.arrive) add(u, "rescue-key-arrived");
  if (keys.complete) add(u, "rescue-key-completed");
  add(u, "rescue-key-again");
  return u;
}

utterance say_wrong_key(const key_menu& keys) {
  utterance u;
  add(u, "rescue-wrong-key");
  add_all(u, say_keys(keys));
  return u;
}

utterance confirm(rescuer_word word) {
  switch (word) {
  case rescuer_word::accept: return {rescue_phrase("rescue-accepted")};
  case rescuer_word::refuse: return {rescue_phrase("rescue-refused")};
  case rescuer_word::arrived: return {rescue_phrase("rescue-arrived")};
  case rescuer_word::completed: return {rescue_phrase("rescue-completed")};
  }
  return {};
}

utterance confirm_alert() { return {rescue_phrase("alert-taken")}; }

utterance tell_order(const order_state& about, const key_menu& keys) {
  utterance u;
  add_place(u, about);
  add_people(u, about);
  add_all(u, say_keys(keys));
  return u;
}

utterance choose_order(const std::vector<const order_state*>& orders) {
  utterance u;
  add(u, "rescue-choose");
  for (std::size_t i = 0; i < std::min(orders.size(), most_choices); ++i) {
    const auto& about = *orders[i];
    auto where = place_of(about);
    if (where.empty() && !about.lift.empty()) where = "救援识别码，" + spell_digits(speakable(about.lift));
    if (where.empty()) where = "地点待确认的工单";
    add_free(u, where + "，请按" + digits[i + 1] + "。");
  }
  return u;
}

utterance without_free_text(const utterance& full) {
  utterance u;
  bool pointed = false;
  for (const auto& piece : full) {
    if (!piece.name.empty()) {
      u.push_back(piece);
    } else if (!std::exchange(pointed, true)) {
      add(u, "rescue-see-order");
    }
  }
  return u;
}

sentence rescue_sentence(utterance full, bool at_once) {
  auto brief = without_free_text(full);
  return {std::move(full), std::move(brief), at_once};
}

} // namespace lifeline::domain
