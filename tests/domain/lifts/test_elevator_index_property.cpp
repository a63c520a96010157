// The index against a plain look through all lifts: the same lifts in the same order, whatever was replaced before.

#include "domain/base/pinyin.hpp"
#include "domain/base/utf8.hpp"
#include "domain/lifts/elevator_index.hpp"
#include "domain/rescue/rescue_data.hpp"

#include <algorithm>
#include <map>
#include <random>
#include <tuple>

#include <catch2/catch.hpp>

using namespace lifeline::domain;

namespace {

class plain_index {
public:
  void put(const elevator& e) {
    entry made{e, {}, {}, 0};
    for (const auto* field : {&e.project_name, &e.using_unit, &e.address}) {
      made.texts.push_back(fold_name(*field));
      made.length += count_code_points(made.texts.back());
      made.texts.push_back(pinyin_initials(*field));
    }
    made.starts.assign(made.texts.begin(), made.texts.begin() + 4); // of project and unit
    for (const auto* code : {&e.rescue_code, &e.registration_code, &e.certificate, &e.device_id})
      made.texts.push_back(fold_name(*code));
    lifts_[e.rescue_code] = std::move(made);
  }

  std::vector<std::string> search(const std::string& text, const std::string& district, std::size_t limit) const {
    std::vector<std::string> words;
    std::string word;
    for (const char c : fold(text) + " ") {
      if (c != ' ')
        word += c;
      else if (!word.empty())
        words.push_back(std::exchange(word, {}));
    }
    std::vector<std::tuple<bool, std::size_t, std::string>> ranked;
    for (const auto& [code, entry] : lifts_) {
      if (!district.empty() && entry.lift.district != district) continue;
      if (!std::all_of(words.begin(), words.end(), [&](const auto& w) { return contains(entry, w); })) continue;
      ranked.emplace_back(words.empty() || !starts(entry, words[0]), entry.length, code);
    }
    std::sort(ranked.begin(), ranked.end());
    std::vector<std::string> codes;
    for (const auto& r : ranked)
      if (codes.size() < limit) codes.push_back(std::get<2>(r));
    return codes;
  }

  std::vector<elevator> lifts() const {
    std::vector<elevator> all;
    for (const auto& [code, entry] : lifts_)
      all.push_back(entry.lift);
    return all;
  }

private:
  struct entry {
    elevator lift;
    std::vector<std::string> texts;
    std::vector<std::string> starts;
    std::size_t length = 0;
  };
  static bool contains(const entry& e, const std::string& word) {
    return std::any_of(e.texts.begin(), e.texts.end(),
                       [&](const auto& text) { return text.find(word) != std::string::npos; });
  }
  static bool starts(const entry& e, const std::string& word) {
    return std::any_of(e.starts.begin(), e.starts.end(), [&](const auto& text) { return text.starts_with(word); });
  }

  std::map<std::string, entry> lifts_;
};

class asker {
public:
  asker(std::uint64_t seed, const std::vector<elevator>& lifts) : random_(seed), lifts_(lifts) {}

  std::size_t below(std::size_t n) { return random_() % n; }
  const elevator& any() { return lifts_[below(lifts_.size())]; }

  std::string word() {
    const auto& e = any();
    switch (below(6)) {
    case 0: return part(e.address);
    case 1: return part(e.project_name);
    case 2: return part(e.using_unit);
    case 3: return part(pinyin_initials(below(2) == 0 ? e.address : e.project_name));
    case 4: return part(below(2) == 0 ? e.registration_code : e.certificate);
    default: return part(e.project_name) + part(e.address); // hardly ever there
    }
  }
  std::string question() {
    auto text = word();
    for (auto more = below(3); more > 0; --more)
      text += " " + word();
    return text;
  }

private:
  /// 1 to 6 characters.
  std::string part(const std::string& text) {
    std::u32string all;
    for (std::string_view rest = text; !rest.empty();)
      all += take_code_point(rest).value_or(U'?');
    if (all.empty()) return {};
    std::string out;
    for (const auto c : all.substr(below(all.size()), 1 + below(6)))
      append_utf8(out, c);
    return out;
  }

  std::mt19937_64 random_;
  const std::vector<elevator>& lifts_;
};

} // namespace

TEST_CASE("lift index: the same as a look through all lifts, also after many were replaced") {
  const auto seed = GENERATE(1ULL, 20261124ULL);
  CAPTURE(seed);
  const auto lifts = invent_elevators(600, seed);
  const auto others = invent_elevators(600, seed + 1);
  elevator_index index;
  plain_index plain;
  asker ask(seed, lifts);
  const auto put = [&](const elevator& e) {
    index.put(e);
    plain.put(e);
  };
  for (const auto& e : lifts)
    put(e);
  const auto compare = [&](int questions) {
    for (int i = 0; i < questions; ++i) {
      const auto text = ask.question();
      const auto district = ask.below(3) == 0 ? ask.any().district : std::string{};
      const auto limit = ask.below(2) == 0 ? std::size_t{5} : std::size_t{1000};
      CAPTURE(text, district, limit);
      std::vector<std::string> codes;
      for (const auto* e : index.search(text, district, limit))
        codes.push_back(e->rescue_code);
      REQUIRE(codes == plain.search(text, district, limit));
    }
  };
  compare(150);
  for (int round = 0; round < 4; ++round) {
    for (int i = 0; i < 200; ++i) { // what stands on the lift's plate stays, all the rest is another one's
      auto e = others[ask.below(others.size())];
      e.rescue_code = ask.any().rescue_code;
      put(e);
    }
    compare(60);
  }
  CHECK(index.size() == plain.lifts().size());
  for (const auto& e : plain.lifts())
    CHECK(*index.find_rescue_code(e.rescue_code) == e);
}

TEST_CASE("lift index: made anew when more is replaced than left, it answers as before") {
  const auto lifts = invent_elevators(40, 3);
  const auto others = invent_elevators(400, 4);
  elevator_index index;
  plain_index plain;
  asker ask(5, others);
  for (int i = 0; i < 9'000; ++i) {
    auto e = others[ask.below(others.size())];
    e.rescue_code = lifts[ask.below(lifts.size())].rescue_code;
    index.put(e);
    plain.put(e);
    if (i % 300 != 0) continue;
    const auto text = ask.question();
    CAPTURE(i, text);
    std::vector<std::string> codes;
    for (const auto* found : index.search(text, {}, 100))
      codes.push_back(found->rescue_code);
    REQUIRE(codes == plain.search(text, {}, 100));
  }
  CHECK(index.size() == plain.lifts().size());
}

TEST_CASE("lift index: of a word that nearly all contain the best come, whatever the limit") {
  const auto lifts = invent_elevators(2'000, 9);
  elevator_index index;
  plain_index plain;
  for (const auto& e : lifts) {
    index.put(e);
    plain.put(e);
  }
  for (const char* text : {"江苏省淮安市", "jsshas", "江苏省 淮安市", "淮安市清江浦区", "has", "淮安翔", "物业"}) {
    for (const std::size_t limit : {1, 20, 5000}) {
      CAPTURE(text, limit);
      std::vector<std::string> codes;
      for (const auto* e : index.search(text, {}, limit))
        codes.push_back(e->rescue_code);
      CHECK(codes == plain.search(text, {}, limit));
    }
  }
}
