#include "domain/rescue/rescue_speech.hpp"
#include "source_folder.hpp"

#include <catch2/catch.hpp>

#include <fstream>
#include <set>
#include <stdexcept>

using namespace lifeline::domain;

namespace {

const instant now{std::chrono::hours{24 * 365 * 50}};

order_state trapped() {
  order_state s;
  s.type = order_type::entrapment;
  s.lift = "320145";
  s.address = "清江浦区淮海路12号3栋";
  s.project = "翡翠城";
  s.trapped = 2;
  s.received = now - 15min;
  s.using_unit_phone = "051787654321";
  s.callers.push_back({"王小明", "13912345678", report_channel::phone, now, {}, {}, {}});
  s.description = "王小明说门打不开";
  return s;
}

std::string text_of(const utterance& u) {
  std::string all;
  for (const auto& piece : u)
    all += piece.text;
  return all;
}
bool has(const utterance& u, const std::string& name) {
  for (const auto& piece : u)
    if (piece.name == name) return true;
  return false;
}
bool says(const utterance& u, const std::string& part) { return text_of(u).find(part) != std::string::npos; }

} // namespace

TEST_CASE("rescue speech: digits are spelled one by one, full width ones as well") {
  CHECK(spell_digits("12号") == "一二号");
  CHECK(spell_digits("０９7") == "零九七");
  CHECK(spell_digits("A座") == "A座");
  CHECK(spell_digits("") == "");
  CHECK(spell_digits("\xff\x31") == "\xff一"); // ill-formed text is not made worse
}

TEST_CASE("rescue speech: counts are words as people say them") {
  CHECK(count_in_words(0) == "零");
  CHECK(count_in_words(1) == "一");
  CHECK(count_in_words(2) == "两");
  CHECK(count_in_words(10) == "十");
  CHECK(count_in_words(12) == "十二");
  CHECK(count_in_words(20) == "二十");
  CHECK(count_in_words(101) == "一百零一");
  CHECK(count_in_words(110) == "一百一十");
  CHECK(count_in_words(1005) == "一千零五");
  CHECK(count_in_words(9999) == "九千九百九十九");
  CHECK(count_in_words(12345) == "一二三四五");
}

TEST_CASE("rescue speech: free text is made fit to be spoken") {
  CHECK(speakable("  路 3 号\n ") == "路 三 号");
  CHECK(speakable("[[x]]<b>门|口</b>") == "xb门口/b");
  CHECK(speakable(std::string("\xff\xe6\xb7") + "门") == "门");
  CHECK(speakable("") == "");
  CHECK(speakable("   ") == "");
  std::string long_text;
  for (int i = 0; i < 500; ++i)
    long_text += "门";
  CHECK(speakable(long_text).size() == 80 * std::string{"门"}.size());
}

TEST_CASE("rescue speech: a new order says what, where, which lift, how many, and the keys") {
  const auto u = announce(trapped(), 1, attempt_purpose::dispatch, menu_of_call(false, false), now);
  CHECK(u.front().name == "rescue-entrapment");
  CHECK(has(u, "rescue-level-1"));
  CHECK(says(u, "清江浦区淮海路一二号三栋，翡翠城"));
  CHECK(says(u, "救援识别码，三二零一四五"));
  CHECK(says(u, "被困两人"));
  CHECK(has(u, "rescue-key-accept"));
  CHECK(has(u, "rescue-key-refuse"));
  CHECK(u.back().name == "rescue-key-again");
  CHECK_FALSE(has(u, "rescue-key-arrived"));
  CHECK_FALSE(has(u, "rescue-urge"));
}

TEST_CASE("rescue speech: nothing personal is said") {
  for (const auto purpose : {attempt_purpose::dispatch, attempt_purpose::urge}) {
    const auto u = announce(trapped(), 2, purpose, menu_of_call(false, false), now);
    CHECK_FALSE(says(u, "王"));
    CHECK_FALSE(says(u, "一三九"));
    CHECK_FALSE(says(u, "零五一七"));
  }
}

