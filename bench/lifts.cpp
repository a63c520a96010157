// How fast lifts are read, planned, indexed and found. Prints figures; see bench/README.md.
// usage: bench_lifts [LIFTS] [QUERIES]    100000 lifts and 2000 queries of each kind unless told

#include "domain/base/pinyin.hpp"
#include "domain/base/utf8.hpp"
#include "domain/lifts/elevator_csv.hpp"
#include "domain/lifts/elevator_index.hpp"
#include "domain/rescue/rescue_data.hpp"

#include <algorithm>
#include <cstdio>
#include <cstdlib>
#include <fstream>
#include <functional>
#include <memory>
#include <random>
#include <vector>

#include <time.h>

using namespace lifeline::domain;

namespace {

constexpr std::size_t listed = 33'000;
constexpr std::uint64_t seed = 1;

double milliseconds(clockid_t clock) {
  timespec t{};
  clock_gettime(clock, &t);
  return static_cast<double>(t.tv_sec) * 1e3 + static_cast<double>(t.tv_nsec) / 1e6;
}

/// What passed, and what of it this thread had a core: the two are the same on an idle machine.
class stopwatch {
public:
  [[nodiscard]] double wall() const { return milliseconds(CLOCK_MONOTONIC) - wall_; }
  [[nodiscard]] double cpu() const { return milliseconds(CLOCK_THREAD_CPUTIME_ID) - cpu_; }
  void print(const std::string& what) const {
    const auto by_wall = wall();
    const auto by_cpu = cpu();
    std::printf("%-44s %9.1f ms  (CPU %9.1f ms)\n", what.c_str(), by_wall, by_cpu);
  }

private:
  double wall_ = milliseconds(CLOCK_MONOTONIC);
  double cpu_ = milliseconds(CLOCK_THREAD_CPUTIME_ID);
};

/// Resident memory of this process, MB.
double resident() {
  std::ifstream statm("/proc/self/statm");
  std::size_t all = 0;
  std::size_t pages = 0;
  statm >> all >> pages;
  return static_cast<double>(pages) * 4096 / 1e6;
}

class queries {
public:
  queries(const std::vector<elevator>& lifts, std::size_t count) : lifts_(lifts), count_(count) {}

