// Parties: their software, urging, and words that come early, late or from nobody.
#include "test_order_fixture.hpp"

#include <catch2/catch.hpp>

using namespace lifeline::domain;
using namespace lifeline::domain::testing;

TEST_CASE("order: a party's software is told besides its phones, of urging and of withdrawal too", "[order]") {
  order_bench b;
  auto parties = small_book();
  parties[0].webhook = "https://firm.example/orders";
  b.book(parties);
  b.open();
  CHECK(b.ringing() == std::vector<std::string>{"101", "https://firm.example/orders"});
  CHECK(b.call("https://firm.example/orders", attempt_outcome::delivered));
  b.give(rescuer_report{"firm", rescuer_word::accept, step_via::webhook, {}, {}});
  CHECK(b.s.status == order_status::accepted);
  CHECK(b.ringing().empty());
  b.pass(10min);
  REQUIRE(b.attempt_to("https://firm.example/orders"));
  CHECK(b.attempts.back().purpose == attempt_purpose::urge);
  REQUIRE(b.act(order_verb::withdraw, {{"party", "firm"}, {"reason", "another comes"}}));
  CHECK(b.attempts.back().purpose == attempt_purpose::withdrawal);
  CHECK(b.s.status == order_status::open);
}

TEST_CASE("order: a firm with software only is climbed over when that fails for good", "[order]") {
  order_bench b;
  auto parties = small_book();
  parties[0].phones.clear();
  parties[0].webhook = "https://firm.example/orders";
  b.book(parties);
  auto lift = a_lift();
  lift.duty_phone = lift.maintenance_worker_phone = lift.maintenance_manager_phone = "";
  b.open(a_report(), lift);
  CHECK(b.s.level == 1);
  b.call("https://firm.example/orders", attempt_outcome::failed);
  CHECK(b.s.level == 2);
}

TEST_CASE("order: urging by schedule calls the phones once through until somebody has heard it", "[order]") {
  order_bench b;
  b.open();
  b.call("101", attempt_outcome::accepted);
  b.pass(10min);
  CHECK(b.count(order_step::urged) == 1);
  CHECK(b.attempts.back().purpose == attempt_purpose::urge);
  b.call("101", attempt_outcome::no_answer);
  b.call("102", attempt_outcome::heard);
  CHECK(b.ringing().empty());
  b.pass(10min);
  CHECK(b.count(order_step::urged) == 2);
  b.call("101", attempt_outcome::arrived); // by key during the urging
  CHECK(b.s.status == order_status::arrived);
  b.pass(1h);
  CHECK(b.count(order_step::urged) == 2);
}

TEST_CASE("order: urging by hand calls those again whom nobody calls any more", "[order]") {
  order_bench b;
  b.plan_.dial_rounds = 1;
  b.open();
  b.call("101", attempt_outcome::busy);
  b.call("102", attempt_outcome::busy);
  REQUIRE(b.of("firm").phase == deployment_phase::unanswered);
  REQUIRE(b.act(order_verb::urge, {{"party", "firm"}}));
  CHECK(b.attempts.back().purpose == attempt_purpose::dispatch); // it may still accept
  b.call("101", attempt_outcome::accepted);
  CHECK(b.of("firm").phase == deployment_phase::accepted);
  CHECK(b.count(order_step::accepted_late) == 1);
  for (int i = 0; i < 60; ++i)
    REQUIRE(b.act(order_verb::urge));
  CHECK(b.s.urged.size() == 50);
}

TEST_CASE("order: an acceptance taken back climbs, and another party's stays", "[order]") {
  order_bench b;
  b.open();
  b.call("101", attempt_outcome::accepted);
  b.word(rescuer_word::refuse);
  CHECK(b.s.status == order_status::dispatched);
  CHECK(b.engaged("near"));
  b.call("201", attempt_outcome::accepted);
  b.word(rescuer_word::accept, "firm"); // after all
  CHECK(b.s.status == order_status::accepted);
  CHECK(b.count(order_step::accepted_late) == 1);
}

TEST_CASE("order: arrival and completion before acceptance carry it with them", "[order]") {
  order_bench b;
  b.open();
  b.now_ += 9min;
  b.word(rescuer_word::completed);
  CHECK(b.s.status == order_status::rescued);
  CHECK(b.of("firm").accepted == b.now_);
  CHECK(b.of("firm").arrived == b.now_);
  CHECK(b.ringing().empty());
}

TEST_CASE("order: a word of nobody who is engaged is noted and changes nothing else", "[order]") {
  order_bench b;
  b.open();
  b.word(rescuer_word::arrived, "stranger");
  CHECK(b.s.status == order_status::dispatched);
  CHECK(b.last(order_step::noted).party == "stranger");
}

TEST_CASE("order: a word pressed in a call that was given up meanwhile still counts, once", "[order]") {
  order_bench b;
  b.open();
  const auto call = *b.attempt_to("101");
  b.restart(); // the call lives on in a party's ear
  REQUIRE(b.attempt_to("101") != call);
  b.give(attempt_result{call, attempt_outcome::accepted, 3s, {}, {}});
  CHECK(b.s.status == order_status::accepted);
  CHECK(b.ringing().empty());
  const auto version = b.s.version;
  b.give(attempt_result{call, attempt_outcome::refused, 3s, {}, {}});
  CHECK(b.s.version == version);
}

TEST_CASE("order: an attempt whose result never comes is given up, and the next phone is called", "[order]") {
  order_bench b;
  b.open();
  const auto call = *b.attempt_to("101");
  b.pass(30s + 45s + attempt_margin + attempt_grace);
  CHECK(b.given_up == std::vector<attempt_id>{call});
  CHECK(b.ringing() == std::vector<std::string>{"102"});
}
