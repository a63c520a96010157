// Lifts and parties over HTTP.

#include "tests/cti/api/rescue_desk.hpp"

#include "cti/api/links.hpp"

using namespace lifeline;
using namespace lifeline::testing;

TEST_CASE("a lift is found by any of its codes and by text") {
  rescue_desk d;
  for (const auto& code : {lift_code, lift_registration, std::string{"12345678"}})
    CHECK(d.get("elevators/" + code)["rescue_code"] == lift_code);
  CHECK(d.answer(404, "GET", "elevators/999999")["error"]["code"] == "not_found");
  const auto found = d.get("elevators?text=%E5%B9%BF%E5%9C%BA&district=320803&limit=5");
  CHECK(found["count"] == 2);
  REQUIRE(found["elevators"].size() == 1);
  CHECK(found["elevators"][0]["where"]["latitude"] == 33.5);
  CHECK(found["elevators"][0]["status"] == "in_use");
  CHECK(d.get("elevators?text=bmh")["elevators"][0]["rescue_code"] == other_lift);
  d.refuses(400, "limit", "GET", "elevators?limit=201");
  d.refuses(400, "town", "GET", "elevators?town=x");
  d.make_order();
  const auto history = d.get("elevators/" + lift_registration + "/history");
  CHECK(history["orders"].size() == 1);
  CHECK(history["elevator"]["rescue_code"] == lift_code);
  CHECK(d.rescue.last_filter.lift == lift_code);
}

TEST_CASE("what is shown of a lift can be put back unchanged") {
  rescue_desk d;
  d.token = "lead-token";
  const auto shown = d.get("elevators/" + lift_code);
  CHECK(d.answer(200, "PUT", "elevators/" + lift_code, shown.dump()) == shown);
  CHECK(d.rescue.last_by == "8002");
  auto moved = shown;
  moved["address"] = "新地址 2 号";
  moved["where"] = nullptr;
  moved["status"] = "suspended";
  d.answer(200, "PUT", "elevators/" + lift_code, moved.dump());
  CHECK(d.get("elevators/" + lift_code) == moved);
}

TEST_CASE("a wrong record of a lift is refused with all that is wrong") {
  rescue_desk d;
  d.token = "lead-token";
  const auto wrong = [&](const std::string& field, const std::string& body) {
    d.refuses(400, field, "PUT", "elevators/080003", body);
  };
  wrong("", "");
  wrong("", "[]");
  wrong("colour", R"({"colour":"red"})");
  wrong("rescue_code", R"({"rescue_code":"080004"})");
  wrong("address", R"({"address":7})");
  wrong("status", R"({"status":"broken"})");
  wrong("where", R"({"where":{"latitude":33}})");
  wrong("where", R"({"where":{"latitude":"33","longitude":119}})");
  wrong("where", R"({"where":{"latitude":91.5,"longitude":119}})");
  d.refuses(400, "rescue_code", "PUT", "elevators/12a", R"({"address":"x"})");
  const auto two = d.answer(400, "PUT", "elevators/080003", R"({"next_inspection":"2026-13-01","district":"1"})");
  CHECK(two["problems"].size() >= 2);
  d.refuses(409, "registration_code", "PUT", "elevators/080003",
            R"({"registration_code":")" + lift_registration + R"(","district":"320803","address":"x"})");
}

TEST_CASE("a list of lifts is tried, taken, or refused with its bad rows") {
  rescue_desk d;
  d.token = "lead-token";
  const auto dry = d.answer(200, "POST", "elevators/import?dry_run=1&source=lifts.csv", "good");
  CHECK(dry["applied"] == false);
  CHECK(d.rescue.last_import.dry_run);
  CHECK(d.rescue.last_import.source == "lifts.csv");
  CHECK(d.answer(200, "POST", "elevators/import", "good")["applied"] == true);
  CHECK(d.rescue.last_import.by == "8002");
  const auto refused = d.answer(400, "POST", "elevators/import", "bad");
  CHECK(refused["error"]["code"] == "invalid");
  CHECK(refused["problems"][0]["row"] == 3);
  CHECK(refused["problems"][0]["field"] == "rescue_code");
  CHECK(refused["applied"] == false);
  const auto some = d.answer(200, "POST", "elevators/import?skip_bad_rows=1", "bad");
  CHECK(some["applied"] == true);
  CHECK(some["bad_rows"] == 1);
  d.refuses(400, "", "POST", "elevators/import");
  d.refuses(400, "dry_run", "POST", "elevators/import?dry_run=yes", "good");
  CHECK(d.rescue.changes == 2);
}

