// What platforms push, and rescuers' links, over real sockets.

#include "tests/cti/public/public_world.hpp"

using namespace lifeline;
using namespace lifeline::testing;

namespace {

const std::string good = R"({"message_id":"m1","registration_code":")" + lift_registration +
                         R"(","code":"01","occurred":"2026-11-23T11:59:30Z","door_open":false,"moving":false,
  "in_maintenance":false,"latitude":33.5,"longitude":119.1,"description":"stopped between 3 and 4","vendor_field":1})";

} // namespace

TEST_CASE("a signed message becomes an alarm, and the same again only its receipt") {
  public_world w;
  const auto made = w.push(201, good);
  CHECK(made["message_id"] == "m1");
  CHECK(made["fate"] == "opened");
  CHECK(made["doubts"].empty());
  const auto& r = w.rescue.reports.at(0);
  CHECK(r.source == "acme");
  CHECK(r.channel == domain::report_channel::iot);
  CHECK(r.lift == lift_code);
  CHECK(r.occurred == noon - 30s);
  CHECK(contains(r.raw, "vendor_field"));
  const auto again = w.push(200, good);
  CHECK(again["repeated"] == true);
  CHECK(again["number"] == made["number"]);
  const auto later = w.answer(200, "GET", "/iot/acme/m1", {}, w.signed_by(vendor_secret, ""));
  CHECK(later["number"] == made["number"]);
  CHECK(w.answer(404, "GET", "/iot/acme/m9", {}, w.signed_by(vendor_secret, ""))["error"]["code"] == "not_found");
  CHECK(w.rescue.reports.size() == 1);
}

TEST_CASE("a message that is not signed well is refused and stored nowhere") {
  public_world w;
  const auto refused = [&](int status, const std::string& path, const std::string& header) {
    return w.answer(status, "POST", path, good, header)["error"];
  };
  CHECK(refused(401, "/iot/acme", "")["field"] == "X-Lifeline-Signature");
  refused(401, "/iot/acme", "X-Lifeline-Signature: yes\r\n");
  refused(401, "/iot/acme", w.signed_by("another secret", good));
  refused(401, "/iot/acme", w.signed_by(vendor_secret, good + " "));
  refused(401, "/iot/acme", w.signed_by(vendor_secret, good, 301s));
  refused(401, "/iot/acme", w.signed_by(vendor_secret, good, -301s));
  refused(404, "/iot/unknown", w.signed_by(vendor_secret, good));
  refused(503, "/iot/silent", w.signed_by(vendor_secret, good));
  CHECK(status_of(w.ask("GET", "/iot/acme/m1", {}, w.signed_by(vendor_secret, good))) == 401);
  CHECK(w.rescue.reports.empty());
  CHECK(w.refused["signature"] == 8);
  w.push(201, good); // and this changes nothing for who signs well
}

TEST_CASE("a platform is never slowed down by who guesses") {
  public_world w;
  for (int i = 0; i < 30; ++i)
    w.ask("POST", "/iot/acme", good);
  CHECK(w.refused["rate"] == 20);
  w.push(201, good);
}

TEST_CASE("whatever the details are, the alarm of a trusted platform is kept for a person to see") {
  public_world w;
  for (const std::string body :
       {"", "{", "[]", "7", "\xff\xfe", R"({"events":[]})", R"({"events":7})", R"({"a":1e999})"}) {
    INFO(body);
    const auto before = w.rescue.reports.size();
    const auto made = w.push(202, body);
    CHECK(made["doubts"].size() >= 1);
    REQUIRE(w.rescue.reports.size() == before + 1);
    const auto& r = w.rescue.reports.back();
    CHECK(r.kind == domain::report_kind::entrapment);
    CHECK(r.raw == body);
    CHECK(r.lift_key.empty());
    CHECK(w.push(200, body)["repeated"] == true);
  }
  CHECK(w.refused["unreadable"] == 16);
  CHECK(w.answer(413, "POST", "/iot/acme", std::string(66000, ' '))["error"]["code"] == "body_too_large");
}

