// Service level and the error of the expected wait, as Prometheus sees them.

#include "metrics/window.hpp"

#include "tests/metrics/support.hpp"

#include <catch2/catch.hpp>

using namespace lifeline;
using namespace lifeline::testing;
using actors::service_level_counts;
using actors::service_level_window;

namespace {

std::string of(const std::string& name, const std::string& queue) { return name + "{queue=\"" + queue + "\"}"; }

} // namespace

TEST_CASE("service level is answered within T by answered and abandoned, short abandons aside") {
  service_level_counts c;
  CHECK_FALSE(actors::service_level(c));
  c.answered = 80;
  c.answered_within = 60;
  c.abandoned = 25;
  c.short_abandoned = 5;
  CHECK(actors::service_level_callers(c) == 100);
  CHECK(actors::service_level(c) == Approx(0.6));
  c = {};
  c.abandoned = c.short_abandoned = 3;
  CHECK_FALSE(actors::service_level(c));
}

TEST_CASE("the window forgets after half an hour, to within a slot") {
  service_level_window w;
  const auto begin = start - span{micros(start) % service_level_window::slot.count()};
  ++w.at(begin).answered;
  ++w.at(begin + 10min).answered;
  CHECK(w.total(begin).answered == 2); // an event may be a little ahead of the scrape's clock
  CHECK(w.total(begin + 10min).answered == 2);
  CHECK(w.total(begin + service_level_window::length - 1us).answered == 2);
  CHECK(w.total(begin + service_level_window::length).answered == 1);
  CHECK(w.total(begin + 24h).answered == 0);
  ++w.at(begin + service_level_window::length).answered; // takes the first one's place
  CHECK(w.total(begin + service_level_window::length).answered == 2);
  ++w.at(begin).answered; // too late to count
  CHECK(w.total(begin + service_level_window::length).answered == 2);
}

TEST_CASE("overflowed and failed callers are not in the service level") {
  actors::metrics m(two_queues(), {});
  log_writer log(m);
  CHECK_FALSE(value_of(m.render(start), of("lifeline_queue_service_level_ratio", "12315")));
  log(call(1), queue_left{"12315", queue_outcome::answered, 15s});
  log(call(2), queue_left{"12315", queue_outcome::answered, 16s});
  log(call(3), queue_left{"12315", queue_outcome::abandoned, 5s});
  log(call(4), queue_left{"12315", queue_outcome::abandoned, 40s});
  log(call(5), queue_left{"12315", queue_outcome::overflowed, 60s});
  log(call(6), queue_left{"12315", queue_outcome::failed, 1s});
  const auto text = m.render(start + 1min);
  CHECK(value_of(text, of("lifeline_queue_service_level_callers", "12315")) == 3);
  CHECK(value_of(text, of("lifeline_queue_service_level_ratio", "12315")).value_or(-1) == Approx(1.0 / 3));
  CHECK(value_of(text, of("lifeline_queue_service_level_threshold_seconds", "96333")) == 10);
  CHECK_FALSE(value_of(m.render(start + 31min), of("lifeline_queue_service_level_ratio", "12315")));
  CHECK(value_of(m.render(start + 31min), of("lifeline_calls_answered_total", "12315")) == 2);
}

TEST_CASE("the expected wait is measured against the real one of answered callers") {
  actors::metrics m(two_queues(), {});
  log_writer log(m);
  const auto enter = [&](std::uint64_t n, span expected, bool resumed = false) {
    log(call(n), queue_entered{"12315", 0, 1, expected, resumed});
  };
  const auto leave = [&](std::uint64_t n, queue_outcome how, span waited) {
    log(call(n), queue_left{"12315", how, waited}, waited);
  };
  enter(1, 30s);
  enter(1, 99s); // registered again: the first estimate was told to the caller
  leave(1, queue_outcome::answered, 20s);
  enter(2, 5s);
  leave(2, queue_outcome::answered, 9s);
  enter(3, span{-1});
  leave(3, queue_outcome::answered, 9s);
  enter(4, 60s);
  leave(4, queue_outcome::abandoned, 9s);
  enter(5, 2s, true);
  log(call(5), queue_left{"12315", queue_outcome::answered, 300s}, 2s); // 298 s of it before it lost its place
  const auto text = m.render(start + 5min);
  CHECK(value_of(text, of("lifeline_queue_expected_wait_error_seconds_count", "12315")) == 3);
  CHECK(value_of(text, of("lifeline_queue_expected_wait_error_seconds_sum", "12315")) == 14);
  CHECK(value_of(text, R"(lifeline_queue_expected_wait_misjudged_seconds_total{direction="too_long",queue="12315"})") ==
        10);
  CHECK(value_of(text,
                 R"(lifeline_queue_expected_wait_misjudged_seconds_total{direction="too_short",queue="12315"})") == 4);
  CHECK(value_of(text, of("lifeline_queue_expected_wait_bias_seconds", "12315")) == 2);
  CHECK_FALSE(value_of(text, of("lifeline_queue_expected_wait_bias_seconds", "96333")));
  CHECK(value_of(text, of("lifeline_queue_resumed_total", "12315")) == 1);
}
