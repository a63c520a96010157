// Alarms and work orders over HTTP, with the real rules of orders behind it.

#include "tests/cti/api/rescue_desk.hpp"

#include "cti/api/links.hpp"
#include "domain/rescue/order_machine.hpp"

using namespace lifeline;
using namespace lifeline::testing;

TEST_CASE("one request makes an order, and the same request again makes no other") {
  rescue_desk d;
  const auto body = R"({"type":"entrapment","lift":")" + lift_registration +
                    R"(","caller_name":"张三","caller_phone":"13900000009","trapped":2,"injured":0,"children":true,
      "description":"三楼\n门打不开","call":")" +
                    to_string(live_call) + R"("})";
  const headers key{{"idempotency-key", "request-1"}};
  const auto r = d.ask("POST", "orders", body, key);
  INFO(r.body);
  REQUIRE(r.status == 201);
  const auto made = json::parse(r.body);
  const auto order = made["order"];
  CHECK(order["number"] == "JY20261123-0001");
  CHECK(order["lift"] == lift_code);
  CHECK(order["type"] == "entrapment");
  CHECK(order["trapped"] == 2);
  CHECK(order["children"] == true);
  CHECK(order["callers"][0]["phone"] == "13900000009");
  CHECK(order["callers"][0]["call"] == to_string(live_call));
  CHECK(order["deployments"][0]["party"] == "anjie");
  CHECK(order["deployments"][0]["phase"] == "dispatched");
  CHECK(order["next_deadline"].is_string());
  CHECK(order["times"]["received"] == "2026-11-23T12:00:00.000Z");
  CHECK(order["times"]["arrived"].is_null());
  CHECK(order["arrival_seconds"].is_null());
  CHECK(made["receipt"]["fate"] == "opened");
  CHECK(made["receipt"]["repeated"] == false);
  CHECK(d.rescue.reports.at(0).source == "8001");
  CHECK(d.rescue.reports.at(0).message_id == "request-1");
  CHECK(d.rescue.reports.at(0).confirmed);
  const auto again = d.answer(200, "POST", "orders", body, key);
  CHECK(again["receipt"]["repeated"] == true);
  CHECK(again["order"]["id"] == order["id"]);
  const auto merged = d.answer(200, "POST", "orders", R"({"type":"困人","lift":"080001"})");
  CHECK(merged["receipt"]["fate"] == "merged");
  CHECK(merged["order"]["callers"].size() == 2);
  CHECK(d.rescue.reports.size() == 2);
  CHECK(d.rescue.reports[1].message_id.size() == 36);
}

TEST_CASE("an order may have no lift, but then a place - enquiries need neither") {
  rescue_desk d;
  d.refuses(400, "lift", "POST", "orders", R"({"type":"entrapment"})");
  d.refuses(400, "lift", "POST", "orders", R"({"type":"fault","description":"x"})");
  CHECK(d.answer(201, "POST", "orders", R"({"type":"fault","place":"城北一号楼"})")["order"]["lift"] == "");
  CHECK(d.answer(201, "POST", "orders", R"({"type":"enquiry","description":"?"})")["order"]["type"] == "enquiry");
  const auto unknown = d.answer(201, "POST", "orders", R"({"type":"entrapment","lift":"999999"})");
  CHECK(unknown["receipt"]["doubts"][0].get<std::string>().find("999999") != std::string::npos);
}

