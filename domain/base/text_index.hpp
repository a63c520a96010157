#pragma once
// Which documents contain all of some words, as parts of their text: an inverted index over short runs of characters.
// Every Chinese character is kept with the one after it, letters and digits with the next two; an answer found by
// several such runs is then looked for in the text itself.

#include <cstdint>
#include <string>
#include <string_view>
#include <unordered_map>
#include <utility>
#include <vector>

namespace lifeline::domain {

class text_index {
public:
  /// Ends each field of a document.
  static constexpr char field_end = '\n';
  /// Begins those fields whose beginning counts: a word that they begin with ranks the document first.
  static constexpr char head = '\x01';

  void reserve(std::size_t documents, std::size_t bytes);
  /// Adds a document, or replaces the one with that number. Numbers are small and dense. `text` is folded UTF-8 of
  /// fields, each ended by `field_end`. Lower ranks come first.
  void put(std::uint32_t document, std::string_view text, std::uint64_t rank, std::uint32_t group);
  /// Numbers of documents that contain all words, best first; of one group, or of all (`any_group`). Words are folded,
  /// not empty, and contain neither `field_end` nor `head`. Without words: all documents.
  static constexpr std::uint32_t any_group = UINT32_MAX;
  [[nodiscard]] std::vector<std::uint32_t> search(const std::vector<std::string>& words, std::uint32_t group,
                                                  std::size_t limit) const;

private:
  using slots = std::vector<std::uint32_t>; ///< ascending
  struct slot {
    std::uint64_t rank = 0;
    std::uint32_t offset = 0; ///< in texts_
    std::uint32_t size = 0;
    std::uint32_t heads = 0; ///< bytes until the last field that begins with `head` ends
    std::uint32_t document = 0;
    std::uint32_t group = 0;
    bool dead = false; ///< replaced
  };
  struct query;

  void add(std::uint32_t document, std::string_view text, std::uint64_t rank, std::uint32_t group);
  void compact();
  [[nodiscard]] slots candidates(const query& q) const;
  [[nodiscard]] bool contains_all(std::uint32_t at, const query& q) const;
  [[nodiscard]] slots best(const query& q, std::size_t limit) const;
  [[nodiscard]] slots any_with_prefix(std::uint64_t from, std::uint64_t to) const;
  void keep_best(slots& found, std::size_t limit) const;
  [[nodiscard]] std::string_view text_of(const slot& s) const {
    return std::string_view{texts_}.substr(s.offset, s.size);
  }

  std::string texts_;
  std::vector<slot> slots_;
  std::vector<std::uint32_t> slot_of_; ///< by document
  std::size_t dead_ = 0;
  std::unordered_map<std::uint64_t, std::uint32_t> list_of_; ///< run → its place in lists_
  std::vector<slots> lists_;
  /// First character → runs that begin with it, for words shorter than a run.
  std::unordered_map<std::uint32_t, std::vector<std::pair<std::uint64_t, std::uint32_t>>> by_first_;
};

} // namespace lifeline::domain