TEST_CASE("what is signed and not understood is kept and rung, and nobody is sent") {
  public_world w;
  for (const std::string& body :
       {std::string{"not json"}, std::string{R"({"message_id":"w","lift_no":"080001","code":"01"})"},
        std::string{R"({"message_id":"u","registration_code":"31109999999999999999","code":"01",
                                  "injured":1,"place":"somewhere"})"}}) {
    INFO(body);
    const auto made = json::parse(body_of(w.ask("POST", "/iot/acme", body, w.signed_by(vendor_secret, body))));
    CHECK(made["status"] == "open");
    const auto s = w.rescue.order(made["number"])->order.state;
    CHECK_FALSE(s.unclear.empty());
    CHECK(s.deployments.empty());
    CHECK(s.alert_agents_due == w.rescue.now + 1s);
  }
  CHECK(w.rescue.orders({})->back().state.description == "not json"); // a person may read in it what we could not
}

TEST_CASE("a platform that writes GBK is understood") {
  public_world w;
  // {"message_id":"g","registration_code":"...","code":"困人","description":"三楼"}: a GBK character may end in a
  // backslash
  const std::string body = "{\"message_id\":\"g\",\"registration_code\":\"" + lift_registration +
                           "\",\"code\":\"\xC0\xA7\xC8\xCB\",\"description\":\"\xC8\xFD\xC2\xA5\x81\x5C\"}";
  const auto made = w.push(201, body);
  CHECK(made["doubts"].empty());
  const auto& r = w.rescue.reports.at(0);
  CHECK(r.kind == domain::report_kind::entrapment);
  CHECK(r.lift == lift_code);
  CHECK(r.description == "三楼乗");
  CHECK(w.push(200, body)["repeated"] == true);
  CHECK(w.push(202, "\xC0\xA7\xC8\xCB")["fate"] == "opened");
  CHECK(w.rescue.reports.back().description == "困人");
}

TEST_CASE("what is not understood is limited by platform, and what is understood never is") {
  public_world w;
  w.rescue.plan.vendors[0].unclear_per_minute = 3;
  const auto stray = [](int n) {
    return R"({"message_id":"s)" + std::to_string(n) + R"(","rescue_code":"999","code":"01"})";
  };
  for (int i = 0; i < 3; ++i)
    w.push(201, stray(i));
  const auto body = stray(3);
  const auto refused = w.ask("POST", "/iot/acme", body, w.signed_by(vendor_secret, body));
  CHECK(status_of(refused) == 429);
  CHECK(contains(refused, "Retry-After: 20\r\n"));
  CHECK(w.refused["rate"] == 1);
  CHECK(w.rescue.reports.size() == 3);
  CHECK(w.push(200, stray(2))["repeated"] == true); // it did not hear our answer
  w.push(201, good);
  const auto list =
      w.push(429, R"({"events":[)" + stray(4) + R"(,{"message_id":"l","rescue_code":"080002","code":"01"}]})");
  CHECK(list["error"]["code"] == "too_many");
  CHECK(list["receipts"][0]["error"]["code"] == "too_many");
  CHECK(list["receipts"][1]["fate"] == "opened");
  w.steady += 20s;
  w.push(201, body);
  w.push(429, stray(5));
  w.rescue.plan.vendors[0].unclear_per_minute = 60; // by a reload
  w.push(201, stray(5));
}

TEST_CASE("of many events each has its own receipt, and a bad one takes no other with it") {
  public_world w;
  const auto made = w.push(202, R"({"message_id":"b1","code":"01","events":[
    {"registration_code":")" + lift_registration +
                                    R"("},
    7,
    {"message_id":"own","registration_code":"080002","code":"77"},
    {"message_id":"r1","registration_code":"080002","code":"09"}]})");
  const auto receipts = made["receipts"];
  REQUIRE(receipts.size() == 4);
  CHECK(receipts[0]["message_id"] == "b1#1");
  CHECK(receipts[0]["fate"] == "opened");
  CHECK(receipts[1]["doubts"][0] == "event 2 is not a JSON object");
  CHECK(receipts[2]["message_id"] == "own");
  CHECK(receipts[2]["doubts"][0].get<std::string>().find("taken for a fault") != std::string::npos);
  CHECK(receipts[3]["fate"] == "merged");
  CHECK(w.rescue.reports.size() == 4);
}

TEST_CASE("a list that was not taken whole is to be sent again, and nothing is doubled") {
  public_world w;
  const std::string body =
      R"({"message_id":"b1","code":"01","events":[{"rescue_code":"080001"},{"rescue_code":"080002"}]})";
  w.rescue.is_down = true;
  const auto refused = w.push(503, body);
  CHECK(refused["error"]["code"] == "unavailable");
  CHECK(refused["receipts"][0]["error"]["code"] == "unavailable");
  w.rescue.is_down = false;
  CHECK(w.push(200, body)["receipts"][1]["fate"] == "opened");
  CHECK(w.push(200, body)["receipts"][1]["repeated"] == true);
  CHECK(w.rescue.reports.size() == 2);
}