TEST_CASE("a wrong order is refused by the name of its field and stored nowhere") {
  rescue_desk d;
  const auto wrong = [&](const std::string& field, const std::string& rest) {
    d.refuses(400, field, "POST", "orders", R"({"type":"entrapment","lift":"080001")" + rest + "}");
  };
  d.refuses(400, "type", "POST", "orders", "{}");
  d.refuses(400, "type", "POST", "orders", R"({"type":"rescue","lift":"080001"})");
  d.refuses(400, "type", "POST", "orders", R"({"type":1,"lift":"080001"})");
  d.refuses(400, "", "POST", "orders", "[]");
  d.refuses(400, "", "POST", "orders", R"({"type":)");
  d.refuses(400, "", "POST", "orders", R"({"type":)" + std::string(2000, '[') + std::string(2000, ']') + "}");
  wrong("floor", R"(,"floor":3)");
  wrong("trapped", R"(,"trapped":-1)");
  wrong("trapped", R"(,"trapped":1001)");
  wrong("trapped", R"(,"trapped":1.5)");
  wrong("trapped", R"(,"trapped":"2")");
  wrong("trapped", R"(,"trapped":18446744073709551615)");
  wrong("injured", R"(,"injured":"some")");
  wrong("children", R"(,"children":-1)");
  wrong("caller_phone", R"(,"caller_phone":")" + std::string(33, '1') + "\"");
  wrong("caller_name", R"(,"caller_name":"a\u0000b")");
  wrong("description", R"(,"description":")" + std::string(4001, 'x') + "\"");
  wrong("call", R"(,"call":"12")");
  wrong("occurred", R"(,"occurred":"yesterday")");
  wrong("message_id", R"(,"message_id":"")");
  d.refuses(400, "message_id", "POST", "orders", R"({"type":"fault","lift":"080001","message_id":"a"})",
            {{"idempotency-key", "b"}});
  d.refuses(400, "Idempotency-Key", "POST", "orders", R"({"type":"fault","lift":"080001"})",
            {{"idempotency-key", "two words"}});
  d.refuses(400, "x", "POST", "orders?x=1", R"({"type":"fault","lift":"080001"})");
  CHECK(d.rescue.reports.empty());
  d.rescue.is_down = true;
  d.refuses(503, "", "POST", "orders", R"({"type":"fault","lift":"080001"})");
}

TEST_CASE("a report is taken in by its channel and its receipt is kept") {
  rescue_desk d;
  const auto made = d.answer(201, "POST", "alarms", R"({"kind":"entrapment","lift":"080001","message_id":"m1"})");
  CHECK(made["status"] == "dispatched");
  CHECK(d.rescue.reports[0].channel == domain::report_channel::phone);
  CHECK(d.get("alarms/receipts?source=8001&message_id=m1")["number"] == made["number"]);
  CHECK(d.answer(404, "GET", "alarms/receipts?source=8001&message_id=m2")["error"]["code"] == "not_found");
  d.refuses(400, "source", "GET", "alarms/receipts?message_id=m1");
  d.refuses(400, "message_id", "GET", "alarms/receipts?source=8001");
  d.refuses(400, "channel", "POST", "alarms", R"({"kind":"fault","lift":"080001","channel":"iot"})");
  d.refuses(400, "kind", "POST", "alarms", R"({"kind":"panic","lift":"080001"})");
  d.token = "authority-token";
  d.refuses(400, "channel", "POST", "alarms", R"({"kind":"fault","lift":"080001","channel":"letter"})");
  const auto filtered = d.answer(
      200, "POST", "alarms",
      R"({"kind":"entrapment","lift":"080002","door_open":true,"code":"E5","occurred":"2026-11-23T19:59:00+08:00"})");
  CHECK(filtered["fate"] == "filtered");
  CHECK(d.rescue.reports[1].channel == domain::report_channel::iot);
  CHECK(d.rescue.reports[1].source == "authority");
  CHECK(d.rescue.reports[1].occurred == noon - 60s);
  const auto test = d.answer(200, "POST", "alarms", R"({"kind":"test","lift":"080002","channel":"lift_phone"})");
  CHECK(test["fate"] == "noted");
  CHECK(test["order"].is_null());
  CHECK(test["status"].is_null());
}

TEST_CASE("the board shows what is active, filtered and in a mass event") {
  rescue_desk d;
  d.make_order();
  d.answer(201, "POST", "orders", R"({"type":"entrapment","lift":"080002"})");
  const auto board = d.get("alarms");
  CHECK(board["active"].size() == 2);
  CHECK(board["filtered"].empty());
  CHECK(board["mass_events"][0]["orders"][0] == board["active"][0]["id"]);
  CHECK(board["silent_devices"] == 1);
  const auto device = d.get("alarms/silent")["devices"][0];
  CHECK(device["last_failure"] == "100");
  CHECK(device["silent"] == true);
  d.refuses(400, "level", "GET", "alarms?level=1");
}

