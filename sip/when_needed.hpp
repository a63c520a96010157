#pragma once
// A part of a thing that most of its kind never use: it takes memory from its first use on.

#include <memory>

namespace lifeline::sip {

template <class T> class when_needed {
public:
  /// For reading: one that says nothing when there is none yet.
  [[nodiscard]] const T& seen() const {
    static const T untouched{};
    return it_ ? *it_ : untouched;
  }
  /// For writing: made now if it was not before.
  [[nodiscard]] T& made() {
    if (!it_) it_ = std::make_unique<T>();
    return *it_;
  }
  [[nodiscard]] bool is_made() const { return it_ != nullptr; }

private:
  std::unique_ptr<T> it_;
};

} // namespace lifeline::sip
