#pragma once
// The phase that a script is in, and by when it must have left it.

#include "domain/base/time.hpp"

namespace lifeline::domain::voice {

template <class Phase> class phases {
public:
  explicit phases(Phase first) : now_(first) {}

  void enter(Phase next, instant due) {
    now_ = next;
    due_ = due;
  }
  /// The same phase has so much time from now on.
  void prolong(instant due) { due_ = due; }

  [[nodiscard]] Phase get() const { return now_; }
  [[nodiscard]] bool in(Phase p) const { return now_ == p; }
  [[nodiscard]] instant due() const { return due_; }
  [[nodiscard]] bool overdue(instant now) const { return due_ != never && now >= due_; }

private:
  Phase now_;
  instant due_ = never;
};

/// The earlier one; `never` is none.
constexpr instant sooner(instant a, instant b) {
  if (a == never) return b;
  return b == never || a < b ? a : b;
}

} // namespace lifeline::domain::voice