TEST_CASE("orders are found by every field, and paged") {
  rescue_desk d;
  d.make_order();
  d.rescue.now += 1s;
  d.answer(201, "POST", "orders", R"({"type":"fault","lift":"080002","caller_phone":"13900000009"})");
  const auto all = d.get("orders");
  CHECK(all["orders"].size() == 2);
  CHECK(all["before"].is_null());
  const auto page = d.get("orders?limit=1");
  CHECK(page["orders"][0]["lift"] == other_lift);
  const auto next = d.get("orders?limit=1&before=" + page["before"].get<std::string>());
  CHECK(next["orders"][0]["lift"] == lift_code);
  d.get("orders?from=2026-11-23T08:00:00Z&until=2026-11-24T08:00:00%2B08:00&active=1&status=open,accepted&type=fault"
        "&lift=080002&district=320803&caller=139&agent=8001&party=anjie&number=JY1&text=%E5%B9%BF%E5%9C%BA&level=2");
  const auto& f = d.rescue.last_filter;
  CHECK(f.from == noon - 4h);
  CHECK(f.until == noon + 12h);
  CHECK(f.active_only);
  CHECK(f.statuses == std::vector{domain::order_status::open, domain::order_status::accepted});
  CHECK(f.type == domain::order_type::fault);
  CHECK(f.lift == "080002");
  CHECK(f.district == "320803");
  CHECK(f.caller == "139");
  CHECK(f.agent == "8001");
  CHECK(f.party == "anjie");
  CHECK(f.number == "JY1");
  CHECK(f.text == "广场");
  CHECK(f.level == 2);
  CHECK(f.limit == 100);
  d.refuses(400, "status", "GET", "orders?status=open,");
  d.refuses(400, "status", "GET", "orders?status=lost");
  d.refuses(400, "type", "GET", "orders?type=x");
  d.refuses(400, "level", "GET", "orders?level=4");
  d.refuses(400, "limit", "GET", "orders?limit=1001");
  d.refuses(400, "before", "GET", "orders?before=1");
  d.refuses(400, "until", "GET", "orders?from=2026-11-23T08:00:00Z&until=2026-11-22T08:00:00Z");
  d.refuses(400, "colour", "GET", "orders?colour=red");
  const auto history = d.get("callers/13900000009/history");
  CHECK(history["orders"].size() == 1);
  CHECK(history["records"].is_array());
  CHECK(d.engine.last_filter.caller == "13900000009");
}

TEST_CASE("an order goes from report to archive by requests alone") {
  rescue_desk d;
  const auto number = d.make_order();
  const auto path = "orders/" + number + "/";
  const auto step = [&](const std::string& verb, const std::string& body) {
    return d.answer(200, "POST", path + verb, body);
  };
  step("acknowledge", "");
  CHECK(step("accept-for", R"({"party":"anjie","note":"by voice"})")["status"] == "accepted");
  d.rescue.now += 10min;
  const auto arrived = step("arrive-for", R"({"party":"anjie","at":"2026-11-23T20:09:00+08:00"})");
  CHECK(arrived["status"] == "arrived");
  CHECK(arrived["arrival_seconds"] == 540.0);
  CHECK(step("complete-for", R"({"party":"anjie","fault_cause":"door"})")["status"] == "rescued");
  CHECK(step("confirm", R"({"with":"trapped person"})")["status"] == "confirmed");
  CHECK(step("follow-up", R"({"result":"thanks","satisfaction":1})")["satisfaction"] == 1);
  d.token = "quality-token";
  CHECK(step("quality-check", R"({"score":95})")["quality_score"] == 95);
  d.token = "lead-token";
  CHECK(step("close", "{}")["status"] == "closed");
  const auto over = step("archive", "");
  CHECK(over["status"] == "archived");
  CHECK(over["on_site_seconds"] == 60.0);
  CHECK(over["next_deadline"].is_null());
  const auto story = d.get("orders/" + number);
  CHECK(story["order"]["version"] == over["version"]);
  CHECK(story["timeline"].size() > 9);
  CHECK(story["timeline"][0]["type"] == "order_changed");
  CHECK(story["attempts"][0]["target"] == "13900000001");
  CHECK(story["calls"].is_array());
  CHECK(story["recordings"].is_array());
}

