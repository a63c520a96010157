#include "storage/memory_journal.hpp"
#include "support.hpp"

#include <catch2/catch.hpp>

using namespace lifeline;
using namespace lifeline::storage;
using namespace lifeline::storage::testing;
using namespace std::chrono_literals;

TEST_CASE("in memory everything has happened when append returns") {
  memory_journal j;
  recorder observer;
  j.add_observer(&observer);
  std::vector<std::uint64_t> answers;
  const auto note = [&](const commit_result& r) { answers.push_back(r.first_seq); };
  j.append({{simple_event(1), simple_event(2)}, {}}, durability::lazy, [&](const commit_result& r) {
    note(r);
    j.append({{simple_event(3)}, {}}, durability::durable, note);
    CHECK(answers.size() == 1);
  });
  CHECK(answers == std::vector<std::uint64_t>{1, 3});
  REQUIRE(observer.count() == 3);
  for (std::size_t i = 0; i < 3; ++i)
    CHECK(observer.all()[i].seq == i + 1);
  CHECK(j.barrier(0ms));
}

TEST_CASE("in memory a failing disk can be played") {
  memory_journal j;
  recorder observer;
  j.add_observer(&observer);
  j.fail_next(2);
  std::vector<std::string> answers;
  const auto note = [&](const commit_result& r) {
    answers.push_back(r.ok ? std::to_string(r.first_seq) : r.error.message);
  };
  j.append({{simple_event(1)}, {}}, durability::lazy, note);
  CHECK_FALSE(j.health().writable);
  CHECK(observer.all().at(0).stored == false);
  j.append({{simple_event(9)}, {}}, durability::durable, note);
  CHECK(answers == std::vector<std::string>{"not stored: injected failure"});
  CHECK(j.last_sequence() == 0);
  j.append({{simple_event(2)}, {}}, durability::durable, note);
  CHECK(answers == std::vector<std::string>{"not stored: injected failure", "1", "2"});
  CHECK(j.health().writable);
  CHECK(j.health().failures == 2);
  CHECK(observer.count() == 2);
  CHECK(log_numbers(j) == gapless(2));
}

TEST_CASE("in memory a hanging disk can be played") {
  memory_journal j;
  j.set_stalled(true);
  int answers = 0;
  for (std::uint64_t i = 1; i <= 3; ++i)
    j.append({{simple_event(i)}, {}}, durability::durable, [&](const commit_result& r) { answers += r.ok ? 1 : 100; });
  CHECK(answers == 0);
  CHECK_FALSE(j.barrier(0ms));
  CHECK(j.health().queued == 3);
  j.set_stalled(false);
  CHECK(answers == 3);
  CHECK(j.barrier(0ms));
  CHECK(log_numbers(j) == gapless(3));
}
