// The alarm page behind a QR code, over real sockets.

#include "tests/cti/public/public_world.hpp"

using namespace lifeline;
using namespace lifeline::testing;

TEST_CASE("the page shows the lift's place and lets the browser run nothing but itself") {
  public_world w;
  const auto page = w.ask("GET", public_world::page_of(lift_code));
  CHECK(status_of(page) == 200);
  CHECK(contains(page, "Content-Type: text/html; charset=utf-8\r\n"));
  CHECK(contains(page, "翔宇大道 1 号"));
  CHECK(contains(page, "tel:96333"));
  CHECK(contains(page, "Content-Security-Policy: default-src 'none'; style-src 'sha256-"));
  CHECK(contains(page, "X-Content-Type-Options: nosniff\r\n"));
  CHECK(contains(page, "Cache-Control: no-store\r\n"));
  CHECK(contains(page, "Referrer-Policy: no-referrer\r\n"));
  CHECK_FALSE(contains(page, "unsafe-inline"));
  CHECK_FALSE(contains(page, "051780000001"));
}

TEST_CASE("the button is there for a lift that nobody knows, and when the registry does not answer") {
  public_world w;
  CHECK(contains(w.ask("GET", public_world::page_of("099999")), "id=\"press\""));
  w.rescue.is_down = true;
  const auto page = w.ask("GET", public_world::page_of(lift_code));
  CHECK(status_of(page) == 200);
  CHECK(contains(page, "id=\"press\""));
}

TEST_CASE("without the right signature there is neither page nor alarm") {
  public_world w;
  w.settings.burst = 1000;
  w.start();
  const auto genuine = cti::qr_signature(link_key, lift_code);
  for (const auto& query :
       {std::string{}, std::string{"?k="}, "?k=" + genuine.substr(1), "?k=" + genuine + "A",
        "?k=" + cti::qr_signature(link_key, other_lift), "?k=" + cti::qr_signature("", lift_code)}) {
    INFO(query);
    CHECK(w.answer(403, "POST", "/a/" + lift_code + query)["error"]["message"].get<std::string>().find("96333") !=
          std::string::npos);
    const auto page = w.ask("GET", "/a/" + lift_code + query);
    CHECK(status_of(page) == 403);
    CHECK(contains(page, "Content-Type: text/html; charset=utf-8\r\n"));
    CHECK(contains(page, "二维码无法识别"));
    CHECK(contains(page, "如有人被困电梯，请立即拨打 96333"));
    CHECK(contains(page, "href=\"tel:96333\""));
    CHECK(contains(page, "Content-Security-Policy: default-src 'none'; style-src 'sha256-"));
    CHECK(status_of(w.ask("GET", "/a/" + lift_code + "/status" + query)) == 403);
  }
  CHECK(w.rescue.reports.empty());
  CHECK(w.refused["link"] == 18);
  w.settings.link_key.clear(); // an engine without a key has no pages at all
  w.start();
  CHECK(status_of(w.ask("GET", "/a/" + lift_code + "?k=" + cti::qr_signature("", lift_code))) == 403);
}

TEST_CASE("an alarm is taken once, and what becomes of it is told without a word of persons") {
  public_world w;
  const auto body = R"({"message_id":"m-1","trapped":3,"injured":true,"phone":"139 0000 0009","note":"很黑"})";
  const auto made = w.answer(201, "POST", public_world::page_of(lift_code), body);
  CHECK(made["taken"] == true);
  CHECK(made["number"] == "JY20261123-0001");
  const auto& r = w.rescue.reports.at(0);
  CHECK(r.channel == domain::report_channel::mobile);
  CHECK(r.source == "mobile");
  CHECK(r.kind == domain::report_kind::entrapment);
  CHECK(r.lift == lift_code);
  CHECK(r.trapped == 3);
  CHECK(r.injured == 1);
  CHECK(r.caller_phone == "13900000009");
  CHECK(r.description == "很黑");
  CHECK(r.doubts.empty());
  const auto again = w.answer(200, "POST", public_world::page_of(lift_code), body);
  CHECK(again["repeated"] == true);
  CHECK(w.rescue.reports.size() == 1);
  const auto text = w.ask("GET", w.status_url("m-1"));
  CHECK_FALSE(contains(text, "13900000009"));
  const auto status = json::parse(body_of(text));
  CHECK(status["number"] == made["number"]);
  CHECK(status["over"] == false);
  CHECK(status["dispatched"].is_string());
  CHECK(status["arrived"].is_null());
  CHECK(status_of(w.ask("GET", w.status_url("m-2"))) == 404);
  CHECK(w.answer(400, "GET", w.status_url(""))["error"]["field"] == "m");
}

