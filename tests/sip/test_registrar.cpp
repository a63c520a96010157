#include "sip/registrar.hpp"

#include <catch2/catch.hpp>

using namespace lifeline::sip;
using namespace std::chrono_literals;
using lifeline::domain::instant;

namespace {

constexpr instant start{1000h};
constexpr registration_limits limits{30s, 3600s, 300s, 2};

register_request request(const std::string& uri, std::optional<std::chrono::seconds> expires, std::uint32_t cseq = 1,
                         const std::string& call_id = "a") {
  register_request r;
  r.account = "8001";
  r.call_id = call_id;
  r.cseq = cseq;
  r.contacts = {{uri, expires, "", "", ""}};
  return r;
}

} // namespace

TEST_CASE("the time of a binding: its own, the request's, ours, and never above the maximum") {
  registrar r{limits};
  auto both = request("sip:a", 60s);
  both.expires = 90s;
  CHECK(r.apply(both, start).contacts[0].expires == start + 60s);
  auto header = request("sip:a", std::nullopt, 2);
  header.expires = 90s;
  CHECK(r.apply(header, start).contacts[0].expires == start + 90s);
  CHECK(r.apply(request("sip:a", std::nullopt, 3), start).contacts[0].expires == start + 300s);
  CHECK(r.apply(request("sip:a", 86400s, 4), start).contacts[0].expires == start + 3600s);
}

TEST_CASE("a request that was overtaken changes nothing") {
  registrar r{limits};
  CHECK(r.apply(request("sip:a", 60s, 5), start).status == 200);
  CHECK(r.apply(request("sip:a", 0s, 4), start).status == 500);
  CHECK(r.apply(request("sip:a", 120s, 5), start).status == 500);
  CHECK(r.contacts("8001")[0].expires == start + 60s);
  CHECK(r.apply(request("sip:a", 90s, 1, "after a reboot"), start).status == 200);
  auto star = request("", 0s, 1, "after a reboot");
  star.contacts.clear();
  star.all = true;
  star.expires = 0s;
  CHECK(r.apply(star, start).status == 500);
  star.cseq = 2;
  CHECK(r.apply(star, start).status == 200);
  CHECK(r.accounts() == 0);
}

TEST_CASE("all or nothing: one bad contact refuses the whole request") {
  registrar r{limits};
  auto two = request("sip:a", 60s);
  two.contacts.push_back({"sip:b", 5s, "", "", ""});
  CHECK(r.apply(two, start).status == 423);
  CHECK(r.accounts() == 0);
  two.contacts = {{"sip:a", 60s, "", "", ""}, {"sip:b", 60s, "", "", ""}, {"sip:c", 60s, "", "", ""}};
  CHECK(r.apply(two, start).status == 403);
  CHECK(r.accounts() == 0);
  two.contacts.pop_back();
  CHECK(r.apply(two, start).contacts.size() == 2);
}

TEST_CASE("removing what is not there is no error") {
  registrar r{limits};
  const auto result = r.apply(request("sip:a", 0s), start);
  CHECK(result.status == 200);
  CHECK(result.contacts.empty());
  CHECK(r.accounts() == 0);
}

TEST_CASE("bindings expire one by one and are reported with what is left") {
  registrar r{limits};
  r.apply(request("sip:a", 60s, 1), start);
  r.apply(request("sip:b", 90s, 1, "another phone"), start);
  CHECK(r.expire(start + 59s).empty());
  const auto first = r.expire(start + 60s);
  REQUIRE(first.size() == 1);
  REQUIRE(first[0].contacts.size() == 1);
  CHECK(first[0].contacts[0].uri == "sip:b");
  CHECK(r.expire(start + 61s).empty());
  const auto last = r.expire(start + 90s);
  REQUIRE(last.size() == 1);
  CHECK(last[0].contacts.empty());
  CHECK(r.accounts() == 0);
}

TEST_CASE("a refresh moves the expiry") {
  registrar r{limits};
  r.apply(request("sip:a", 60s, 1), start);
  r.apply(request("sip:a", 60s, 2), start + 50s);
  CHECK(r.expire(start + 100s).empty());
  CHECK(r.expire(start + 110s).size() == 1);
}