TEST_CASE("of two who edit the second is told what the order has become") {
  rescue_desk d;
  const auto number = d.make_order();
  const auto seen = d.get("orders/" + number)["order"]["version"].get<int>();
  const auto body = R"({"version":)" + std::to_string(seen) + R"(,"trapped":3})";
  const auto edited = d.answer(200, "POST", "orders/" + number + "/edit", body);
  CHECK(edited["trapped"] == 3);
  const auto lost =
      d.answer(409, "POST", "orders/" + number + "/edit", R"({"version":)" + std::to_string(seen) + R"(,"trapped":1})");
  CHECK(lost["error"]["code"] == "conflict");
  CHECK(lost["version"] == edited["version"]);
  CHECK(lost["order"]["trapped"] == 3);
  const auto tag = "\"" + std::to_string(edited["version"].get<int>()) + "\"";
  const auto r = d.ask("POST", "orders/" + number + "/edit", R"({"trapped":1})", {{"if-match", tag}});
  CHECK(r.status == 200);
  CHECK(d.answer(409, "POST", "orders/" + number + "/edit", R"({"trapped":1})", {{"if-match", tag}})["version"] ==
        json::parse(r.body)["version"]);
  d.refuses(400, "If-Match", "POST", "orders/" + number + "/edit", R"({"trapped":1})", {{"if-match", "new"}});
  d.refuses(400, "version", "POST", "orders/" + number + "/edit", R"({"trapped":1,"version":7})", {{"if-match", "6"}});
  d.refuses(400, "version", "POST", "orders/" + number + "/edit", R"({"trapped":1,"version":0})");
  d.refuses(400, "version", "POST", "orders/" + number + "/edit", R"({"trapped":1,"version":"2"})");
}

TEST_CASE("a lift is linked later, by any of its codes") {
  rescue_desk d;
  const auto number =
      d.answer(201, "POST", "orders", R"({"type":"entrapment","place":"广场"})")["order"]["number"].get<std::string>();
  d.refuses(400, "lift", "POST", "orders/" + number + "/link-lift", "{}");
  d.refuses(400, "lift", "POST", "orders/" + number + "/link-lift", R"({"lift":"999999"})");
  const auto linked =
      d.answer(200, "POST", "orders/" + number + "/link-lift", R"({"lift":")" + lift_registration + "\"}");
  CHECK(linked["lift"] == lift_code);
  CHECK(linked["project"] == "淮安广场");
}

TEST_CASE("every step of an order is known, checks its fields and names what is wrong") {
  rescue_desk d;
  const auto number = d.make_order();
  for (const auto& rule : domain::verb_rules()) {
    const auto path = "orders/" + number + "/" + std::string{to_string(rule.verb)};
    INFO(path);
    d.refuses(400, "nonsense", "POST", path, R"({"nonsense":1})");
    if (!rule.required.empty()) d.refuses(400, std::string{rule.required[0]}, "POST", path, "{}");
    CHECK(d.ask("GET", path).status == 405);
  }
  d.refuses(404, "", "POST", "orders/" + number + "/explode", "{}");
  d.refuses(404, "", "POST", "orders/JY0/note", R"({"text":"x"})");
  d.refuses(400, "level", "POST", "orders/" + number + "/escalate", R"({"level":4,"reason":"x"})");
  d.refuses(400, "level", "POST", "orders/" + number + "/escalate", R"({"level":"2","reason":"x"})");
  d.refuses(400, "minutes", "POST", "orders/" + number + "/extend",
            R"({"what":"answer","minutes":241,"reason":"x","party":"anjie"})");
  d.refuses(400, "fire", "POST", "orders/" + number + "/edit", R"({"fire":"yes"})");
  d.refuses(400, "at", "POST", "orders/" + number + "/arrive-for", R"({"party":"anjie","at":"noon"})");
  d.refuses(400, "text", "POST", "orders/" + number + "/note", R"({"text":"a\u0001"})");
  CHECK(d.answer(404, "GET", "orders/JY0")["error"]["code"] == "not_found");
}