TEST_CASE("nothing that is wrong in the form keeps the alarm back") {
  public_world w;
  w.settings.burst = 1000;
  w.settings.alarms_per_hour_per_lift = 1000;
  w.start();
  const auto doubts_of = [&](const std::string& body) {
    const auto before = w.rescue.reports.size();
    w.answer(201, "POST", public_world::page_of(other_lift), body);
    REQUIRE(w.rescue.reports.size() == before + 1);
    const auto& r = w.rescue.reports.back();
    CHECK_FALSE(r.message_id.empty());
    CHECK(r.kind == domain::report_kind::entrapment);
    return r.doubts.size();
  };
  CHECK(doubts_of("") == 1);
  CHECK(doubts_of("not json") == 1);
  CHECK(doubts_of("[1,2]") == 1);
  CHECK(doubts_of("{\"message_id\":\"\xff\"}") == 1);
  CHECK(doubts_of(std::string(3000, '[')) == 1);
  CHECK(doubts_of(R"({"message_id":7,"trapped":-1,"injured":"some","phone":[1],"note":{}})") == 4);
  CHECK(doubts_of(R"({"message_id":"a","trapped":101})") == 1);
  CHECK(doubts_of(R"({"message_id":"b","phone":"call me"})") == 1);
  CHECK(doubts_of(R"({"message_id":"c","floor":7})") == 0);
  CHECK(doubts_of(R"({"message_id":")" + std::string(500, 'x') + R"(","note":")" + std::string(900, 'n') + "\"}") == 0);
  CHECK(w.rescue.reports.back().description.size() == 500);
  CHECK(w.refused["details"] == 8);
  CHECK(w.answer(413, "POST", public_world::page_of(lift_code), std::string(17000, ' '))["error"]["code"] ==
        "body_too_large");
}

TEST_CASE("an alarm that could not be stored is not said to be, and can be sent again") {
  public_world w;
  w.rescue.is_down = true;
  const auto text = w.ask("POST", public_world::page_of(lift_code), R"({"message_id":"m1"})");
  CHECK(status_of(text) == 503);
  CHECK(contains(text, "Retry-After: 1\r\n"));
  w.rescue.is_down = false;
  w.press(201, "m1");
  CHECK(w.rescue.reports.size() == 1);
}

TEST_CASE("a source that asks too often waits, others do not, and time heals") {
  public_world w;
  const auto look = [&](const std::string& from) {
    return w.ask("GET", public_world::page_of(lift_code), {}, "X-Forwarded-For: 192.0.2.1, " + from + "\r\n");
  };
  for (int i = 0; i < 10; ++i)
    CHECK(status_of(look("198.51.100.7")) == 200);
  const auto refused = look("198.51.100.7");
  CHECK(status_of(refused) == 429);
  CHECK(contains(refused, "Retry-After: 2\r\n"));
  CHECK(contains(refused, "96333"));
  CHECK(status_of(look("198.51.100.8")) == 200);
  w.steady += 2s;
  CHECK(status_of(look("198.51.100.7")) == 200);
  CHECK(status_of(look("198.51.100.7")) == 429);
  for (int i = 0; i < 10; ++i) // a whole network of IPv6 is one customer
    CHECK(status_of(look("2001:db8::" + std::to_string(i + 1))) == 200);
  CHECK(status_of(look("2001:db8:0:0:ffff::1")) == 429);
  CHECK(status_of(look("2001:db8:0:1::1")) == 200);
  CHECK(w.refused["rate"] == 3);
}

TEST_CASE("guessing codes is slowed for the guesser only") {
  public_world w;
  for (int i = 0; i < 10; ++i)
    CHECK(status_of(w.ask("GET", "/a/08000" + std::to_string(i) + "?k=guess")) == 403);
  CHECK(status_of(w.ask("GET", "/a/080001?k=guess")) == 429);
  CHECK(status_of(w.ask("POST", "/iot/acme", "{}")) == 429);
  CHECK(status_of(w.ask("GET", "/r/guess")) == 429);
  CHECK(status_of(w.ask("GET", public_world::page_of(lift_code))) == 200); // has the real code
}

TEST_CASE("the first alarm of a lift is taken from a source that has asked too often") {
  public_world w;
  for (int i = 0; i < 10; ++i)
    w.ask("GET", public_world::page_of(lift_code));
  CHECK(status_of(w.ask("GET", public_world::page_of(lift_code))) == 429);
  w.press(201, "m1");
  CHECK(w.rescue.reports.size() == 1);
  w.press(429, "m2");
}

TEST_CASE("a lift that reports without end is told to call, and its known alarms are still confirmed") {
  public_world w;
  w.settings.burst = 1000;
  w.settings.alarms_per_hour_per_lift = 3;
  w.start();
  for (int i = 0; i < 3; ++i)
    w.press(201, "m" + std::to_string(i));
  const auto refused = w.ask("POST", public_world::page_of(lift_code), R"({"message_id":"m3"})");
  CHECK(status_of(refused) == 429);
  CHECK(contains(refused, "Retry-After: 1200\r\n"));
  CHECK(contains(refused, "96333"));
  CHECK(w.press(200, "m2")["repeated"] == true);
  CHECK(w.rescue.reports.size() == 3);
  w.answer(201, "POST", public_world::page_of(other_lift), R"({"message_id":"x"})");
  w.steady += 20min;
  w.press(201, "m3");
  w.press(429, "m4");
  w.settings.alarms_per_hour_per_lift = 0; // even then the first is taken
  w.start();
  w.press(201, "m5");
}