TEST_CASE("rescue speech: no digit is left for a speech program to read as a number") {
  auto s = trapped();
  s.injured = 3;
  for (const auto purpose : {attempt_purpose::dispatch, attempt_purpose::urge}) {
    const auto text = text_of(announce(s, 3, purpose, menu_of_call(true, false), now));
    CHECK(text.find_first_of("0123456789") == std::string::npos);
  }
  for (const auto& p : rescue_phrases())
    CHECK(p.text.find_first_of("0123456789") == std::string::npos);
}

TEST_CASE("rescue speech: faults, levels and dangers have their own words") {
  auto s = trapped();
  s.type = order_type::fault;
  s.trapped = 0;
  s.injured = 1;
  s.fire = s.medical = s.children = s.elderly = true;
  const auto u = announce(s, 3, attempt_purpose::dispatch, menu_of_call(false, false), now);
  CHECK(has(u, "rescue-fault"));
  CHECK_FALSE(has(u, "rescue-entrapment"));
  CHECK(has(u, "rescue-level-3"));
  CHECK_FALSE(says(u, "被困两"));
  CHECK(says(u, "受伤一人"));
  for (const char* name : {"rescue-fire", "rescue-medical", "rescue-children", "rescue-elderly"})
    CHECK(has(u, name));
  CHECK(has(announce(s, 2, attempt_purpose::dispatch, {}, now), "rescue-level-2"));
}

TEST_CASE("rescue speech: an order without a place or a lift says so") {
  order_state s;
  const auto u = announce(s, 1, attempt_purpose::dispatch, menu_of_call(false, false), now);
  CHECK(has(u, "rescue-place-unknown"));
  CHECK_FALSE(says(u, "识别码"));
  s.project = "翡翠城";
  CHECK(says(announce(s, 1, attempt_purpose::dispatch, {}, now), "地点，翡翠城。"));
  s.address = "淮安翡翠城东门";
  CHECK(says(announce(s, 1, attempt_purpose::dispatch, {}, now), "地点，淮安翡翠城东门。")); // not twice
}

TEST_CASE("rescue speech: urging says how long ago, and asks for what is missing") {
  auto s = trapped();
  auto u = announce(s, 1, attempt_purpose::urge, menu_of_call(true, false), now);
  CHECK(u.front().name == "rescue-urge");
  CHECK(says(u, "十五分钟"));
  CHECK(has(u, "rescue-hurry"));
  CHECK(has(u, "rescue-key-arrived"));
  CHECK(has(u, "rescue-key-completed"));
  CHECK_FALSE(has(u, "rescue-key-accept"));
  u = announce(s, 1, attempt_purpose::urge, menu_of_call(true, true), now);
  CHECK(has(u, "rescue-finish"));
  CHECK_FALSE(has(u, "rescue-key-arrived"));
  u = announce(s, 1, attempt_purpose::urge, menu_of_call(false, false), now);
  CHECK(has(u, "rescue-key-accept")); // urged before it has accepted
  CHECK(has(u, "rescue-entrapment"));
  s.received = never;
  CHECK_FALSE(says(announce(s, 1, attempt_purpose::urge, menu_of_call(true, false), now), "分钟"));
  s.received = now + 1h; // a clock that was put back
  CHECK_FALSE(says(announce(s, 1, attempt_purpose::urge, menu_of_call(true, false), now), "分钟"));
}

TEST_CASE("rescue speech: keys mean what the menu offers and nothing else") {
  const auto fresh = menu_of_call(false, false);
  CHECK(read_key(fresh, '1') == rescue_key::accept);
  CHECK(read_key(fresh, '2') == rescue_key::refuse);
  CHECK(read_key(fresh, '3') == rescue_key::again);
  CHECK_FALSE(read_key(fresh, '4'));
  CHECK_FALSE(read_key(fresh, '5'));
  const auto accepted = menu_of_call(true, false);
  CHECK_FALSE(read_key(accepted, '1'));
  CHECK_FALSE(read_key(accepted, '2'));
  CHECK(read_key(accepted, '4') == rescue_key::arrived);
  CHECK(read_key(accepted, '5') == rescue_key::completed);
  const auto there = menu_of_call(true, true);
  CHECK_FALSE(read_key(there, '4'));
  CHECK(read_key(there, '5') == rescue_key::completed);
  for (const char other : {'0', '6', '9', '*', '#', 'A', '\0'})
    CHECK_FALSE(read_key(fresh, other));
}

