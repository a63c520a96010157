#include "actors/core/heap_relief.hpp"

#include <catch2/catch.hpp>

#include <string>
#include <vector>

using namespace lifeline::actors;
using namespace std::chrono_literals;

TEST_CASE("heap relief: asked every few seconds, and a large rest is given back at most every twenty") {
  heap_relief r;
  const auto start = heap_relief::clock::time_point{1000s};
  CHECK(r.is_due(start));
  CHECK_FALSE(r.is_due(start + 4s));
  CHECK(r.is_due(start + 5s));
  CHECK_FALSE(r.wants(heap_relief::worth_it - 1, start));
  CHECK(r.wants(heap_relief::worth_it, start));
  CHECK_FALSE(r.wants(heap_relief::worth_it, start + 19s));
  CHECK(r.wants(heap_relief::worth_it, start + 20s));
}

#ifndef __SANITIZE_ADDRESS__ // the sanitizer's allocator tells nothing of what it keeps
TEST_CASE("heap relief: what is freed between blocks that live on is given back") {
  std::vector<std::string> lives;
  const auto before = kept_by_allocator();
  {
    std::vector<std::string> passing;
    for (int i = 0; i < 10'000; ++i) {
      passing.emplace_back(9'000, 'x');
      lives.emplace_back(100, 'y');
    }
  }
  CHECK(kept_by_allocator() > before + 50'000'000);
  give_back_memory();
  CHECK(lives.size() == 10'000);
}
#endif
