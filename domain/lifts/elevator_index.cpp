#include "domain/lifts/elevator_index.hpp"
#include "domain/base/pinyin.hpp"

#include "domain/base/field_check.hpp"
#include "domain/base/text_index.hpp"
#include "domain/base/utf8.hpp"

#include <algorithm>
#include <deque>
#include <unordered_map>

namespace lifeline::domain {

namespace {

using place = std::uint32_t;
using code_map = std::unordered_map<std::string, place>;

/// Of a typical lift, in the searched text.
constexpr std::size_t typical_text = 320;

/// Without control characters, which separate the fields of the searched text.
std::string searchable(std::string_view utf8) {
  auto text = fold_name(utf8);
  std::erase_if(text, [](char c) { return (c >= 0 && c < ' ') || c == 0x7F; });
  return text;
}

struct searched_text {
  std::string text;
  std::uint64_t rank = 0;
};

searched_text searched_text_of(const elevator& e) {
  searched_text made;
  std::size_t length = 0;
  const auto place_field = [&](std::string_view start, std::string_view utf8) {
    const auto folded = searchable(utf8);
    length += count_code_points(folded);
    made.text.append(start).append(folded) += text_index::field_end;
    made.text.append(start).append(pinyin_initials(utf8)) += text_index::field_end;
  };
  const std::string_view head{&text_index::head, 1};
  place_field(head, e.project_name);
  place_field(head, e.using_unit);
  place_field({}, e.address);
  for (const auto* code : {&e.rescue_code, &e.registration_code, &e.certificate, &e.device_id})
    if (!code->empty()) made.text.append(searchable(*code)) += text_index::field_end;
  std::uint64_t number = 0;
  for (const char c : e.rescue_code)
    number = (number * 10 + static_cast<unsigned char>(c) % 16) % 10'000'000;
  made.rank = (static_cast<std::uint64_t>(length) << 32) | number;
  return made;
}

std::vector<std::string> words_of(std::string_view text) {
  std::vector<std::string> words(1);
  for (const char c : fold(text)) {
    const bool between = (c >= 0 && c <= ' ') || c == 0x7F;
    if (!between)
      words.back() += c;
    else if (!words.back().empty())
      words.emplace_back();
  }
  if (words.back().empty()) words.pop_back();
  return words;
}

} // namespace

struct elevator_index::impl {
  std::deque<elevator> lifts; ///< a place is for ever
  code_map by_rescue_code;
  code_map by_registration_code;
  code_map by_device;
  std::unordered_multimap<std::string, place> by_certificate;
  code_map districts; ///< their numbers in the texts
  text_index texts;

  static void enter(code_map& codes, const std::string& code, place at) {
    if (auto folded = fold_name(code); !folded.empty()) codes[std::move(folded)] = at;
  }
  static void leave(code_map& codes, const std::string& code, place at) {
    const auto found = codes.find(fold_name(code));
    if (found != codes.end() && found->second == at) codes.erase(found);
  }
  [[nodiscard]] const elevator* look_up(const code_map& codes, const std::string& folded) const {
    const auto found = codes.find(folded);
    return found == codes.end() ? nullptr : &lifts[found->second];
  }
  [[nodiscard]] const elevator* by_only_certificate(const std::string& folded) const {
    const auto [first, last] = by_certificate.equal_range(folded);
    return first != last && std::next(first) == last ? &lifts[first->second] : nullptr;
  }

