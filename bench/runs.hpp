#pragma once
// The runs of lifeline-bench. Each measures, and returns its report; an exception means that it could not be made (no
// engine, no SIPp), never that something was slow.

#include "bench/report.hpp"

#include <cstdint>
#include <string>

namespace lifeline::bench {

struct router_options {
  std::size_t callers = 100'000;
  std::size_t agents = 10'000;
  std::size_t skills = 64;
  std::size_t decisions = 1'000'000;
  std::uint64_t seed = 1;
};
/// The pure router with callers waiting and agents who become free one after the other: decisions a second.
void run_router(report& r, const router_options& o);

struct journal_options {
  std::string folder; ///< made and removed; empty: below the system's temporary folder
  std::size_t changes = 200'000;
  std::size_t durable = 2'000; ///< one after the other, each waited for
};
void run_journal(report& r, const journal_options& o);

struct theory_options {
  double calls = 2'000'000; ///< per case
  std::uint64_t seed = 1;
};
/// The production router against Erlang C and A.
void run_theory(report& r, const theory_options& o);

} // namespace lifeline::bench