TEST_CASE("a plate names the lift, and its QR code is a link that is genuine") {
  rescue_desk d;
  const auto plate = d.get("elevators/" + lift_registration + "/plate");
  CHECK(plate["url"] == "https://lift.example.cn/a/080001?k=" + cti::qr_signature("key of links", lift_code));
  CHECK(plate["hotline"] == "96333");
  const auto drawn = d.ask("GET", "elevators/" + lift_code + "/plate?format=svg");
  CHECK(drawn.status == 200);
  CHECK(drawn.content_type == "image/svg+xml; charset=utf-8");
  CHECK(drawn.body.find(">080001</text>") != std::string::npos);
  CHECK(drawn.body.find("h1v1h-1z") != std::string::npos);
  d.refuses(400, "format", "GET", "elevators/" + lift_code + "/plate?format=pdf");
  d.refuses(404, "", "GET", "elevators/999999/plate");
  d.rescue.plan.public_url.clear();
  d.refuses(409, "", "GET", "elevators/" + lift_code + "/plate");
}

TEST_CASE("a plate's texts are no markup") {
  rescue_desk d;
  d.token = "lead-token";
  d.answer(200, "PUT", "elevators/080003", R"({"district":"320803","address":"<script>\"&'","project_name":"a<b"})");
  const auto drawn = d.ask("GET", "elevators/080003/plate?format=svg").body;
  CHECK(drawn.find("<script>") == std::string::npos);
  CHECK(drawn.find("&lt;script&gt;&quot;&amp;&#39;") != std::string::npos);
}

TEST_CASE("a plate breaks a long address into lines, and says so when even these do not hold it") {
  rescue_desk d;
  d.token = "lead-token";
  const auto drawn = [&](const std::string& address) {
    d.answer(200, "PUT", "elevators/080003", json{{"district", "320803"}, {"address", address}}.dump());
    return d.ask("GET", "elevators/080003/plate?format=svg").body;
  };
  const auto two = drawn("江苏省淮安市清江浦区深圳路137号翔宇御景名城5幢3单元");
  CHECK(two.find("江苏省淮安市清江浦区深圳路137号翔宇御</text>") != std::string::npos);
  CHECK(two.find(">景名城5幢3单元</text>") != std::string::npos);
  std::string long_one;
  for (int i = 0; i < 61; ++i)
    long_one += "路";
  CHECK(drawn(long_one).find("路…</text>") != std::string::npos);
}

TEST_CASE("parties are put with their shifts, shown the same, and removed") {
  rescue_desk d;
  d.token = "lead-token";
  const auto body = json::parse(R"({"id":"south","name":"城南救援站","kind":"station","districts":["320803"],
    "where":{"latitude":33.4,"longitude":119.0},
    "phones":[{"number":"13900000005","label":"夜班","shifts":[{"days":[1,2,3,4,5],"from":"18:00","until":"08:00"},
                                                             {"days":[6,7],"from":"00:00","until":"00:00"}]}],
    "order":"all_at_once","webhook":"https://south.example.cn/orders","active":true})");
  CHECK(d.answer(200, "PUT", "parties/south", body.dump()) == body);
  const auto all = d.get("parties")["parties"];
  CHECK(all.size() == 4);
  CHECK(all[3] == body);
  CHECK(d.answer(200, "DELETE", "parties/south")["removed"] == true);
  d.refuses(404, "", "DELETE", "parties/south");
  CHECK(d.get("parties")["parties"].size() == 3);
}

TEST_CASE("a wrong party is refused by the name of its field") {
  rescue_desk d;
  d.token = "lead-token";
  const auto wrong = [&](const std::string& field, const std::string& rest) {
    d.refuses(400, field, "PUT", "parties/p1", R"({"name":"n","kind":"firm")" + rest + "}");
  };
  d.refuses(400, "name", "PUT", "parties/p1", R"({"kind":"firm"})");
  d.refuses(400, "kind", "PUT", "parties/p1", R"({"name":"n"})");
  d.refuses(400, "kind", "PUT", "parties/p1", R"({"name":"n","kind":"heroes"})");
  wrong("id", R"(,"id":"p2")");
  wrong("speed", R"(,"speed":1)");
  wrong("order", R"(,"order":"randomly")");
  wrong("districts", R"(,"districts":[320803])");
  wrong("phones", R"(,"phones":"139")");
  wrong("phones[0]", R"(,"phones":["139"])");
  wrong("phones[0].number", R"(,"phones":[{"label":"x"}])");
  wrong("phones[0].number", R"(,"phones":[{"number":139}])");
  wrong("phones[0].fax", R"(,"phones":[{"number":"13900000001","fax":"1"}])");
  const auto shift = [&](const std::string& field, const std::string& text) {
    wrong("phones[0].shifts[0]" + field, R"(,"phones":[{"number":"13900000001","shifts":[)" + text + "]}]");
  };
  shift("", "1");
  shift(".days", R"({"days":[0]})");
  shift(".days", R"({"days":[1,1]})");
  shift(".days", R"({"days":[]})");
  shift(".days", R"({"days":[1.5]})");
  shift(".from", R"({"from":"8"})");
  shift(".until", R"({"until":"25:00"})");
  shift(".until", R"({"until":"08:60"})");
  shift(".till", R"({"till":"08:00"})");
  d.refuses(400, "id", "PUT", "parties/a%20b", R"({"name":"n","kind":"firm","phones":[{"number":"13900000001"}]})");
  wrong("phones", ""); // nobody could be told
}
