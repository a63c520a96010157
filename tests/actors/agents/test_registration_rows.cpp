// Registrations on disk: rows of the format before phones were known by their instance are read as well.

#include "actors/core/checkpoints.hpp"
#include "storage/codec.hpp"

#include <cereal/types/vector.hpp>

#include <catch2/catch.hpp>

using namespace lifeline;
using namespace std::chrono_literals;

namespace {

/// Version 1 of both, as it was written.
struct old_contact {
  std::string uri;
  std::string route;
  domain::instant expires;
  std::string user_agent;
};
struct old_registration {
  std::string account;
  std::vector<old_contact> contacts;
};
template <class Archive> void serialize(Archive& ar, old_contact& x, std::uint32_t) {
  ar(x.uri, x.route, x.expires, x.user_agent);
}
template <class Archive> void serialize(Archive& ar, old_registration& x, std::uint32_t) { ar(x.account, x.contacts); }

} // namespace

CEREAL_CLASS_VERSION(old_contact, 1)
CEREAL_CLASS_VERSION(old_registration, 1)

TEST_CASE("registration rows: what says who a phone is comes back") {
  sip::registration r{"8001", {}};
  sip::contact c{"sip:8001@10.0.0.5", "sip:192.0.2.7:40000;transport=tcp;lr", domain::instant{1000h}, "Phone/1"};
  c.instance = "\"<urn:uuid:1>\"";
  c.reg_id = "2";
  c.call_id = "abc@10.0.0.5";
  c.cseq = 4711;
  c.refreshed = domain::instant{999h};
  r.contacts = {c, c};
  const auto read = actors::decode_registration(actors::encode_registration(r));
  REQUIRE(read);
  CHECK(read->account == "8001");
  CHECK(read->contacts == r.contacts);
}

TEST_CASE("registration rows: those of the first version are read") {
  const old_registration old{"8001",
                             {{"sip:8001@10.0.0.5", "", domain::instant{1000h}, "Phone/1"},
                              {"sip:8001@10.0.0.6", "", domain::instant{7h}, ""}}};
  const auto read = actors::decode_registration(storage::encode(old));
  REQUIRE(read);
  CHECK(read->account == "8001");
  REQUIRE(read->contacts.size() == 2);
  CHECK(read->contacts[0] == sip::contact{"sip:8001@10.0.0.5", "", domain::instant{1000h}, "Phone/1"});
  CHECK(read->contacts[0].instance.empty());
  CHECK(read->contacts[0].refreshed == domain::never);
  CHECK(read->contacts[1].expires == domain::instant{7h});
}
