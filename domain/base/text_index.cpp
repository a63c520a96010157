#include "domain/base/text_index.hpp"

#include "domain/base/utf8.hpp"

#include <algorithm>
#include <cstring>

namespace lifeline::domain {

namespace {

constexpr std::uint32_t nowhere = UINT32_MAX;
constexpr unsigned character_bits = 21;
/// When so many are replaced (and as many as are left), the index is made anew.
constexpr std::size_t least_dead = 4096;
/// Of a common word's documents so many more than wanted are looked at before all the others are.
constexpr std::size_t first_look = 200;

constexpr std::uint64_t run_of(char32_t a, char32_t b, char32_t c) {
  return (static_cast<std::uint64_t>(a) << (2 * character_bits)) | (static_cast<std::uint64_t>(b) << character_bits) |
         c;
}
bool is_ascii(char32_t c) { return c < 0x80; }

std::u32string characters(std::string_view utf8) {
  std::u32string all;
  all.reserve(utf8.size());
  while (!utf8.empty())
    all += take_code_point(utf8).value_or(0xFFFD);
  return all;
}

/// The run that begins at a character of a document.
std::uint64_t run_at(std::u32string_view text, std::size_t i) {
  const auto a = text[i];
  const auto b = i + 1 < text.size() ? text[i + 1] : U'\0';
  const bool three = is_ascii(a) && is_ascii(b) && b != U'\n' && i + 2 < text.size();
  return run_of(a, b, three ? text[i + 2] : U'\0');
}

/// Keeps of `some` what is also in `other`; both ascending.
void intersect(std::vector<std::uint32_t>& some, const std::vector<std::uint32_t>& other) {
  auto out = some.begin();
  auto from = other.begin();
  const bool sparse = some.size() * 16 < other.size();
  for (auto in = some.begin(); in != some.end() && from != other.end(); ++in) {
    if (sparse)
      from = std::lower_bound(from, other.end(), *in);
    else
      while (from != other.end() && *from < *in)
        ++from;
    if (from != other.end() && *from == *in) *out++ = *in;
  }
  some.erase(out, some.end());
}

/// Looks for the word's last byte first: of Chinese characters it differs most.
bool contains(std::string_view text, std::string_view word) {
  const auto back = word.size() - 1;
  for (auto at = back; at < text.size(); ++at) {
    const auto* hit = static_cast<const char*>(std::memchr(text.data() + at, word.back(), text.size() - at));
    if (hit == nullptr) return false;
    at = static_cast<std::size_t>(hit - text.data());
    if (std::memcmp(hit - back, word.data(), back) == 0) return true;
  }
  return false;
}

/// Where the last of the fields ends whose beginnings count.
std::uint32_t end_of_heads(std::string_view text) {
  const auto last = text.rfind(text_index::head);
  if (last == std::string_view::npos) return 0;
  return static_cast<std::uint32_t>(std::min(text.find(text_index::field_end, last), text.size()));
}

/// A quarter more at a time: there are many lists, and most of them are short.
void append(std::vector<std::uint32_t>& list, std::uint32_t at) {
  if (list.size() == list.capacity()) list.reserve(list.size() + list.size() / 4 + 2);
  list.push_back(at);
}

} // namespace

/// What is looked for, cut into runs.
struct text_index::query {
  struct prefix {
    std::uint64_t from = 0;
    std::uint64_t to = 0;
  };
  std::vector<std::uint64_t> runs;
  std::vector<prefix> prefixes;      ///< of words shorter than a run
  std::vector<std::string> to_check; ///< words that are longer than one run
  std::uint32_t group = any_group;