  void enter_codes(place at) {
    const auto& e = lifts[at];
    enter(by_rescue_code, e.rescue_code, at);
    enter(by_registration_code, e.registration_code, at);
    enter(by_device, e.device_id, at);
    if (!e.certificate.empty()) by_certificate.emplace(fold_name(e.certificate), at);
  }
  void leave_codes(place at) {
    const auto& e = lifts[at];
    leave(by_registration_code, e.registration_code, at);
    leave(by_device, e.device_id, at);
    const auto [first, last] = by_certificate.equal_range(fold_name(e.certificate));
    const auto mine = std::find_if(first, last, [&](const auto& entry) { return entry.second == at; });
    if (mine != last) by_certificate.erase(mine);
  }
  std::uint32_t district_number(const std::string& district) {
    return districts.try_emplace(district, static_cast<std::uint32_t>(districts.size())).first->second;
  }
  void index_text(place at) {
    const auto made = searched_text_of(lifts[at]);
    texts.put(at, made.text, made.rank, district_number(lifts[at].district));
  }
  void replace(place at, const elevator& e) {
    leave_codes(at);
    auto& kept = lifts[at];
    const auto before = searched_text_of(kept);
    const auto after = searched_text_of(e);
    const bool same_text = before.text == after.text && before.rank == after.rank && kept.district == e.district;
    kept = e;
    enter_codes(at);
    if (!same_text) index_text(at);
  }
};

elevator_index::elevator_index() : impl_(std::make_unique<impl>()) {}
elevator_index::~elevator_index() = default;
elevator_index::elevator_index(elevator_index&&) noexcept = default;
elevator_index& elevator_index::operator=(elevator_index&&) noexcept = default;

void elevator_index::reserve(std::size_t lifts) {
  for (auto* codes : {&impl_->by_rescue_code, &impl_->by_registration_code})
    codes->reserve(lifts);
  impl_->by_certificate.reserve(lifts);
  impl_->texts.reserve(lifts, lifts * typical_text);
}

void elevator_index::put(const elevator& e) {
  if (const auto known = impl_->by_rescue_code.find(fold_name(e.rescue_code)); known != impl_->by_rescue_code.end()) {
    impl_->replace(known->second, e);
    return;
  }
  const auto at = static_cast<place>(impl_->lifts.size());
  impl_->lifts.push_back(e);
  impl_->enter_codes(at);
  impl_->index_text(at);
}

std::size_t elevator_index::size() const { return impl_->lifts.size(); }

const elevator* elevator_index::find(std::string_view code) const {
  const auto folded = fold_name(code);
  if (folded.empty()) return nullptr;
  for (const auto* codes : {&impl_->by_rescue_code, &impl_->by_registration_code})
    if (const auto* e = impl_->look_up(*codes, folded)) return e;
  if (const auto* e = impl_->by_only_certificate(folded)) return e;
  return impl_->look_up(impl_->by_device, folded);
}

const elevator* elevator_index::find_rescue_code(std::string_view code) const {
  return impl_->look_up(impl_->by_rescue_code, fold_name(code));
}

const elevator* elevator_index::find_registration_code(std::string_view code) const {
  return impl_->look_up(impl_->by_registration_code, fold_name(code));
}

const elevator* elevator_index::find_device(std::string_view device_id) const {
  return impl_->look_up(impl_->by_device, fold_name(device_id));
}

std::optional<field_problem> elevator_index::clash(const elevator& e) const {
  const auto other = [&](const elevator* owner) {
    return owner != nullptr && fold_name(owner->rescue_code) != fold_name(e.rescue_code);
  };
  const auto taken = [](const char* field, const std::string& code, const elevator& owner) {
    return field_problem{field, quoted(code) + " belongs to the lift " + owner.rescue_code};
  };
  if (const auto* owner = find_registration_code(e.registration_code); other(owner))
    return taken("registration_code", e.registration_code, *owner);
  if (const auto* owner = find_device(e.device_id); other(owner)) return taken("device_id", e.device_id, *owner);
  return std::nullopt;
}

std::vector<const elevator*> elevator_index::search(std::string_view text, std::string_view district,
                                                    std::size_t limit) const {
  auto group = text_index::any_group;
  if (!district.empty()) {
    const auto known = impl_->districts.find(std::string{district});
    if (known == impl_->districts.end()) return {};
    group = known->second;
  }
  std::vector<const elevator*> found;
  for (const auto at : impl_->texts.search(words_of(text), group, limit))
    found.push_back(&impl_->lifts[at]);
  return found;
}

std::vector<const elevator*> elevator_index::all() const {
  std::vector<const elevator*> lifts;
  lifts.reserve(impl_->lifts.size());
  for (const auto& e : impl_->lifts)
    lifts.push_back(&e);
  std::sort(lifts.begin(), lifts.end(),
            [](const elevator* a, const elevator* b) { return a->rescue_code < b->rescue_code; });
  return lifts;
}

} // namespace lifeline::domain