TEST_CASE("a rescuer says by its link what it does, and nobody's number is shown to it") {
  public_world w;
  w.answer(201, "POST", public_world::page_of(lift_code),
           R"({"message_id":"m1","trapped":2,"injured":1,"phone":"13900000009","note":"call my wife"})");
  const auto order = w.rescue.orders({})->at(0).state;
  const cti::rescuer_claim claim{order.id, "anjie", noon + 1h};
  const auto path = "/r/" + cti::rescuer_token(link_key, claim);
  const auto page = w.ask("GET", path);
  CHECK(status_of(page) == 200);
  CHECK(contains(page, "翔宇大道 1 号"));
  CHECK(contains(page, "有人受伤"));
  CHECK(contains(page, "data-word=\"accept\""));
  CHECK_FALSE(contains(page, "13900000009"));
  CHECK_FALSE(contains(page, "call my wife"));
  CHECK(w.answer(200, "POST", path, R"({"word":"accept","note":"on the way"})")["phase"] == "accepted");
  CHECK(w.rescue.last_word.via == domain::step_via::signed_link);
  CHECK(w.rescue.last_word.note == "on the way");
  CHECK(contains(w.ask("GET", path), "data-word=\"arrived\""));
  CHECK(w.answer(200, "POST", path, R"({"word":"arrived"})")["status"] == "arrived");
  const auto done = w.answer(200, "POST", path, R"({"word":"completed","fault_cause":"door"})");
  CHECK(done["status"] == "rescued");
  CHECK(w.rescue.last_word.fault_cause == "door");
  CHECK_FALSE(contains(w.ask("GET", path), "data-word="));
  const auto status = w.answer(200, "GET", w.status_url("m1"));
  CHECK(status["status"] == "rescued");
}

TEST_CASE("a link that is forged, expired, of another party or wrong in its words says nothing") {
  public_world w;
  w.settings.burst = 1000;
  w.start();
  w.press(201, "m1");
  const auto order = w.rescue.orders({})->at(0).state;
  const auto before = w.rescue.changes.load();
  const auto token = [&](const std::string& key, const std::string& party, domain::instant until) {
    return "/r/" + cti::rescuer_token(key, {order.id, party, until});
  };
  const std::string word = R"({"word":"accept"})";
  CHECK(w.answer(403, "POST", token(link_key, "anjie", noon), word)["error"]["message"] == "this link has expired");
  CHECK(w.answer(403, "POST", token("another key", "anjie", noon + 1h), word)["error"]["message"] ==
        "this link is not genuine");
  auto forged = token(link_key, "anjie", noon + 1h);
  for (std::size_t i = 3; i < forged.size(); ++i) {
    auto other = forged;
    other[i] = other[i] == 'A' ? 'B' : 'A';
    CHECK(status_of(w.ask("GET", other)) == 403);
  }
  CHECK(status_of(w.ask("GET", forged + "A")) == 403);
  CHECK(status_of(w.ask("GET", "/r/" + std::string(300, 'A'))) == 403);
  CHECK(status_of(w.ask("GET", token(link_key, "north", noon + 1h))) == 403);
  const auto expired = w.ask("GET", token(link_key, "anjie", noon));
  CHECK(status_of(expired) == 403);
  CHECK(contains(expired, "链接已失效"));
  CHECK(contains(expired, "tel:96333"));
  CHECK(status_of(w.ask("GET", token(link_key, "anjie", noon + 1h) + "?from=singlemessage&isappinstalled=0")) == 200);
  const auto good_link = token(link_key, "anjie", noon + 1h);
  CHECK(w.answer(400, "POST", good_link, R"({"word":"dance"})")["error"]["field"] == "word");
  CHECK(w.answer(400, "POST", good_link, "{}")["error"]["field"] == "word");
  CHECK(w.answer(400, "POST", good_link, R"({"word":"accept","by":"me"})")["error"]["field"] == "by");
  CHECK(w.answer(400, "POST", good_link, R"({"word":"accept","note":5})")["error"]["field"] == "note");
  CHECK(w.rescue.changes == before);
}
