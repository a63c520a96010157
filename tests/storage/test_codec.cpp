#include "storage/codec.hpp"
#include "storage/event_codec.hpp"
#include "storage/event_serialize.hpp"
#include "support.hpp"

#include <cereal/archives/portable_binary.hpp>
#include <cereal/types/map.hpp>

#include <catch2/catch.hpp>

#include <set>
#include <sstream>

using namespace lifeline;
using namespace lifeline::storage;
using namespace lifeline::storage::testing;

namespace lifeline::storage::testing {

struct checkpoint {
  std::map<std::string, std::vector<std::uint32_t>> counts;
  domain::instant since = domain::never;
  domain::reservation_id reservation;
};
template <class Archive> void serialize(Archive& ar, checkpoint& x, std::uint32_t version) {
  check_version<checkpoint>(version);
  ar(x.counts, x.since, x.reservation);
}

} // namespace lifeline::storage::testing

CEREAL_CLASS_VERSION(lifeline::storage::testing::checkpoint, 2)

TEST_CASE("every entry comes back from its bytes as it was") {
  std::mt19937_64 random(1);
  std::set<std::uint16_t> numbers;
  for (int round = 0; round < 200; ++round) {
    for (auto& e : one_of_each(random)) {
      e.seq = random();
      const auto bytes = encode_event(e);
      const auto back = decode_event(e.seq, bytes);
      REQUIRE(back);
      CHECK(back->seq == e.seq);
      CHECK(back->at == e.at);
      CHECK(back->call == e.call);
      CHECK(back->body.index() == e.body.index());
      CHECK(encode_event(*back) == bytes);
      numbers.insert(event_number(e.body));
      if (const auto* r = std::get_if<domain::agent_reserved>(&e.body))
        CHECK(std::get<domain::agent_reserved>(back->body).why == r->why);
      if (const auto* r = std::get_if<domain::call_ended>(&e.body)) {
        CHECK(std::get<domain::call_ended>(back->body).record == r->record);
        CHECK(decode_record(encode_record(r->record)).value() == r->record);
      }
    }
  }
  CHECK(numbers.size() == std::variant_size_v<domain::event_body>); // each has its own; there may be gaps
}

