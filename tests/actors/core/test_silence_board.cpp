#include "actors/engine/silence_board.hpp"

#include <catch2/catch.hpp>

using namespace lifeline::actors;
using namespace std::chrono_literals;

TEST_CASE("who did not answer is waited for shortly for a while, then in full again") {
  silence_board board;
  const silence_board::clock::time_point start{1h};
  CHECK(board.patience("a", start) == operation_timeout);
  board.note("a", false, start);
  CHECK(board.patience("a", start + 1s) == silence_board::short_patience);
  CHECK(board.patience("b", start + 1s) == operation_timeout);
  board.note("a", false, start + 9s); // its silence began before
  CHECK(board.patience("a", start + 10s) == operation_timeout);
  board.note("a", false, start + 10s);
  CHECK(board.patience("a", start + 11s) == silence_board::short_patience);
  board.note("a", true, start + 12s);
  CHECK(board.patience("a", start + 12s) == operation_timeout);
}
