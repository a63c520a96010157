#include "sip/keepalive.hpp"

#include <catch2/catch.hpp>

using namespace lifeline;
using namespace lifeline::sip;
using namespace std::chrono_literals;

namespace {

const auto start = domain::instant{1000000s};

contact contact_of(const std::string& uri, const std::string& route = {}) {
  contact c;
  c.uri = uri;
  c.route = route;
  return c;
}

const auto behind_nat = contact_of("sip:8001@10.0.0.5:5060", "sip:203.0.113.5:40000;transport=udp;lr");

/// Seconds from `from` until something is due.
domain::instant next_round(keepalive_watch& w, domain::instant from, keepalive_watch::round& r) {
  for (auto now = from; now < from + 100s; now += 100ms) {
    r = w.due(now);
    if (!r.probes.empty() || !r.dead.empty()) return now;
  }
  FAIL("nothing is due");
  return from;
}

} // namespace

TEST_CASE("keepalive: phones behind a NAT or on a connection are asked, others are not") {
  CHECK(needs_keepalive(behind_nat));
  CHECK(needs_keepalive(contact_of("sip:8001@10.0.0.5;transport=tcp")));
  CHECK(needs_keepalive(contact_of("sips:8001@10.0.0.5")));
  CHECK_FALSE(needs_keepalive(contact_of("sip:8001@10.0.0.5:5060")));
}

TEST_CASE("keepalive: a phone that answers is asked again each interval") {
  keepalive_watch w{30s, 3};
  w.track("8001", {behind_nat}, start);
  keepalive_watch::round r;
  auto now = next_round(w, start, r);
  CHECK(now - start <= 30s);
  for (int i = 0; i < 10; ++i) {
    REQUIRE(r.probes.size() == 1);
    CHECK(r.probes.front().route == behind_nat.route);
    CHECK(r.dead.empty());
    w.answered(r.probes.front().phone, 404);
    const auto before = now;
    now = next_round(w, now + 100ms, r);
    CHECK(now - before == 30s);
  }
}

TEST_CASE("keepalive: a phone that stays silent is given up after the last chance, and not before") {
  keepalive_watch w{30s, 3};
  w.track("8001", {behind_nat}, start);
  keepalive_watch::round r;
  auto now = next_round(w, start, r);
  for (int i = 0; i < 2; ++i) {
    w.answered(r.probes.front().phone, 408); // what the stack says when nothing came
    now = next_round(w, now + 100ms, r);
    CHECK(r.dead.empty());
  }
  now = next_round(w, now + 100ms, r);
  REQUIRE(r.dead.size() == 1);
  CHECK(r.dead.front() == keepalive_watch::key{"8001", behind_nat.uri});
  CHECK(w.size() == 0);
}

TEST_CASE("keepalive: one answer in between makes good for all before") {
  keepalive_watch w{30s, 3};
  w.track("8001", {behind_nat}, start);
  keepalive_watch::round r;
  auto now = start;
  for (int i = 0; i < 20; ++i) {
    now = next_round(w, now + 100ms, r);
    REQUIRE(r.dead.empty());
    if (i % 3 == 2) w.answered(r.probes.front().phone, 200);
  }
}

TEST_CASE("keepalive: a refresh does not put the next question off, a removed contact is not asked") {
  keepalive_watch w{30s, 3};
  w.track("8001", {behind_nat}, start);
  keepalive_watch::round r;
  for (auto now = start; now < start + 30s; now += 1s) {
    w.track("8001", {behind_nat}, now);
    const auto more = w.due(now);
    r.probes.insert(r.probes.end(), more.probes.begin(), more.probes.end());
  }
  CHECK(r.probes.size() == 1);
  w.track("8001", {}, start + 31s);
  CHECK(w.size() == 0);
  CHECK(w.due(start + 100s).probes.empty());
}

TEST_CASE("keepalive: many phones that register at once are not all asked at once - 0 turns it off") {
  keepalive_watch w{30s, 3};
  for (int i = 0; i < 500; ++i) {
    const auto n = std::to_string(i);
    w.track("80" + n, {contact_of("sip:80" + n + "@10.0.0.5", "sip:203.0.113.5:4" + n + ";lr")}, start);
  }
  std::size_t most = 0;
  for (auto now = start; now <= start + 30s; now += 100ms)
    most = std::max(most, w.due(now).probes.size());
  CHECK(most > 0);
  CHECK(most < 50);
  w.configure(0s, 3);
  CHECK(w.due(start + 500s).probes.empty());
}
