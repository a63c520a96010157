#include "tests/simulation/runner.hpp"

#include <algorithm>
#include <chrono>
#include <ctime>
#include <memory>
#include <mutex>
#include <thread>

namespace lifeline::simulation {

namespace {

void finish(outcome& o, world& w, const options& how) {
  if (how.sabotage) how.sabotage(w);
  if (!w.found().any()) w.end_fairly();
  o.violations = w.found().all();
  o.events = w.events();
  o.trace = w.trace();
  o.situations = w.situations();
  for (const auto& name : o.played.reached)
    if (!o.situations.contains(name)) o.not_reached.push_back(name);
}

/// An exception out of the engine's own code is a broken rule, too.
template <class Play> void guarded(outcome& o, const Play& play) {
  try {
    play();
  } catch (const std::exception& e) {
    o.violations.push_back({"exception", e.what()});
  }
}

bool breaks(const script& s, const std::string& rule, const options& how) {
  const auto o = replay(s, how);
  return std::any_of(o.violations.begin(), o.violations.end(), [&](const violation& v) { return v.rule == rule; });
}

double cpu_now() {
  timespec t{};
  clock_gettime(CLOCK_PROCESS_CPUTIME_ID, &t);
  return static_cast<double>(t.tv_sec) + static_cast<double>(t.tv_nsec) / 1e9;
}

} // namespace

outcome run_seed(std::uint64_t seed, const options& how) {
  outcome o;
  o.played.seed = seed;
  guarded(o, [&] {
    author a{seed, how.kinds};
    auto& script = o.played.inputs;
    script = a.settings();
    world w{seed, script};
    const auto play = [&](input i) {
      script.push_back(std::move(i));
      w.play(script.back());
    };
    for (auto& i : a.opening())
      play(std::move(i));
    while (w.events() < how.events && !w.found().any()) {
      play(a.next(w));
      if (const auto n = a.pause(); n > 0) play({verb::run, {}, {}, n});
    }
    finish(o, w, how);
  });
  return o;
}

outcome replay(const script& s, const options& how) {
  outcome o;
  o.played = s;
  guarded(o, [&] {
    const auto begin =
        std::find_if(s.inputs.begin(), s.inputs.end(), [](const input& i) { return i.what != verb::set; });
    world w{s.seed, {s.inputs.begin(), begin}};
    for (auto i = begin; i != s.inputs.end() && !w.found().any(); ++i)
      w.play(*i);
    finish(o, w, how);
  });
  return o;
}

script shrink(const script& failing, const std::string& rule, const options& how, std::size_t tries) {
  auto best = failing;
  best.reached.clear();
  auto part = std::max<std::size_t>(best.inputs.size() / 2, 1);
  while (tries > 0) {
    bool shorter = false;
    // From the end: what came after the failure goes first.
    for (auto end = best.inputs.size(); end > 0 && tries > 0;) {
      const auto begin = end > part ? end - part : 0;
      auto candidate = best;
      candidate.inputs.erase(candidate.inputs.begin() + static_cast<std::ptrdiff_t>(begin),
                             candidate.inputs.begin() + static_cast<std::ptrdiff_t>(end));
      --tries;
      if (breaks(candidate, rule, how)) {
        best = std::move(candidate);
        shorter = true;
      }
      end = begin;
    }
    if (part == 1 && !shorter) break;
    part = std::max<std::size_t>(part / 2, 1);
  }
  return best;
}

summary run_many(std::uint64_t first, std::uint64_t count, unsigned threads, const options& how,
                 std::size_t most_failures) {
  summary s;
  std::mutex mutex;
  std::atomic<std::uint64_t> next{0};
  std::atomic<bool> enough{false};
  const auto begun = std::chrono::steady_clock::now();
  const auto cpu = cpu_now();
  const auto work = [&] {
    for (auto n = next++; n < count && !enough; n = next++) {
      auto o = run_seed(first + n, how);
      const std::lock_guard lock{mutex};
      ++s.seeds;
      s.events += o.events;
      for (const auto& [name, times] : o.situations)
        s.situations[name] += times;
      if (!o.failed()) continue;
      s.failures.push_back(std::move(o));
      enough = s.failures.size() >= most_failures;
    }
  };
  std::vector<std::thread> helpers;
  for (unsigned n = 1; n < threads; ++n)
    helpers.emplace_back(work);
  work();
  for (auto& t : helpers)
    t.join();
  s.seconds = std::chrono::duration<double>(std::chrono::steady_clock::now() - begun).count();
  s.cpu_seconds = cpu_now() - cpu;
  std::sort(s.failures.begin(), s.failures.end(),
            [](const outcome& a, const outcome& b) { return a.played.seed < b.played.seed; });
  for (auto& f : s.failures)
    f.played = shrink(f.played, f.violations.front().rule, how);
  return s;
}

std::string describe(const outcome& o) {
  std::string text;
  for (const auto& v : o.violations)
    text += v.rule + ": " + v.what + '\n';
  for (const auto& n : o.not_reached)
    text += "not reached: " + n + '\n';
  return text + "replay:\n" + to_string(o.played);
}

} // namespace lifeline::simulation
