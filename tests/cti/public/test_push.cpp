// How a platform's message is read: what is believed, what becomes a doubt.

#include "cti/public/push.hpp"

#include "cti/api/links.hpp"
#include "cti/http/rate_limit.hpp"
#include "tests/cti/api/fake_engine.hpp"

#include <catch2/catch.hpp>

using namespace lifeline;
using namespace lifeline::testing;

namespace {

domain::vendor_plan vendor() {
  domain::vendor_plan v;
  v.name = "acme";
  v.kinds = {{"01", domain::report_kind::entrapment}, {"2", domain::report_kind::fault}};
  return v;
}
domain::alarm_report read(const std::string& fields) {
  const auto p = cti::read_push(R"({"message_id":"m","rescue_code":"080001",)" + fields + "}", vendor(), noon);
  CHECK(p.is_whole);
  REQUIRE(p.reports.size() == 1);
  return p.reports[0];
}
bool has_doubt(const domain::alarm_report& r, const std::string& part) {
  for (const auto& d : r.doubts)
    if (d.find(part) != std::string::npos) return true;
  return false;
}

} // namespace

TEST_CASE("a code is looked up, named, or doubted - without one an entrapment is assumed") {
  CHECK(read(R"("code":"01")").kind == domain::report_kind::entrapment);
  CHECK(read(R"("code":2)").kind == domain::report_kind::fault);
  CHECK(read(R"("code":"困人")").doubts.empty());
  const auto unknown = read(R"("code":"99")");
  CHECK(unknown.kind == domain::report_kind::fault);
  CHECK(has_doubt(unknown, "code: not in the table of acme"));
  for (const char* none : {R"("code":"")", R"("code":null)", R"("code":[1])", R"("moving":false)"}) {
    const auto r = read(none);
    CHECK(r.kind == domain::report_kind::entrapment);
    CHECK(has_doubt(r, "code: missing"));
  }
}

TEST_CASE("a time is believed from a day ago to five minutes ahead, in text, seconds or milliseconds") {
  const auto at = [](const std::string& value) { return read(R"("code":"01","occurred":)" + value).occurred; };
  CHECK(at(R"("2026-11-23T20:00:00+08:00")") == noon);
  CHECK(at("1795435200") == noon);
  CHECK(at("1795435200000") == noon);
  CHECK(at(R"("2026-11-23T12:05:00Z")") == noon + 5min);
  CHECK(at(R"("2026-11-22T12:00:00Z")") == noon - 24h);
  for (const char* odd : {R"("2026-11-23T12:05:01Z")", R"("2026-11-22T11:59:59Z")", R"("noon")", "-1", "0", "1e300",
                          "true", "[]", "1795435200000000000"}) {
    const auto r = read(R"("code":"01","occurred":)" + std::string{odd});
    CHECK(r.occurred == domain::never);
    CHECK(has_doubt(r, "occurred: "));
    CHECK(r.kind == domain::report_kind::entrapment);
  }
  CHECK(has_doubt(read(R"("code":"01","occurred":"2026-11-23T14:30:00Z")"), "2 h in the future"));
}

TEST_CASE("coordinates that are no place on earth are doubted") {
  CHECK(read(R"("code":"01","latitude":33.5,"longitude":119.1)").place == "纬度 33.5 经度 119.1");
  for (const char* odd : {R"("latitude":91,"longitude":0)", R"("latitude":0,"longitude":0)", R"("latitude":33.5)",
                          R"("latitude":"33.5","longitude":119.1)", R"("latitude":33.5,"longitude":-180.5)"}) {
    const auto r = read(R"("code":"01",)" + std::string{odd});
    CHECK(has_doubt(r, "latitude: "));
    CHECK(r.place.empty());
  }
}

TEST_CASE("what would keep an alarm back must be said clearly, what brings it forward need not") {
  const auto r = read(R"("code":"01","door_open":"maybe","moving":2,"in_maintenance":[],"bypass":"yes","fire":"?")");
  CHECK_FALSE(r.door_open);
  CHECK_FALSE(r.moving);
  CHECK_FALSE(r.in_maintenance);
  CHECK(r.bypass);
  CHECK(r.fire);
  CHECK(r.doubts.size() == 5);
  CHECK(read(R"("code":"01","door_open":1,"moving":true)").door_open);
  CHECK(read(R"("code":"01","door_open":0)").doubts.empty());
}

TEST_CASE("a lift is named by the platform's own field or any other, and its absence is doubted") {
  auto v = vendor();
  v.key_field = "registration_code";
  const auto key = [&](const std::string& body) { return cti::read_push(body, v, noon).reports.at(0).lift_key; };
  CHECK(key(R"({"code":"01","registration_code":"R","rescue_code":"C"})") == "R");
  CHECK(key(R"({"code":"01","rescue_code":80001})") == "80001");
  CHECK(key(R"({"code":"01","device":"12345678"})") == "12345678");
  CHECK(has_doubt(cti::read_push(R"({"code":"01"})", v, noon).reports.at(0), "no lift is named"));
}

