#pragma once
// CAF's deterministic testing DSL under Catch2: expect, allow and disallow report to Catch2, and
// `deterministic_system` runs a whole actor system on one thread with a virtual clock.
//
// CAF's header writes its checks with macros of CAF's own test runner; they are redefined between its two includes.

#include <catch2/catch.hpp>

#ifndef CAF_TEST_NO_MAIN
#define CAF_TEST_NO_MAIN
#endif
#include <caf/test/unit_test.hpp>

#undef CAF_FAIL
#undef CAF_MESSAGE
#undef CAF_REQUIRE
#undef CAF_REQUIRE_EQUAL
#undef CAF_CHECK_EQUAL
#define CAF_FAIL(msg) FAIL(msg)
#define CAF_MESSAGE(msg) INFO(msg)
#define CAF_REQUIRE(...) REQUIRE(static_cast<bool>(__VA_ARGS__))
// As a bool: Catch2 cannot print every CAF type, and CAF's `==` for messages is greedy.
#define CAF_REQUIRE_EQUAL(x, y) REQUIRE(static_cast<bool>((x) == (y)))
#define CAF_CHECK_EQUAL(x, y) CHECK(static_cast<bool>((x) == (y)))

#include <caf/test/dsl.hpp>
#undef inject // operations has a function of this name, and no test uses the macro

#include <caf/all.hpp>
#include <caf/scheduler/test_coordinator.hpp>

#include <algorithm>
#include <chrono>
#include <functional>
#include <utility>
#include <vector>

namespace lifeline::testing {

/// An actor system whose actors run only inside run(), advance() and ask(), on the test's own thread. Time is virtual
/// and passes only in advance(). Derive a fixture from it, or make one in the test case.
class deterministic_system {
public:
  /// `configure` registers message types and error categories.
  explicit deterministic_system(const std::function<void(caf::actor_system_config&)>& configure = {})
      : cfg(), sys(prepared(cfg, configure)), self(sys, true),
        sched(dynamic_cast<caf::scheduler::test_coordinator&>(sys.scheduler())) {
    // An actor that a failed test leaves behind must not hang the system's destructor.
    sys.await_actors_before_shutdown(false);
    // Zero means "no time" in many places: start well after it.
    sched.clock().current_time += std::chrono::hours(1);
  }
  deterministic_system(const deterministic_system&) = delete;
  deterministic_system& operator=(const deterministic_system&) = delete;

  virtual ~deterministic_system() {
    // Actors that still live are ended here, as long as there is a scheduler to run their cleanup.
    for (const auto& each : ended_with_test_) {
      if (const auto actor = caf::actor_cast<caf::actor>(each)) caf::anon_send_exit(actor, caf::exit_reason::kill);
    }
    ended_with_test_.clear();
    run();
    // Delayed messages hold references to their receivers, which would outlive the system.
    sched.clock().cancel_all();
    run();
  }

  /// Ends this actor in the fixture's destructor (even when the test failed in its middle). Returns it.
  template <class Handle> Handle end_with_test(Handle handle) {
    ended_with_test_.push_back(caf::actor_cast<caf::strong_actor_ptr>(handle));
    return handle;
  }

  /// Handles every message that is due now; no time passes. Returns the number of steps.
  std::size_t run() {
    std::size_t steps = 0;
    while (step())
      ++steps;
    return steps;
  }

  /// Lets one actor handle one message; false: there is none.
  bool step() {
    if (!sched.has_job()) return false;
    const auto* actor = dynamic_cast<caf::abstract_actor*>(sched.jobs.front());
    const auto id = actor != nullptr ? actor->id() : caf::actor_id{0};
    if (before_step) before_step(id);
    if (!sched.try_run_once()) return false;
    if (after_step) after_step(id);
    return true;
  }
  /// Called with the actor that is about to handle, or has handled, a message. For fault injection.
  std::function<void(caf::actor_id)> before_step;
  std::function<void(caf::actor_id)> after_step;

  /// Steps until `reached`; false when everything is handled before that.
  bool step_until(const std::function<bool()>& reached) {
    while (!reached())
      if (!step()) return reached();
    return true;
  }

  /// Lets `d` pass. Every timer in between fires at its own time, in order, and the messages that it causes are handled
  /// before the next one: a tick that re-arms itself fires as often as it would on a real clock.
  void advance(std::chrono::nanoseconds d) {
    auto& clock = sched.clock();
    run();
    const auto end = clock.now() + d;
    while (clock.now() < end) {
      auto next = end;
      if (clock.has_pending_timeout()) next = std::min(next, clock.schedule().begin()->first);
      clock.advance_time(std::max(next - clock.now(), std::chrono::steady_clock::duration::zero()));
      run();
    }
    // Timers that were armed just now with no delay at all.
    while (clock.has_pending_timeout() && clock.schedule().begin()->first <= end) {
      clock.advance_time(std::chrono::steady_clock::duration::zero());
      run();
    }
  }

  /// Sends a request, runs, and returns the answer; fails the test when there is none or an error.
  template <class T, class Handle, class... Us> T ask(const Handle& to, Us... args) {
    T result{};
    const auto error = try_ask<T>(result, to, std::move(args)...);
    if (error) FAIL("request failed: " << sys.render(error));
    return result;
  }

  /// As ask(), for requests that are expected to be refused: returns the error, `none` for an answer.
  template <class T, class Handle, class... Us> caf::error ask_error(const Handle& to, Us... args) {
    T result{};
    return try_ask<T>(result, to, std::move(args)...);
  }

  /// The virtual time.
  std::chrono::steady_clock::time_point now() { return sched.clock().now(); }

  template <class Handle> static bool is_alive(const Handle& handle) {
    const auto* actor = caf::actor_cast<caf::abstract_actor*>(handle);
    return actor != nullptr && !actor->getf(caf::abstract_actor::is_terminated_flag) &&
           !actor->getf(caf::abstract_actor::is_cleaned_up_flag);
  }

  // Public and without underscore: the macros expect() and allow() speak of `sched`, tests of `self` and
  // `sys`.
  caf::actor_system_config cfg;
  caf::actor_system sys;
  caf::scoped_actor self;
  caf::scheduler::test_coordinator& sched;

private:
  static caf::actor_system_config& prepared(caf::actor_system_config& cfg,
                                            const std::function<void(caf::actor_system_config&)>& configure) {
    cfg.set("logger.file-verbosity", caf::atom("quiet"));
    cfg.set("logger.inline-output", true);
    cfg.set("scheduler.policy", caf::atom("testing"));
    if (configure) configure(cfg);
    return cfg;
  }

  template <class T, class Handle, class... Us> caf::error try_ask(T& result, const Handle& to, Us... args) {
    auto response = self->request(to, caf::infinite, std::move(args)...);
    run();
    // A blocking receive without a message would hang the test program.
    REQUIRE(self->has_next_message());
    caf::error failure;
    response.receive([&](T& value) { result = std::move(value); }, [&](caf::error& e) { failure = std::move(e); });
    return failure;
  }

  std::vector<caf::strong_actor_ptr> ended_with_test_;
};

} // namespace lifeline::testing
