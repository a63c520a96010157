#pragma once
// The vocabulary in which the log's entries are described (domain/log/describe.hpp). An entry is described once, field
// by field, in the order of the disk; each consumer is a visitor: the format on disk (storage/event_serialize.hpp),
// JSON (cti/api/json_events.cpp), the line of the log file (actors/core/event_log.cpp), the sentence of `lifelinectl`
// (apps/lifelinectl/words.cpp) and the table in docs/api.md.

#include <concepts>
#include <cstdint>
#include <string_view>
#include <type_traits>

namespace lifeline::domain {

enum class severity : std::uint8_t { debug, info, warning, error, critical };

/// What JSON shows of a value that says nothing.
enum class when_void : std::uint8_t {
  shown,             ///< as it is
  null_if_zero,      ///<
  absent_if_zero,    ///<
  absent_if_negative ///<
};

/// How the log line writes a value.
enum class line_form : std::uint8_t {
  hidden,  ///< not at all: a person's, or of no use there
  plain,   ///< a name or a figure
  quoted,  ///< text that people or other programs wrote
  whether, ///< only "yes" or "no": there is one, but it is a person's
};

struct field {
  std::string_view name;       ///< in JSON; that of a duration is followed by "_seconds"
  std::string_view about = {}; ///< for the documents: what the name does not say
  std::uint32_t since = 1;     ///< the class version that brought it
  bool public_ = true;         ///< false: on disk only
  when_void empty = when_void::shown;
  std::string_view otherwise = {}; ///< when empty, JSON shows the field of this name, which stands before it
  std::string_view if_true = {};   ///< words of a flag that is no yes or no
  std::string_view if_false = {};
  line_form line = line_form::hidden;
  std::string_view line_name = {}; ///< in the log line

  /// A field that came later: at the end of its entry, with the entry's version raised.
  [[nodiscard]] constexpr field from_version(std::uint32_t v) const { return with(&field::since, v); }
  [[nodiscard]] constexpr field explained(std::string_view words) const { return with(&field::about, words); }
  [[nodiscard]] constexpr field disk_only() const { return with(&field::public_, false); }
  [[nodiscard]] constexpr field void_as(when_void v) const { return with(&field::empty, v); }
  [[nodiscard]] constexpr field or_as(std::string_view other) const { return with(&field::otherwise, other); }
  [[nodiscard]] constexpr field either(std::string_view yes, std::string_view no) const {
    return with(&field::if_true, yes).with(&field::if_false, no);
  }
  /// In the log line, under the name in JSON or another.
  [[nodiscard]] constexpr field in_line(line_form form = line_form::plain, std::string_view other = {}) const {
    return with(&field::line, form).with(&field::line_name, other.empty() ? name : other);
  }

private:
  template <class T> [[nodiscard]] constexpr field with(T field::*what, T value) const {
    auto copy = *this;
    copy.*what = value;
    return copy;
  }
};
constexpr field named(std::string_view name) { return {.name = name}; }

/// A value that is given once another says that it is known: an attempt that has begun has no outcome yet.
template <class Flag, class Value> struct known_later {
  Flag& known;
  Value& value;
};
template <class Flag, class Value> known_later(Flag&, Value&) -> known_later<Flag, Value>;
template <class T> inline constexpr bool is_known_later = false;
template <class Flag, class Value> inline constexpr bool is_known_later<known_later<Flag, Value>> = true;

/// What an entry is about first of all.
enum class subject : std::uint8_t { engine, call, agent, order, registry /**< lifts, parties, devices */ };

/// What holds for a whole entry.
struct entry_facts {
  std::uint16_t number = 0;  ///< on disk; never given again to another entry
  std::uint32_t version = 1; ///< the newest, see field::since
  std::string_view name;     ///< shown to users and used in the API
  subject of = subject::engine;
  severity level = severity::info; ///< of its line, unless its values decide: `severity_of`
  /// The sentence of `lifelinectl`: {field}, {field:duration}, {flag?yes:no}, and [...] that is left out when a field
  /// in it is empty. Empty: the entry is told in code.
  std::string_view words = {};
  std::string_view about = {}; ///< for the documents, behind the fields
};
template <class Entry> inline constexpr entry_facts facts_of{};

/// Class version of a described value that is a part of entries; 0: not described.
template <class T> inline constexpr std::uint32_t part_version = 0;

template <class T>
concept described_entry = facts_of<std::remove_const_t<T>>
.number != 0;
template <class T>
concept described_part = part_version<std::remove_const_t<T>>
!= 0;
template <class T>
concept described = described_entry<T> || described_part<T>;
template <class T> constexpr std::uint32_t version_of() {
  if constexpr (described_entry<T>)
    return facts_of<T>.version;
  else
    return part_version<T>;
}

/// `X` itself, constant or not.
template <class T, class X>
concept is = std::same_as<std::remove_const_t<T>, X>;
/// For consumers that name the entries that are not theirs: the compiler then finds a new one that nobody thought of.
template <class T, class... Entries>
concept one_of = (std::same_as<T, Entries> || ...);

} // namespace lifeline::domain