  /// `make` gets a random lift and says what is looked for.
  void run(const char* kind, const elevator_index& index,
           const std::function<std::string(const elevator&, std::mt19937_64&)>& make, std::string_view district = {}) {
    std::mt19937_64 random(seed);
    std::vector<double> cpu;
    std::vector<double> wall;
    std::size_t found = 0;
    for (std::size_t i = 0; i < count_; ++i) {
      const auto text = make(lifts_[random() % lifts_.size()], random);
      const stopwatch watch;
      found += index.search(text, district, 50).size();
      cpu.push_back(watch.cpu());
      wall.push_back(watch.wall());
    }
    std::sort(cpu.begin(), cpu.end());
    std::sort(wall.begin(), wall.end());
    const auto at = [&](double share) { return static_cast<std::size_t>(share * static_cast<double>(count_ - 1)); };
    std::printf("%-34s CPU p50 %6.3f p95 %6.3f p99 %6.3f max %6.3f   wall p99 %6.3f ms   %5.1f found\n", kind,
                cpu[at(0.5)], cpu[at(0.95)], cpu[at(0.99)], cpu.back(), wall[at(0.99)],
                static_cast<double>(found) / static_cast<double>(count_));
  }

private:
  const std::vector<elevator>& lifts_;
  std::size_t count_;
};

/// `length` characters of the text, from a random place.
std::string part(const std::string& text, std::size_t length, std::mt19937_64& random) {
  std::u32string all;
  for (std::string_view rest = text; !rest.empty();)
    all += take_code_point(rest).value_or(U'?');
  if (all.size() <= length) return text;
  std::string out;
  for (const auto c : all.substr(random() % (all.size() - length + 1), length))
    append_utf8(out, c);
  return out;
}

void measure_import(const std::vector<elevator>& lifts) {
  const std::vector<elevator> some(lifts.begin(), lifts.begin() + static_cast<std::ptrdiff_t>(listed));
  stopwatch watch;
  const auto text = write_elevator_csv(some);
  watch.print("write " + std::to_string(some.size()) + " lifts as CSV, " + std::to_string(text.size() >> 20) + " MB");
  watch = {};
  const auto list = read_elevator_csv(text);
  watch.print("read them");
  if (!list) {
    std::printf("%s\n", list.error().c_str());
    return;
  }
  elevator_index index;
  watch = {};
  const auto plan = plan_import(*list, index);
  watch.print("plan: " + std::to_string(plan.added.size()) + " new, " + std::to_string(plan.bad_rows) + " bad");
  watch = {};
  index.reserve(plan.added.size());
  for (const auto& e : plan.added)
    index.put(e);
  watch.print("put them into an index");
  watch = {};
  const auto again = plan_import(*list, index);
  watch.print("plan again: " + std::to_string(again.unchanged) + " unchanged");
}

void measure_search(const std::vector<elevator>& lifts, const elevator_index& index, std::size_t count) {
  queries q(lifts, count);
  using random = std::mt19937_64;
  for (const std::size_t n : {1, 2, 3, 4, 6, 10})
    q.run(("substring of " + std::to_string(n) + " characters").c_str(), index,
          [n](const elevator& e, random& r) { return part(r() % 2 == 0 ? e.address : e.project_name, n, r); });
  for (const std::size_t n : {1, 2, 3, 4, 8})
    q.run(("pinyin initials, " + std::to_string(n)).c_str(), index,
          [n](const elevator& e, random& r) { return part(pinyin_initials(e.project_name + e.address), n, r); });
  q.run("rescue code", index, [](const elevator& e, random&) { return e.rescue_code; });
  q.run("registration code", index, [](const elevator& e, random&) { return e.registration_code; });
  q.run("4 digits of a code", index, [](const elevator& e, random& r) { return part(e.registration_code, 4, r); });
  q.run("three words", index, [](const elevator& e, random& r) {
    return part(e.address, 3, r) + " " + part(e.using_unit, 2, r) + " " + part(pinyin_initials(e.project_name), 3, r);
  });
  q.run("whole address", index, [](const elevator& e, random&) { return e.address; });
  q.run(
      "in one district, 3 characters", index, [](const elevator& e, random& r) { return part(e.address, 3, r); },
      "320830");
  q.run("miss: unknown characters", index, [](const elevator&, random&) { return std::string{"龘靐齉"}; });
  q.run("miss: known parts, other order", index,
        [](const elevator& e, random& r) { return part(e.address, 2, r) + part(e.address, 2, r); });
  q.run("miss: 江苏省淮安区", index, [](const elevator&, random&) { return std::string{"江苏省淮安区"}; });
  q.run("common: 江苏省淮安市", index, [](const elevator&, random&) { return std::string{"江苏省淮安市"}; });
  q.run("common: 安", index, [](const elevator&, random&) { return std::string{"安"}; });
  q.run("common: jsshas", index, [](const elevator&, random&) { return std::string{"jsshas"}; });
  q.run("common: 1", index, [](const elevator&, random&) { return std::string{"1"}; });
  q.run("exact code (find)", index, [&index](const elevator& e, random&) {
    return index.find(e.rescue_code) == nullptr ? std::string{"missing"} : std::string{"龘"};
  });
}

} // namespace

int main(int argc, char** argv) {
  const auto count = argc > 1 ? std::strtoul(argv[1], nullptr, 10) : 100'000UL;
  const auto rounds = argc > 2 ? std::strtoul(argv[2], nullptr, 10) : 2'000UL;
  const auto lifts = invent_elevators(std::max(count, listed), seed);
  stopwatch watch;
  (void)pinyin_initials("淮");
  watch.print("pinyin table, once");
  const auto before = resident();
  auto records = std::make_unique<std::vector<elevator>>(lifts); // a copy, to be weighed
  const auto with_records = resident();
  elevator_index index;
  watch = {};
  index.reserve(lifts.size());
  for (const auto& e : lifts)
    index.put(e);
  watch.print("load " + std::to_string(lifts.size()) + " lifts");
  std::printf("memory: %.0f MB, of it the records %.0f MB\n", resident() - with_records, with_records - before);
  records.reset();
  measure_import(lifts);
  measure_search(lifts, index, std::max<std::size_t>(rounds, 1));
  return 0;
}
