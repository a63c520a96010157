#pragma once
// One function per parser of ours, fed with bytes that nobody promised anything about. Built twice: with clang as a
// libFuzzer program of its own (LIFELINE_LIBFUZZER), and by any compiler into the table that test_fuzz runs.

#include <cstddef>
#include <cstdint>
#include <cstdlib>
#include <fstream>
#include <stdexcept>
#include <string>
#include <string_view>
#include <vector>

namespace lifeline::fuzz {

/// What must hold for every input. The exception ends a libFuzzer program with the input kept, and fails test_fuzz.
inline void demand(bool holds, const char* what) {
  if (!holds) throw std::logic_error(what);
}

struct target {
  const char* name;
  int (*run)(const std::uint8_t*, std::size_t);
  /// Inputs that are better made than kept as files: what the engine writes itself.
  std::vector<std::string> (*seeds)();
};

/// Every target that is linked in; filled before main.
inline std::vector<target>& targets() {
  static std::vector<target> all;
  return all;
}

struct registered {
  registered(const char* name, int (*run)(const std::uint8_t*, std::size_t), std::vector<std::string> (*seeds)()) {
    targets().push_back({name, run, seeds});
  }
};

inline std::vector<std::string> no_seeds() { return {}; }

inline void write_seeds(const std::vector<std::string>& seeds) {
  const char* folder = std::getenv("LIFELINE_FUZZ_SEEDS");
  if (folder == nullptr) return;
  for (std::size_t i = 0; i < seeds.size(); ++i)
    std::ofstream(std::string{folder} + "/made-" + std::to_string(i + 1), std::ios::binary) << seeds[i];
}

/// Takes the input up to the next `end` off its front; all of it when there is none.
inline std::string_view take(std::string_view& rest, char end) {
  const auto at = rest.find(end);
  const auto part = rest.substr(0, at);
  rest.remove_prefix(at == std::string_view::npos ? rest.size() : at + 1);
  return part;
}

/// The first byte, as a choice between the parsers of one target.
inline std::uint8_t take_choice(std::string_view& rest) {
  if (rest.empty()) return 0;
  const auto choice = static_cast<std::uint8_t>(rest.front());
  rest.remove_prefix(1);
  return choice;
}

} // namespace lifeline::fuzz

// `body(std::string_view)` becomes the target; exceptions that it lets through are faults. A libFuzzer program writes
// its made seeds into the folder LIFELINE_FUZZ_SEEDS before it reads its corpus.
#ifdef LIFELINE_LIBFUZZER
#define LIFELINE_FUZZ_TARGET(name, body, seeds)                                                                        \
  extern "C" int LLVMFuzzerInitialize(int*, char***) {                                                                 \
    ::lifeline::fuzz::write_seeds(seeds());                                                                            \
    return 0;                                                                                                          \
  }                                                                                                                    \
  extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {                                  \
    body(std::string_view{reinterpret_cast<const char*>(data), size});                                                 \
    return 0;                                                                                                          \
  }
#else
#define LIFELINE_FUZZ_TARGET(name, body, seeds)                                                                        \
  static int fuzz_one_##name(const std::uint8_t* data, std::size_t size) {                                             \
    body(std::string_view{reinterpret_cast<const char*>(data), size});                                                 \
    return 0;                                                                                                          \
  }                                                                                                                    \
  static const ::lifeline::fuzz::registered registered_##name{#name, fuzz_one_##name, seeds};
#endif
