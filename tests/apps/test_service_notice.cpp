#include "apps/lifelined/service_notice.hpp"
#include "tests/apps/service_manager.hpp"

#include <catch2/catch.hpp>

#include <atomic>
#include <future>
#include <thread>

using lifeline::app::service_notice;
using lifeline::app::watchdog_period;
using lifeline::testing::service_manager;
using namespace std::chrono_literals;

namespace {

using text = std::optional<std::string>;

const std::string ready_message = "READY=1\nSTATUS=Takes calls.";

bool starts_with(const text& message, const std::string& beginning) {
  return message && message->compare(0, beginning.size(), beginning) == 0;
}

/// Waits until the condition was asked so often; false after too long.
bool asked(const std::atomic<int>& count, int least) {
  const auto end = std::chrono::steady_clock::now() + 10s;
  while (count.load() < least && std::chrono::steady_clock::now() < end)
    std::this_thread::sleep_for(1ms);
  return count.load() >= least;
}

} // namespace

TEST_CASE("Started by hand, a process tells nobody and watches nothing", "[service]") {
  service_manager::forget();
  CHECK_FALSE(watchdog_period());
  std::atomic<int> count{0};
  {
    service_notice notice;
    notice.ready([&] { return ++count > 0; });
    notice.reloading();
    notice.reloaded();
    notice.stopping();
  }
  CHECK(count == 0);
}

TEST_CASE("The service manager hears when calls are taken, of a reload and of the end", "[service]") {
  const service_manager manager;
  CHECK_FALSE(watchdog_period());
  service_notice notice;
  CHECK_FALSE(manager.heard()); // a service that starts is not ready
  notice.ready([] { return true; });
  CHECK(manager.hear() == text{ready_message});
  notice.reloading();
  const auto reloading = manager.hear();
  REQUIRE(starts_with(reloading, "RELOADING=1\nMONOTONIC_USEC="));
  CHECK(std::stoll(reloading->substr(reloading->rfind('=') + 1)) > 0);
  notice.reloaded();
  CHECK(manager.hear() == text{"READY=1"});
  notice.stopping();
  CHECK(starts_with(manager.hear(), "STOPPING=1\n"));
  CHECK_FALSE(manager.heard());
}

TEST_CASE("A living engine gives a sign of life at half of the watchdog's period", "[service]") {
  const service_manager manager{1s};
  REQUIRE(watchdog_period() == std::optional<std::chrono::microseconds>{1s});
  service_notice notice;
  notice.ready([] { return true; });
  REQUIRE(manager.hear() == text{ready_message});
  REQUIRE(manager.hear() == text{"WATCHDOG=1"});
  const auto first = std::chrono::steady_clock::now();
  for (int i = 0; i < 3; ++i)
    REQUIRE(manager.hear() == text{"WATCHDOG=1"});
  const auto three = std::chrono::steady_clock::now() - first;
  CHECK(three > 1200ms); // and not all the time
  CHECK(three < 3s);     // later, and the manager would have ended us
}

TEST_CASE("There is no sign of life while the engine does not live, and there is again afterwards", "[service]") {
  const service_manager manager{20ms};
  std::atomic<bool> alive{false};
  std::atomic<int> count{0};
  service_notice notice;
  notice.ready([&] {
    ++count;
    return alive.load();
  });
  REQUIRE(asked(count, 5));
  CHECK(manager.hear() == text{ready_message});
  CHECK_FALSE(manager.heard());
  alive = true;
  CHECK(manager.hear() == text{"WATCHDOG=1"});
  alive = false;
  REQUIRE(asked(count, count.load() + 2)); // the last sign was sent before the second of these
  while (manager.heard()) {
  }
  REQUIRE(asked(count, count.load() + 5));
  CHECK_FALSE(manager.heard());
}

TEST_CASE("While nobody can say whether the engine lives there is no sign of life, but a reload is told", "[service]") {
  const service_manager manager{20ms};
  std::promise<void> answer;
  std::atomic<int> count{0};
  service_notice notice;
  notice.ready([&, hung = answer.get_future().share()] {
    ++count;
    hung.wait();
    return true;
  });
  REQUIRE(asked(count, 1));
  notice.reloading();
  notice.reloaded();
  CHECK(manager.hear() == text{ready_message});
  CHECK(starts_with(manager.hear(), "RELOADING=1\n"));
  CHECK(manager.hear() == text{"READY=1"});
  CHECK_FALSE(manager.hear(100ms));
  answer.set_value();
  CHECK(manager.hear() == text{"WATCHDOG=1"});
}

TEST_CASE("From the begin of the end nobody asks any more whether the engine lives", "[service]") {
  const service_manager manager{20ms};
  std::atomic<int> count{0};
  service_notice notice;
  notice.ready([&] { return ++count > 0; });
  REQUIRE(asked(count, 2));
  notice.stopping();
  const auto before = count.load();
  bool told = false;
  while (const auto message = manager.heard())
    told = told || starts_with(message, "STOPPING=1\n");
  CHECK(told);
  CHECK_FALSE(manager.hear(100ms));
  CHECK(count == before);
  notice.stopping(); // a second signal
  CHECK(starts_with(manager.hear(), "STOPPING=1\n"));
}

TEST_CASE("A watchdog that is meant for another process is not this one's", "[service]") {
  const service_manager manager{1s};
  ::setenv("WATCHDOG_PID", std::to_string(::getpid() + 1).c_str(), 1);
  CHECK_FALSE(watchdog_period());
  ::unsetenv("WATCHDOG_PID");
  CHECK(watchdog_period());
  ::setenv("WATCHDOG_USEC", "soon", 1);
  CHECK_FALSE(watchdog_period());
}
