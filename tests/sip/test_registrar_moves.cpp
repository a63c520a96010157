#include "sip/registrar.hpp"

#include <catch2/catch.hpp>

using namespace lifeline;
using namespace lifeline::sip;
using namespace std::chrono_literals;

namespace {

const auto start = domain::instant{1000000s};

register_request request_of(const std::string& call_id, std::uint32_t cseq, const std::vector<std::string>& uris,
                            const std::string& instance = {}, const std::string& reg_id = {}) {
  register_request r;
  r.account = "8001";
  r.call_id = call_id;
  r.cseq = cseq;
  for (const auto& uri : uris) {
    register_request::binding b;
    b.uri = uri;
    b.expires = 300s;
    b.instance = instance;
    b.reg_id = reg_id;
    r.contacts.push_back(b);
  }
  return r;
}

std::vector<std::string> uris(const registrar& r) {
  std::vector<std::string> all;
  for (const auto& c : r.contacts("8001"))
    all.push_back(c.uri);
  return all;
}

using list = std::vector<std::string>;

} // namespace

TEST_CASE("registrar: a phone that moved replaces its old address: same instance") {
  registrar r{{}};
  r.apply(request_of("a", 1, {"sip:8001@10.0.0.5"}, "\"<urn:uuid:1>\"", "1"), start);
  r.apply(request_of("b", 1, {"sip:8001@10.0.0.9"}, "\"<urn:uuid:1>\"", "1"), start); // rebooted: another Call-ID
  CHECK(uris(r) == list{"sip:8001@10.0.0.9"});
  r.apply(request_of("c", 1, {"sip:8001@10.0.0.7"}, "\"<urn:uuid:2>\"", "1"), start); // another phone
  r.apply(request_of("b", 2, {"sip:8001@10.1.0.9"}, "\"<urn:uuid:1>\"", "2"), start); // another flow of the first
  CHECK(uris(r) == list{"sip:8001@10.0.0.9", "sip:8001@10.0.0.7", "sip:8001@10.1.0.9"});
}

TEST_CASE("registrar: a phone that moved replaces its old address: same Call-ID") {
  registrar r{{}};
  r.apply(request_of("a", 1, {"sip:8001@10.0.0.5"}), start);
  r.apply(request_of("a", 2, {"sip:8001@10.0.0.9"}), start);
  CHECK(uris(r) == list{"sip:8001@10.0.0.9"});
  r.apply(request_of("other", 1, {"sip:8001@10.0.0.7"}), start);
  CHECK(uris(r).size() == 2);
}

TEST_CASE("registrar: what one request binds stays together, and taking one contact off leaves the other") {
  registrar r{{}};
  r.apply(request_of("a", 1, {"sip:8001@10.0.0.5", "sip:8001@10.0.0.6"}), start);
  CHECK(uris(r).size() == 2);
  auto off = request_of("a", 2, {"sip:8001@10.0.0.5"});
  off.contacts.front().expires = 0s;
  r.apply(off, start);
  CHECK(uris(r) == list{"sip:8001@10.0.0.6"});
  r.apply(request_of("a", 3, {"sip:8001@10.0.0.6"}), start);
  CHECK(uris(r) == list{"sip:8001@10.0.0.6"});
}

TEST_CASE("registrar: contacts and accounts are forgotten on request") {
  registrar r{{}};
  r.apply(request_of("a", 1, {"sip:8001@10.0.0.5"}), start);
  r.apply(request_of("b", 1, {"sip:8001@10.0.0.6"}), start);
  CHECK_FALSE(r.remove("8001", "sip:8001@10.9.9.9"));
  CHECK_FALSE(r.remove("8002", "sip:8001@10.0.0.5"));
  const auto left = r.remove("8001", "sip:8001@10.0.0.5");
  REQUIRE(left);
  CHECK(left->contacts.size() == 1);
  CHECK(r.remove_accounts([](const auto& account) { return account == "8001"; }).empty());
  const auto gone = r.remove_accounts([](const auto&) { return false; });
  REQUIRE(gone.size() == 1);
  CHECK(gone.front().account == "8001");
  CHECK(gone.front().contacts.empty());
  CHECK(r.accounts() == 0);
}
