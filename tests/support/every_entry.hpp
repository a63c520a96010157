#pragma once
// One of each entry of the log, every field filled by its description with a value that no other field has: what a
// visitor forgets or mixes up is seen.

#include "domain/log/describe.hpp"
#include "source_folder.hpp"

#include <fstream>
#include <sstream>
#include <string>
#include <type_traits>
#include <utility>
#include <variant>
#include <vector>

namespace lifeline::testing {

/// Fills every field of a described value with what `Source` gives for its type: `value(field, x)` for those that have
/// no fields of their own, `size()` for lists.
template <class Source> class filler {
public:
  explicit filler(Source source) : source_(std::move(source)) {}

  template <class T> void operator()(const domain::field& f, std::vector<T>& x) {
    x.resize(source_.size());
    for (auto& each : x)
      (*this)(f, each);
  }
  template <class Flag, class Value> void operator()(const domain::field& f, domain::known_later<Flag, Value> x) {
    (*this)(f, x.known);
    (*this)(f, x.value);
  }
  void operator()(const domain::field& f, domain::queue_stay& x) {
    (*this)(f, x.queue);
    (*this)(f, x.waited);
  }
  template <class T> void operator()(const domain::field& f, T& x) {
    if constexpr (domain::described<T>)
      domain::describe(*this, x);
    else
      source_.value(f, x);
  }

private:
  Source source_;
};

class counted_values {
public:
  static std::size_t size() { return 2; }
  void value(const domain::field& f, std::string& x) { x = std::string{f.name} + " " + std::to_string(++n_); }
  void value(const domain::field&, bool& x) { x = true; }
  void value(const domain::field&, double& x) { x = ++n_ + 0.5; }
  void value(const domain::field&, domain::span& x) { x = domain::span{++n_ * 1'500'000}; }
  void value(const domain::field&, domain::instant& x) {
    x = domain::from_micros(1'796'000'000'000'000 + ++n_ * 1'000'000);
  }
  template <class Tag> void value(const domain::field&, domain::basic_id<Tag>& x) {
    ++n_;
    x = {static_cast<std::uint64_t>(n_), static_cast<std::uint64_t>(n_) << 32};
  }
  template <class T> void value(const domain::field&, T& x) {
    if constexpr (!std::is_enum_v<T>) x = static_cast<T>(++n_); // else as it is by default, which is one of its values
  }

private:
  int n_ = 0;
};

template <class Body> domain::event filled_entry(std::uint64_t number) {
  Body body;
  filler fill{counted_values{}};
  domain::describe(fill, body);
  return {number, domain::from_micros(1'796'072'702'000'000), {0x0196f00000007000, number}, std::move(body)};
}

/// In the order of `event_body`, numbered from 1.
inline std::vector<domain::event> every_entry() {
  return []<std::size_t... I>(std::index_sequence<I...>) {
    return std::vector<domain::event>{filled_entry<std::variant_alternative_t<I, domain::event_body>>(I + 1)...};
  }
  (std::make_index_sequence<std::variant_size_v<domain::event_body>>{});
}

/// A golden file's lines by their first word, which is the name of an entry.
inline std::string golden_line(const std::string& file, std::string_view entry) {
  std::ifstream in(std::string{LIFELINE_SOURCE_FOLDER} + "/tests/golden/" + file);
  for (std::string line; std::getline(in, line);)
    if (line.starts_with(std::string{entry} + " ")) return line;
  return {};
}

} // namespace lifeline::testing
