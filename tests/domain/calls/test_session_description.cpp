#include "domain/calls/session_description.hpp"

#include <catch2/catch.hpp>

using namespace lifeline::domain;

namespace {
const local_media here{"192.0.2.1", 20000};

session_description remote(std::vector<codec> codecs, direction dir = direction::sendrecv) {
  session_description d;
  d.present = true;
  d.address = "198.51.100.7";
  d.port = 4000;
  d.codecs = std::move(codecs);
  d.dtmf_payload = 96;
  d.dir = dir;
  return d;
}
const codec pcma{8, "PCMA", 8000};
const codec pcmu{0, "PCMU", 8000};
const codec opus{111, "OPUS", 48000};
} // namespace

TEST_CASE("session description: the own offer is A-law, then mu-law, with telephone-event") {
  const auto d = make_offer(here, direction::sendonly);
  CHECK(d.present);
  CHECK(d.address == here.address);
  CHECK(d.port == here.port);
  CHECK(d.codecs == std::vector<codec>{pcma, pcmu});
  CHECK(d.dtmf_payload == 101);
  CHECK(d.dir == direction::sendonly);
  CHECK(d.ptime_ms == 20);
}

TEST_CASE("session description: the answer keeps the offerer's order and numbers") {
  const auto d = make_answer(remote({opus, pcmu, pcma}), here);
  CHECK(d.codecs == std::vector<codec>{pcmu, pcma});
  CHECK(d.port == here.port);
  CHECK(d.address == here.address);
  CHECK(d.dtmf_payload == 96);
  auto silent = remote({pcma});
  silent.dtmf_payload = 0;
  CHECK(make_answer(silent, here).dtmf_payload == 0);
  const codec dynamic{98, "PCMA", 8000};
  CHECK(make_answer(remote({dynamic}), here).codecs == std::vector<codec>{dynamic});
}

TEST_CASE("session description: no codec in common or a refused stream is answered with port 0") {
  CHECK(make_answer(remote({opus}), here).port == 0);
  CHECK(make_answer(remote({opus}), here).codecs == std::vector<codec>{opus});
  CHECK(make_answer(remote({}), here).port == 0);
  auto refused = remote({pcma});
  refused.port = 0;
  CHECK(make_answer(refused, here).port == 0);
  CHECK(make_answer(remote({{8, "PCMA", 16000}}), here).port == 0);
}

TEST_CASE("session description: the answer's direction fits the offer and what is wanted") {
  using d = direction;
  const d all[] = {d::sendrecv, d::sendonly, d::recvonly, d::inactive};
  // rows: offered; columns: wanted
  const d expected[4][4] = {{d::sendrecv, d::sendonly, d::recvonly, d::inactive},
                            {d::recvonly, d::inactive, d::recvonly, d::inactive},
                            {d::sendonly, d::sendonly, d::inactive, d::inactive},
                            {d::inactive, d::inactive, d::inactive, d::inactive}};
  for (int offered = 0; offered < 4; ++offered) {
    for (int wanted = 0; wanted < 4; ++wanted) {
      INFO(offered << ' ' << wanted);
      CHECK(make_answer(remote({pcma}, all[offered]), here, all[wanted]).dir == expected[offered][wanted]);
    }
  }
  for (const auto each : all)
    CHECK(mirrored(mirrored(each)) == each);
}

TEST_CASE("session description: who does not want to receive holds the call") {
  CHECK_FALSE(is_hold(remote({pcma})));
  CHECK_FALSE(is_hold(remote({pcma}, direction::recvonly)));
  CHECK(is_hold(remote({pcma}, direction::sendonly)));
  CHECK(is_hold(remote({pcma}, direction::inactive)));
  auto old_style = remote({pcma});
  old_style.address = "0.0.0.0";
  CHECK(is_hold(old_style));
  old_style.address = "::";
  CHECK(is_hold(old_style));
  CHECK_FALSE(is_hold(session_description{}));
}

TEST_CASE("session description: a call can be built on a stream with a port and a codec that both speak") {
  CHECK(is_usable(remote({opus, pcma})));
  CHECK(is_usable(remote({pcma}, direction::inactive)));
  CHECK_FALSE(is_usable(remote({opus})));
  CHECK_FALSE(is_usable({}));
  auto refused = remote({pcma});
  refused.port = 0;
  CHECK_FALSE(is_usable(refused));
}

TEST_CASE("session description: the first codec that the engine speaks") {
  const auto d = remote({opus, pcmu, pcma});
  REQUIRE(preferred_codec(d));
  CHECK(*preferred_codec(d) == pcmu);
  CHECK_FALSE(preferred_codec(remote({opus})));
}