TEST_CASE("rescue speech: the report line's keys follow how far the party has come") {
  CHECK(menu_of_report(deployment_phase::dispatched).answer);
  CHECK(menu_of_report(deployment_phase::dispatched).arrive);
  CHECK(menu_of_report(deployment_phase::unanswered).answer);
  CHECK_FALSE(menu_of_report(deployment_phase::accepted).answer);
  CHECK(menu_of_report(deployment_phase::accepted).arrive);
  CHECK_FALSE(menu_of_report(deployment_phase::arrived).arrive);
  CHECK(menu_of_report(deployment_phase::arrived).complete);
  CHECK_FALSE(menu_of_report(deployment_phase::completed).complete);
}

TEST_CASE("rescue speech: every decision has its outcome and its confirmation") {
  std::set<std::string> names;
  for (const auto key : {rescue_key::accept, rescue_key::refuse, rescue_key::arrived, rescue_key::completed}) {
    const auto word = word_of(key);
    REQUIRE(word);
    REQUIRE(confirm(*word).size() == 1);
    names.insert(confirm(*word).front().name);
  }
  CHECK(names.size() == 4);
  CHECK_FALSE(word_of(rescue_key::again));
  CHECK(outcome_of(rescuer_word::accept) == attempt_outcome::accepted);
  CHECK(outcome_of(rescuer_word::refuse) == attempt_outcome::refused);
  CHECK(outcome_of(rescuer_word::arrived) == attempt_outcome::arrived);
  CHECK(outcome_of(rescuer_word::completed) == attempt_outcome::completed);
}

TEST_CASE("rescue speech: without free text the rescuer is sent to the order") {
  const auto full = announce(trapped(), 1, attempt_purpose::dispatch, menu_of_call(false, false), now);
  const auto brief = without_free_text(full);
  CHECK(has(brief, "rescue-entrapment"));
  CHECK(has(brief, "rescue-key-accept"));
  std::size_t pointers = 0;
  for (const auto& piece : brief) {
    CHECK_FALSE(piece.name.empty());
    if (piece.name == "rescue-see-order") ++pointers;
  }
  CHECK(pointers == 1);
  const auto named = say_wrong_key(menu_of_call(false, false));
  CHECK(without_free_text(named) == named);
}

TEST_CASE("rescue speech: the report line names up to nine orders, each with its key") {
  std::vector<order_state> orders(11, trapped());
  orders[1].address.clear();
  orders[1].project.clear();
  orders[2] = order_state{};
  std::vector<const order_state*> all;
  for (const auto& o : orders)
    all.push_back(&o);
  const auto u = choose_order(all);
  REQUIRE(u.size() == 10);
  CHECK(says(u, "请按九"));
  CHECK(u[1].text.find("请按一") != std::string::npos);
  CHECK(u[2].text.find("识别码") != std::string::npos);
  CHECK(u[3].text.find("待确认") != std::string::npos);
  const auto one = tell_order(orders[0], menu_of_report(deployment_phase::accepted));
  CHECK(says(one, "淮海路"));
  CHECK(has(one, "rescue-key-arrived"));
}

TEST_CASE("rescue speech: phrases have different names that are fit for files") {
  std::set<std::string> names;
  for (const auto& p : rescue_phrases()) {
    CHECK(names.insert(p.name).second);
    CHECK(p.name.find_first_not_of("abcdefghijklmnopqrstuvwxyz0123456789-") == std::string::npos);
    CHECK_FALSE(p.text.empty());
  }
  CHECK_THROWS_AS(rescue_phrase("no-such-phrase"), std::out_of_range);
}

TEST_CASE("rescue speech: scripts/make-prompts.sh ships every phrase with the same words") {
  std::ifstream script(LIFELINE_SOURCE_FOLDER "/scripts/make-prompts.sh");
  REQUIRE(script);
  std::set<std::string> lines;
  for (std::string line; std::getline(script, line);)
    lines.insert(line);
  for (const auto& p : rescue_phrases()) {
    CAPTURE(p.name);
    CHECK(lines.contains("speak " + p.name + ".wav \"" + p.text + "\""));
  }
}