TEST_CASE("on the disk lies the world's time, in memory the engine's") {
  struct back {
    ~back() { domain::set_clock_correction({}); }
  } const at_end;
  const auto engine = domain::from_micros(1'796'072'702'000'000);
  const domain::event e{7, engine, {}, domain::source_banned{"192.0.2.1", engine + std::chrono::minutes{5}, "x"}};
  domain::set_clock_correction(std::chrono::hours{2});
  const auto bytes = encode_event(e);
  CHECK(decode_event(7, bytes)->at == engine);
  domain::set_clock_correction({}); // the next run's anchor is right from its start
  const auto later = decode_event(7, bytes);
  REQUIRE(later);
  CHECK(later->at == engine + std::chrono::hours{2});
  CHECK(std::get<domain::source_banned>(later->body).until == engine + std::chrono::minutes{125});
}

TEST_CASE("the bytes of an entry never change") {
  domain::event e;
  e.at = domain::from_micros(0x0102030405060708);
  e.call = {0x1112131415161718, 0x2122232425262728};
  e.body = domain::queue_left{"12315", domain::queue_outcome::overflowed, domain::span{0x3132}};
  const std::vector<unsigned char> golden = {
      1,                                              // little-endian
      6,    0,                                        // queue_left
      0x08, 0x07, 0x06, 0x05, 0x04, 0x03, 0x02, 0x01, // at
      0x18, 0x17, 0x16, 0x15, 0x14, 0x13, 0x12, 0x11, // call
      0x28, 0x27, 0x26, 0x25, 0x24, 0x23, 0x22, 0x21, //
      1,    0,    0,    0,                            // class version
      5,    0,    0,    0,    0,    0,    0,    0,    // length of the queue's name
      '1',  '2',  '3',  '1',  '5',                    //
      3,                                              // overflowed
      0x32, 0x31, 0,    0,    0,    0,    0,    0,    // waited
  };
  CHECK(encode_event(e) == std::string(golden.begin(), golden.end()));
}

TEST_CASE("an arrival that was written before the number as received was kept is read") {
  domain::event e;
  e.at = domain::from_micros(1);
  e.call = {1, 2};
  e.body = domain::call_arrived{"12315", "+8613912340000", "12315", "carrier", {3, 4}, {}};
  auto old = encode_event(e);
  constexpr std::size_t version_at = 27; // after the byte order, type, time and call
  REQUIRE(old[version_at] == 2);
  old[version_at] = 1;
  old.resize(old.size() - 8); // the last text's length
  const auto read = decode_event(7, old);
  REQUIRE(read);
  CHECK(std::get<domain::call_arrived>(read->body).caller == "+8613912340000");
  CHECK(std::get<domain::call_arrived>(read->body).caller_received.empty());
}

TEST_CASE("entries and records of before are read, with what was kept then") {
  std::mt19937_64 random(4);
  const auto events = one_of_each(random);
  const auto as_before = [](std::string bytes, std::size_t version_at, std::size_t added) {
    bytes.at(version_at) = 1;
    return bytes.substr(0, bytes.size() - added);
  };
  constexpr std::size_t in_entry = 27; // behind mark, number, time and call
  const auto ended = decode_event(7, as_before(encode_event(events[8]), in_entry, 4));
  REQUIRE(ended);
  CHECK(std::get<domain::reservation_ended>(ended->body).sip_status == 0);
  CHECK(std::get<domain::reservation_ended>(ended->body).agent ==
        std::get<domain::reservation_ended>(events[8].body).agent);
  const auto connected = decode_event(7, as_before(encode_event(events[9]), in_entry, 8));
  REQUIRE(connected);
  CHECK(std::get<domain::call_connected>(connected->body).since_arrival == domain::span{0});
  auto record = std::get<domain::call_ended>(events[13].body).record;
  record.stays.clear();
  record.caller_received.clear();
  const auto old = decode_record(as_before(encode_record(record), 1, 24));
  REQUIRE(old);
  CHECK(old->first_queued == record.queued);
  CHECK(old->stays == std::vector<domain::queue_stay>{{record.queue, record.waited}});
  record.queued = domain::never;
  const auto blocked = decode_record(as_before(encode_record(record), 1, 24));
  REQUIRE(blocked);
  CHECK(blocked->stays.empty());
}

TEST_CASE("cereal's own portable binary archive reads what ours writes") {
  std::mt19937_64 random(2);
  const auto events = one_of_each(random);
  const auto& record = std::get<domain::call_ended>(events[13].body).record;
  std::istringstream in(encode_record(record));
  cereal::PortableBinaryInputArchive ar(in);
  // The archive of the library has no strict enumerations, but the same layout.
  domain::call_record back;
  ar(back);
  CHECK(back == record);
}

TEST_CASE("cut, lengthened and damaged values are refused and harm nothing") {
  std::mt19937_64 random(3);
  for (int round = 0; round < 20; ++round) {
    for (const auto& e : one_of_each(random)) {
      const auto bytes = encode_event(e);
      for (std::size_t length = 0; length < bytes.size(); ++length) {
        const auto r = decode_event(7, std::string_view(bytes).substr(0, length));
        REQUIRE_FALSE(r);
        REQUIRE(r.error().code == errc::corrupt);
      }
      const auto longer = decode_event(7, bytes + "x");
      REQUIRE_FALSE(longer);
      CHECK(longer.error().message.find("event 7") != std::string::npos);
      for (int flip = 0; flip < 50; ++flip) {
        auto damaged = bytes;
        damaged[random() % damaged.size()] ^= static_cast<char>(1 << random() % 8);
        const auto r = decode_event(7, damaged);
        if (!r) CHECK(r.error().code == errc::corrupt);
      }
    }
    std::string garbage(random() % 300, ' ');
    for (auto& c : garbage)
      c = static_cast<char>(random() & 0xff);
    CHECK_FALSE(decode_event(7, garbage));
    CHECK_FALSE(decode_record(garbage));
  }
}

TEST_CASE("unknown types, versions, enumeration values and lengths are refused by name") {
  domain::event e;
  e.body = domain::queue_left{"q", domain::queue_outcome::answered, domain::span{1}};
  const auto bytes = encode_event(e);
  const auto refusal = [&](std::size_t at, char value) {
    auto damaged = bytes;
    damaged.at(at) = value;
    const auto r = decode_event(1, damaged);
    return r ? std::string("accepted") : r.error().message;
  };
  CHECK_THAT(refusal(0, 0), Catch::Contains("mark"));
  CHECK_THAT(refusal(1, 99), Catch::Contains("event type 99 is unknown"));
  CHECK_THAT(refusal(27, 2), Catch::Contains("class version 2"));
  CHECK_THAT(refusal(27, 0), Catch::Contains("class version 0"));
  CHECK_THAT(refusal(37, 0x7f), Catch::Contains("length of")); // 2^47 bytes of name
  CHECK_THAT(refusal(40, 9), Catch::Contains("value 9 is unknown"));
  CHECK_THAT(refusal(40, 0), Catch::Contains("value 0 is unknown"));
}

TEST_CASE("a value that cannot be stored is refused to the caller") {
  const auto j = make_memory_journal();
  change c;
  c.events.push_back({0, {}, {}, domain::queue_left{"q", static_cast<domain::queue_outcome>(77), domain::span{}}});
  CHECK_THROWS(j->append(c, durability::lazy));
  change reserved;
  reserved.state.push_back({table::meta, "last_sequence", "1"});
  CHECK_THROWS_AS(j->append(reserved, durability::lazy), std::invalid_argument);
  CHECK(j->last_sequence() == 0);
}

TEST_CASE("orders and reports of an earlier engine are read, without what it did not know") {
  domain::order_state order;
  order.number = "JY20261124-0001";
  order.address = "1 Long Street";
  order.last_change = domain::from_micros(7);
  order.unclear = "";
  // What is new stands at the end: an empty text is its length of eight bytes, an alert its stage, reasons and two
  // times.
  const auto older = [](std::string bytes, std::size_t added) {
    bytes.resize(bytes.size() - added);
    bytes.at(1) = 1; // the class version
    return bytes;
  };
  const auto old_order = decode<domain::order_state>(older(encode(order), 8 + 18), "an order");
  REQUIRE(old_order);
  CHECK(old_order->number == order.number);
  CHECK(old_order->last_change == order.last_change);
  CHECK(old_order->unclear.empty());
  domain::alarm_report report;
  report.place = "1 Long Street";
  report.doubts = {"lift: none is known"};
  const auto old_report = decode<domain::alarm_report>(older(encode(report), 8), "a report");
  REQUIRE(old_report);
  CHECK(old_report->doubts == report.doubts);
  CHECK(old_report->district.empty());
}

TEST_CASE("other rooms store values of their own, with versions") {
  checkpoint c{{{"a", {1, 2}}, {"b", {}}}, domain::from_micros(-5), {1, 2}};
  const auto bytes = encode(c);
  const auto back = decode<checkpoint>(bytes, "a checkpoint");
  REQUIRE(back);
  CHECK(back->counts == c.counts);
  CHECK(back->since == c.since);
  CHECK(back->reservation == c.reservation);
  auto newer = bytes;
  newer[1] = 3;
  CHECK_THAT(decode<checkpoint>(newer, "a checkpoint").error().message,
             Catch::Contains("a checkpoint") && Catch::Contains("class version 3 where 1 to 2 are known"));
  CHECK_FALSE(decode<bool>(std::string("\1\2", 2)));
}