  void add(const std::string& word) {
    const auto text = characters(word);
    const auto n = text.size();
    const auto before = runs.size();
    for (std::size_t i = 0; i + 1 < n; ++i) {
      const bool three = is_ascii(text[i]) && is_ascii(text[i + 1]);
      if (!three || i + 2 < n) runs.push_back(run_at(text, i));
    }
    const bool one_run = n <= 2 || (n == 3 && is_ascii(text[0]) && is_ascii(text[1]));
    if (!one_run) to_check.push_back(word);
    if (runs.size() != before) return;
    if (n == 1)
      prefixes.push_back({run_of(text[0], 0, 0), run_of(text[0] + 1, 0, 0)});
    else
      prefixes.push_back({run_of(text[0], text[1], 0), run_of(text[0], text[1] + 1, 0)});
  }
};

void text_index::reserve(std::size_t documents, std::size_t bytes) {
  slots_.reserve(documents);
  slot_of_.reserve(documents);
  texts_.reserve(bytes);
}

void text_index::put(std::uint32_t document, std::string_view text, std::uint64_t rank, std::uint32_t group) {
  if (document >= slot_of_.size()) slot_of_.resize(std::size_t{document} + 1, nowhere);
  if (const auto old = slot_of_[document]; old != nowhere) {
    slots_[old].dead = true;
    ++dead_;
  }
  add(document, text, rank, group);
  if (dead_ > least_dead && dead_ * 2 > slots_.size()) compact();
}

void text_index::add(std::uint32_t document, std::string_view text, std::uint64_t rank, std::uint32_t group) {
  const auto at = static_cast<std::uint32_t>(slots_.size());
  slots_.push_back({rank, static_cast<std::uint32_t>(texts_.size()), static_cast<std::uint32_t>(text.size()),
                    end_of_heads(text), document, group, false});
  slot_of_[document] = at;
  texts_ += text;
  const auto all = characters(text);
  for (std::size_t i = 0; i < all.size(); ++i) {
    if (all[i] == U'\n') continue;
    const auto run = run_at(all, i);
    const auto [place, added] = list_of_.try_emplace(run, static_cast<std::uint32_t>(lists_.size()));
    if (added) {
      lists_.emplace_back();
      by_first_[all[i]].emplace_back(run, place->second);
    }
    auto& list = lists_[place->second];
    if (list.empty() || list.back() != at) append(list, at);
  }
}

void text_index::compact() {
  text_index fresh;
  fresh.reserve(slots_.size() - dead_, texts_.size() / 2);
  fresh.slot_of_.resize(slot_of_.size(), nowhere);
  for (const auto& s : slots_)
    if (!s.dead) fresh.add(s.document, text_of(s), s.rank, s.group);
  *this = std::move(fresh);
}

text_index::slots text_index::any_with_prefix(std::uint64_t from, std::uint64_t to) const {
  slots found;
  const auto first = by_first_.find(static_cast<std::uint32_t>(from >> (2 * character_bits)));
  if (first == by_first_.end()) return found;
  std::vector<bool> marked(slots_.size());
  for (const auto& [run, list] : first->second) {
    if (run < from || run >= to) continue;
    for (const auto at : lists_[list])
      marked[at] = true;
  }
  for (std::uint32_t at = 0; at < marked.size(); ++at)
    if (marked[at]) found.push_back(at);
  return found;
}

text_index::slots text_index::candidates(const query& q) const {
  std::vector<const slots*> lists;
  for (const auto run : q.runs) {
    const auto place = list_of_.find(run);
    if (place == list_of_.end()) return {};
    lists.push_back(&lists_[place->second]);
  }
  std::vector<slots> made;
  made.reserve(q.prefixes.size());
  for (const auto& p : q.prefixes) {
    made.push_back(any_with_prefix(p.from, p.to));
    lists.push_back(&made.back());
  }
  slots found;
  if (lists.empty()) {
    found.resize(slots_.size());
    for (std::uint32_t at = 0; at < found.size(); ++at)
      found[at] = at;
  } else {
    std::sort(lists.begin(), lists.end(), [](const auto* a, const auto* b) { return a->size() < b->size(); });
    lists.erase(std::unique(lists.begin(), lists.end()), lists.end());
    found = *lists.front();
    for (std::size_t i = 1; i < lists.size() && !found.empty(); ++i)
      intersect(found, *lists[i]);
  }
  std::erase_if(found, [&](std::uint32_t at) {
    const auto& s = slots_[at];
    return s.dead || (q.group != any_group && s.group != q.group);
  });
  return found;
}

bool text_index::contains_all(std::uint32_t at, const query& q) const {
  const auto& s = slots_[at];
  const auto text = text_of(s);
  return std::all_of(q.to_check.begin(), q.to_check.end(), [&](const std::string& word) {
    return contains(word.front() == head ? text.substr(0, s.heads) : text, word);
  });
}

void text_index::keep_best(slots& found, std::size_t limit) const {
  const auto better = [&](std::uint32_t a, std::uint32_t b) {
    const auto& x = slots_[a];
    const auto& y = slots_[b];
    return std::pair{x.rank, x.document} < std::pair{y.rank, y.document};
  };
  const auto kept = std::min(limit, found.size());
  std::partial_sort(found.begin(), found.begin() + static_cast<std::ptrdiff_t>(kept), found.end(), better);
  found.resize(kept);
}

text_index::slots text_index::best(const query& q, std::size_t limit) const {
  auto found = candidates(q);
  const auto wrong = [&](std::uint32_t at) { return !contains_all(at, q); };
  const auto look = first_look + limit;
  if (!q.to_check.empty() && found.size() > 2 * look) {
    // Most of a common word's candidates contain it: the best of them are enough.
    auto first = found;
    keep_best(first, look);
    std::erase_if(first, wrong);
    if (first.size() >= limit) {
      first.resize(limit);
      return first;
    }
  }
  std::erase_if(found, wrong);
  keep_best(found, limit);
  return found;
}

std::vector<std::uint32_t> text_index::search(const std::vector<std::string>& words, std::uint32_t group,
                                              std::size_t limit) const {
  limit = std::min(limit, slots_.size());
  query anywhere;
  anywhere.group = group;
  slots found;
  if (!words.empty()) {
    query at_head;
    at_head.group = group;
    at_head.add(head + words.front());
    for (const auto& word : words) {
      anywhere.add(word);
      if (&word != &words.front()) at_head.add(word);
    }
    found = best(at_head, limit);
  }
  if (found.size() < limit) {
    auto heads = found;
    std::sort(heads.begin(), heads.end());
    for (const auto at : best(anywhere, limit)) {
      if (found.size() == limit) break;
      if (!std::binary_search(heads.begin(), heads.end(), at)) found.push_back(at);
    }
  }
  for (auto& at : found)
    at = slots_[at].document;
  return found;
}

} // namespace lifeline::domain