TEST_CASE("paths, methods and queries that do not exist are refused") {
  public_world w;
  CHECK(status_of(w.ask("GET", "/healthz")) == 200);
  CHECK(status_of(w.ask("GET", "/")) == 404);
  CHECK(status_of(w.ask("GET", "/api/v1/orders")) == 404);
  CHECK(status_of(w.ask("GET", "/metrics")) == 404);
  CHECK(status_of(w.ask("DELETE", public_world::page_of(lift_code))) == 405);
  CHECK(status_of(w.ask("GET", "/a/%zz")) == 400);
}

TEST_CASE("what a messenger adds to the address is nobody's business") {
  public_world w;
  for (const std::string added : {"&from=singlemessage", "&from=groupmessage&isappinstalled=0", "&x=%zz", "&x=%E6%B7",
                                  "&k=again", "&=&&", "&x"}) {
    INFO(added);
    w.steady += 10min;
    const auto page = w.ask("GET", public_world::page_of(lift_code) + added);
    CHECK(status_of(page) == 200);
    CHECK(contains(page, "id=\"press\""));
  }
  w.steady += 10min;
  w.answer(201, "POST", public_world::page_of(lift_code) + "&from=singlemessage", R"({"message_id":"m1"})");
  CHECK(w.answer(200, "GET", w.status_url("m1") + "&from=singlemessage")["over"] == false);
  CHECK(status_of(w.ask("GET", "/a/" + lift_code + "?from=timeline&k=" + cti::qr_signature(link_key, lift_code))) ==
        200);
}

TEST_CASE("whatever goes wrong, a person gets a page in Chinese that says what to do, and a program its JSON") {
  public_world w;
  const auto page = [&](int status, const std::string& method, const std::string& target) {
    const auto text = w.ask(method, target);
    INFO(target << "\n" << text);
    CHECK(status_of(text) == status);
    CHECK(contains(text, "Content-Type: text/html; charset=utf-8\r\n"));
    CHECK(contains(text, "lang=\"zh-CN\""));
    CHECK(contains(text, "请立即拨打 96333"));
    CHECK_FALSE(contains(text, "\"error\""));
    return text;
  };
  page(404, "GET", "/");
  page(404, "GET", "/anything");
  page(400, "GET", "/a/%zz");
  CHECK(contains(page(403, "GET", "/r/forged"), "链接已失效"));
  w.steady += 10min;
  for (int i = 0; i < 10; ++i)
    w.ask("GET", public_world::page_of(lift_code));
  const auto often = page(429, "GET", public_world::page_of(lift_code));
  CHECK(contains(often, "Retry-After: 2\r\n"));
  CHECK(contains(often, "访问太频繁"));
  w.steady += 10min;
  w.rescue.is_down = true;
  const cti::rescuer_claim claim{{1, 2}, "anjie", noon + 1h};
  CHECK(contains(page(503, "GET", "/r/" + cti::rescuer_token(link_key, claim)), "暂时无法打开"));
  w.rescue.is_down = false;
  CHECK(w.answer(404, "GET", w.status_url("unknown"))["error"]["code"] == "not_found");
  CHECK(w.answer(401, "GET", "/iot/acme/m1")["error"]["code"] == "unauthorized");
  w.settings.proxies.clear();
  w.settings.max_per_source = 1;
  w.start();
  wire held(w.server->port());
  held.send("GET /healthz HTTP/1.1\r\nHost: x\r\n\r\n");
  CHECK(status_of(held.answer()) == 200);
  page(503, "GET", public_world::page_of(lift_code));
}

TEST_CASE("one address holds only so many connections, a proxy as many as there are") {
  public_world w;
  w.settings.max_per_source = 3;
  w.settings.proxies.clear();
  w.start();
  std::vector<std::unique_ptr<wire>> held;
  for (int i = 0; i < 3; ++i) {
    held.push_back(std::make_unique<wire>(w.server->port()));
    held.back()->send("GET /healthz HTTP/1.1\r\nHost: x\r\n\r\n");
    CHECK(status_of(held.back()->answer()) == 200);
  }
  CHECK(status_of(w.ask("GET", "/healthz")) == 503);
  held.clear();
  w.settings.proxies = {"127.0.0.1"};
  // The other is how a socket of both families sees it.
  w.settings.bind_address = GENERATE(as<std::string>{}, "127.0.0.1", "::ffff:127.0.0.1");
  w.start();
  for (int i = 0; i < 6; ++i) {
    held.push_back(std::make_unique<wire>(w.server->port()));
    held.back()->send("GET /healthz HTTP/1.1\r\nHost: x\r\n\r\n");
    CHECK(status_of(held.back()->answer()) == 200);
  }
}