TEST_CASE("a rescuer's link is made for an engaged party and for nobody else") {
  rescue_desk d;
  const auto number = d.make_order();
  d.token = "lead-token";
  const auto link = d.get("orders/" + number + "/link?party=anjie");
  const auto url = link["url"].get<std::string>();
  REQUIRE(url.rfind("https://lift.example.cn/r/", 0) == 0);
  const auto claim = cti::verify_rescuer("key of links", url.substr(26), d.rescue.now);
  REQUIRE(claim);
  CHECK(claim->party == "anjie");
  CHECK(to_string(claim->order) == d.get("orders/" + number)["order"]["id"]);
  CHECK(link["expires"] == "2026-11-24T12:00:00.000Z");
  d.refuses(400, "party", "GET", "orders/" + number + "/link");
  d.refuses(409, "party", "GET", "orders/" + number + "/link?party=north");
  d.refuses(404, "", "GET", "orders/JY0/link?party=anjie");
  d.rescue.plan.public_url.clear();
  d.refuses(409, "", "GET", "orders/" + number + "/link?party=anjie");
}

TEST_CASE("an order made of a call has the caller's number, unless another is told") {
  rescue_desk d;
  d.engine.record.caller = "13912340000";
  const auto phone_of = [&](const std::string& more) {
    const auto made =
        d.answer(201, "POST", "orders",
                 R"({"type":"enquiry","place":"淮海路","call":")" + to_string(ended_call) + "\"" + more + "}");
    return made["order"]["callers"][0]["phone"].get<std::string>();
  };
  CHECK(phone_of("") == "13912340000");
  CHECK(phone_of(R"(,"caller_phone":"051780000009")") == "051780000009");
  d.engine.record.caller = "anonymous";
  CHECK(phone_of("") == "");
  d.answer(201, "POST", "orders", R"({"type":"enquiry","call":")" + to_string(domain::call_id{5, 5}) + "\"}");
}

TEST_CASE("an order by place is given its district at once") {
  rescue_desk d;
  const auto made =
      d.answer(201, "POST", "orders", R"({"type":"entrapment","place":"淮海路 12 号","district":"320812"})")["order"];
  CHECK(made["district"] == "320812");
  for (const char* odd : {R"("32081")", R"("3208120")", R"("淮安区")", "320812"})
    d.refuses(400, "district", "POST", "orders",
              R"({"type":"entrapment","place":"淮海路","district":)" + std::string{odd} + "}");
}

TEST_CASE("persons are told as numbers or as yes and no, in each way of telling them") {
  rescue_desk d;
  const auto made =
      d.answer(201, "POST", "orders",
               R"({"type":"entrapment","lift":"080001","injured":true,"trapped":2,"elderly":3,"children":0})");
  CHECK(made["order"]["injured"] == 1);
  CHECK(made["order"]["trapped"] == 2);
  CHECK(made["order"]["elderly"] == true);
  CHECK(made["order"]["children"] == false);
  const auto path = "orders/" + made["order"]["number"].get<std::string>() + "/edit";
  const auto edited = d.answer(200, "POST", path, R"({"injured":false,"children":2,"elderly":false,"trapped":true})");
  CHECK(edited["injured"] == 0);
  CHECK(edited["children"] == true);
  CHECK(edited["elderly"] == false);
  CHECK(edited["trapped"] == 1);
  d.refuses(400, "elderly", "POST", "orders", R"({"type":"enquiry","elderly":"some"})");
  d.refuses(400, "elderly", "POST", path, R"({"elderly":-1})");
  d.refuses(400, "injured", "POST", path, R"({"injured":"some"})");
}

TEST_CASE("a conflict names the version as the request does") {
  rescue_desk d;
  const auto number = d.make_order();
  d.refuses(409, "version", "POST", "orders/" + number + "/note", R"({"text":"x","version":99})");
}