TEST_CASE("what has no message id is known by its content") {
  const auto one = cti::read_push(R"({"code":"01","rescue_code":"080001"})", vendor(), noon).reports.at(0);
  const auto same = cti::read_push(R"({"code":"01","rescue_code":"080001"})", vendor(), noon + 1h).reports.at(0);
  const auto other = cti::read_push(R"({"code":"01","rescue_code":"080002"})", vendor(), noon).reports.at(0);
  CHECK(one.message_id == same.message_id);
  CHECK(one.message_id != other.message_id);
  CHECK(one.message_id.size() == 32);
  CHECK(has_doubt(one, "message_id: missing"));
  CHECK(cti::read_push(R"({"message_id":5,"code":"01"})", vendor(), noon).reports.at(0).message_id == "5");
}

TEST_CASE("past a hundred events the rest is kept as it came") {
  std::string body = R"({"message_id":"b","code":"01","events":[)";
  for (int i = 0; i < 130; ++i)
    body += std::string{i == 0 ? "" : ","} + R"({"rescue_code":")" + std::to_string(80000 + i) + "\"}";
  const auto p = cti::read_push(body + "]}", vendor(), noon);
  CHECK(p.is_list);
  CHECK_FALSE(p.is_whole);
  REQUIRE(p.reports.size() == 101);
  CHECK(p.reports[99].message_id == "b#100");
  CHECK(p.reports[100].doubts[0] == "30 events past the first 100 were not read");
  CHECK(p.reports[100].raw.find("80129") != std::string::npos);
}

TEST_CASE("long and deep messages are cut and survive") {
  const auto r = read(R"("code":"01","description":")" + std::string(5000, 'x') + "\"");
  CHECK(r.description.size() == 1000);
  CHECK(r.raw.size() == 4096);
  CHECK(has_doubt(r, "description: cut"));
  const auto deep =
      cti::read_push(R"({"events":[)" + std::string(30000, '[') + std::string(30000, ']') + "]}", vendor(), noon);
  CHECK_FALSE(deep.is_whole);
  CHECK(deep.reports.at(0).raw.size() == 4096);
}

TEST_CASE("buckets fill with time, and the table forgets who was silent longest") {
  using namespace std::chrono_literals;
  cti::rate_limiter limit(0.5, 2, 3);
  cti::rate_limiter::time_point t{};
  CHECK(limit.take("a", t));
  CHECK(limit.take("a", t));
  CHECK_FALSE(limit.take("a", t));
  CHECK(limit.wait("a", t) == 2s);
  CHECK_FALSE(limit.take("a", t + 1900ms));
  CHECK(limit.take("a", t + 2s));
  CHECK_FALSE(limit.take("a", t)); // a clock that steps back gives nothing
  t += 2s;
  for (const char* name : {"b", "c", "a", "d"})
    limit.take(name, t);
  CHECK(limit.size() == 3);
  CHECK(limit.is_full("b", t)); // forgotten, so new
  CHECK_FALSE(limit.is_full("a", t));
}

TEST_CASE("an address stands for its customer") {
  CHECK(cti::source_of("192.0.2.7") == "192.0.2.7");
  CHECK(cti::source_of("2001:db8:1:2:3:4:5:6") == "2001:db8:1:2::/64");
  CHECK(cti::source_of("2001:DB8:1:2::9") == cti::source_of("2001:db8:1:2::8"));
  CHECK(cti::source_of("::ffff:192.0.2.7") == "192.0.2.7");
  CHECK(cti::source_of("fe80::1%eth0") == "fe80::/64");
  CHECK(cti::source_of("unknown") == "unknown");
}

TEST_CASE("signatures of links hold for what they were made for and nothing else") {
  const auto k = cti::qr_signature("key", "080001");
  CHECK(k.size() == 14);
  CHECK(cti::verify_qr("key", "080001", k));
  CHECK_FALSE(cti::verify_qr("key", "080002", k));
  CHECK_FALSE(cti::verify_qr("yek", "080001", k));
  CHECK_FALSE(cti::verify_qr("", "080001", cti::qr_signature("", "080001")));
  CHECK(cti::alarm_url("https://x/", "key", "080001") == "https://x/a/080001?k=" + k);
  const cti::rescuer_claim claim{{1, 2}, "南站-1", noon + 1500ms};
  const auto back = cti::verify_rescuer("key", cti::rescuer_token("key", claim), noon);
  REQUIRE(back);
  CHECK(back->order == claim.order);
  CHECK(back->party == "南站-1");
  CHECK(back->expires == noon + 1s);
  CHECK(cti::verify_rescuer("key", cti::rescuer_token("key", claim), noon + 1s).error() == "this link has expired");
  CHECK_FALSE(cti::verify_rescuer("", cti::rescuer_token("", claim), noon));
  CHECK_FALSE(cti::verify_rescuer("key", "", noon));
}
