#include "actors/core/keeper.hpp"

namespace lifeline::actors {

using namespace std::chrono_literals;

const child_rules kept_rules{{{3, 10s}, {0s, 2.0, 2s}}, crash_scope::each};

not_answered nobody(std::string key, std::string why) {
  using because = not_answered::because;
  return {why.empty() ? because::unknown : because::asleep, std::move(key), std::move(why)};
}

domain::request_failure failure_of(const caf::error& e) {
  using domain::request_failure;
  return e == caf::sec::request_receiver_down ? request_failure::unseen : request_failure::silent;
}

} // namespace lifeline::actors
