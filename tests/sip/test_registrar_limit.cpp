// What a phone that never unregisters leaves behind, and who gives way when an account is full.

#include "sip/registrar.hpp"

#include <algorithm>
#include <catch2/catch.hpp>

using namespace lifeline;
using namespace lifeline::sip;
using namespace std::chrono_literals;

namespace {

const auto start = domain::instant{1000000s};

/// A phone that starts anew: another Call-ID, another port.
register_request started(int n, const std::string& instance = {}) {
  register_request r;
  r.account = "8001";
  r.call_id = "start " + std::to_string(n);
  r.cseq = 1;
  register_request::binding b;
  b.uri = "sip:8001@10.0.0.5:" + std::to_string(40000 + n);
  b.expires = 3600s;
  b.instance = instance;
  r.contacts.push_back(b);
  return r;
}

std::vector<std::string> uris(const registrar& r) {
  std::vector<std::string> all;
  for (const auto& c : r.contacts("8001"))
    all.push_back(c.uri);
  return all;
}

bool has(const registrar& r, int n) {
  const auto all = uris(r);
  return std::count(all.begin(), all.end(), "sip:8001@10.0.0.5:" + std::to_string(40000 + n)) == 1;
}

} // namespace

TEST_CASE("registrar: a phone that names itself and never unregisters has one contact, however often it starts") {
  registrar r{{}};
  for (int n = 0; n < 50; ++n) {
    CHECK(r.apply(started(n, "\"<urn:uuid:1>\""), start + n * 1s).status == 200);
    CHECK(uris(r).size() == 1);
    CHECK(has(r, n));
  }
}

TEST_CASE("registrar: past the limit the contact that was refreshed longest ago gives way") {
  registrar r{{}};
  for (int n = 0; n < 5; ++n)
    r.apply(started(n), start + n * 1s);
  auto refreshed = started(0);
  refreshed.cseq = 2;
  r.apply(refreshed, start + 10s);
  const auto sixth = r.apply(started(5), start + 11s);
  CHECK(sixth.status == 200);
  CHECK(sixth.contacts.size() == 5);
  CHECK(has(r, 5));
  CHECK(has(r, 0));
  CHECK_FALSE(has(r, 1));
}

TEST_CASE("registrar: past the limit one that does not answer gives way before all others") {
  registrar r{{}};
  for (int n = 0; n < 5; ++n)
    r.apply(started(n), start + n * 1s);
  const auto silent = [](const contact& c) { return c.uri == "sip:8001@10.0.0.5:40003"; };
  CHECK(r.apply(started(5), start + 9s, silent).status == 200);
  CHECK_FALSE(has(r, 3));
  CHECK(has(r, 0));
}

TEST_CASE("registrar: a request that has more contacts than an account may is refused with the reason") {
  registrar r{{}};
  r.apply(started(9), start);
  auto many = started(0);
  for (int n = 1; n < 6; ++n)
    many.contacts.push_back(started(n).contacts.front());
  const auto refused = r.apply(many, start + 1s);
  CHECK(refused.status == 403);
  CHECK(refused.reason.find("5 contacts") != std::string::npos);
  CHECK(uris(r).size() == 1);
}

TEST_CASE("registrar: after a restart the same phone is known again") {
  registrar before{{}};
  before.apply(started(0, "\"<urn:uuid:1>\""), start);
  before.apply(started(1), start);
  registrar after{{}};
  after.restore({{"8001", before.contacts("8001")}}, start + 1s);
  CHECK(after.contacts("8001") == before.contacts("8001"));
  after.apply(started(7, "\"<urn:uuid:1>\""), start + 2s); // moved while the engine was away: its instance
  CHECK_FALSE(has(after, 0));
  CHECK(has(after, 7));
  auto moved = started(1); // its Call-ID
  moved.cseq = 2;
  moved.contacts.front().uri = "sip:8001@10.9.9.9:5060";
  after.apply(moved, start + 3s);
  CHECK_FALSE(has(after, 1));
  CHECK(uris(after).size() == 2);
  auto overtaken = started(7, "\"<urn:uuid:1>\"");
  CHECK(after.apply(overtaken, start + 4s).status == 500); // its CSeq
}
