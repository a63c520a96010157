// The operations of the rescue side over real threads: what the API, the report line and the metrics ask.

#include "actors/rescue/alarms.hpp"
#include "actors/rescue/rescue_call.hpp"
#include "actors/rescue/rescue_engine.hpp"
#include "domain/lifts/elevator_csv.hpp"
#include "storage/memory_journal.hpp"
#include "storage/tables.hpp"

#include "tests/actors/rescue/alarm_bench.hpp"

#include <atomic>
#include <future>
#include <thread>

using namespace lifeline;
using namespace lifeline::testing;
using domain::errc;
using domain::order_status;
using domain::order_verb;
using domain::report_fate;

namespace {

struct rescue_plant {
  rescue_plant() : system(prepared()) {
    around = std::make_shared<actors::rescue_surroundings>();
    around->set_plan(small_plan());
    around->journal = &journal;
    around->clock = {std::chrono::time_point_cast<domain::span>(std::chrono::system_clock::now()),
                     std::chrono::steady_clock::now()};
    around->seed = 5;
    around->system = &system;
    around->start_call = [](caf::actor_system&, const actors::rescue_surroundings_ptr&, actors::rescue_call_request,
                            actors::attempt_done) { return actors::rescue_call_handle{}; };
    REQUIRE(around->lifts.load(journal, 8h) == 0);
    rescue = std::make_unique<actors::rescue_engine>(system, around);
    alarms = actors::spawn_alarms(system, around);
    REQUIRE(rescue->put_party(bench_party("firm-1", domain::party_kind::firm, "13900000001"), "test"));
    REQUIRE(rescue->put_elevator(bench_lift(), "test"));
    REQUIRE(rescue->put_elevator(bench_lift("320146"), "test"));
  }
  ~rescue_plant() {
    const caf::scoped_actor self{system};
    self->send_exit(alarms, caf::exit_reason::user_shutdown);
    self->wait_for(alarms);
    for (const auto& [id, order] : around->who_rescues.orders.entries())
      caf::anon_send_exit(order, caf::exit_reason::kill);
    around->who.clear();
    around->who_rescues.clear();
    alarms = nullptr;
    rescue.reset();
  }
  rescue_plant(const rescue_plant&) = delete;
  rescue_plant& operator=(const rescue_plant&) = delete;

  caf::actor_system_config& prepared() {
    actors::add_supervision_errors(cfg);
    cfg.set("logger.file-verbosity", caf::atom("quiet"));
    cfg.set("logger.console-verbosity", caf::atom("quiet"));
    cfg.set("scheduler.max-threads", std::size_t{2});
    return cfg;
  }

  domain::alarm_report report(const std::string& lift = "320145") {
    domain::alarm_report r;
    r.channel = domain::report_channel::phone;
    r.source = "8001";
    r.message_id = "m" + std::to_string(++messages);
    r.lift_key = lift;
    r.confirmed = true;
    r.caller_phone = "13800000001";
    r.description = "二楼有人被困";
    return r;
  }
  actors::report_receipt open(const std::string& lift = "320145") {
    const auto receipt = rescue->report(report(lift));
    REQUIRE(receipt);
    return *receipt;
  }
  domain::order_action action(order_verb verb, std::map<std::string, std::string> fields = {}) {
    domain::order_action a;
    a.verb = verb;
    a.by = "8001";
    a.role = domain::role::admin;
    a.fields = std::move(fields);
    return a;
  }

  storage::memory_journal journal;
  actors::rescue_surroundings_ptr around;
  caf::actor_system_config cfg;
  caf::actor_system system;
  actors::alarms_actor alarms;
  std::unique_ptr<actors::rescue_engine> rescue;
  int messages = 0;
};

} // namespace

TEST_CASE("rescue operations: a report is stored, found again, and worked on by number or id") {
  rescue_plant p;
  const auto receipt = p.open();
  CHECK(receipt.fate == report_fate::opened);
  const auto again = p.rescue->receipt("8001", "m1");
  REQUIRE(again);
  CHECK(again->order == receipt.order);
  CHECK(p.rescue->receipt("8001", "m2").error().code == domain::errc::not_found);
  CHECK(p.rescue->act(receipt.number, p.action(order_verb::note, {{"text", "钥匙在门卫"}})));
  const auto story = p.rescue->order(domain::to_string(receipt.order));
  REQUIRE(story);
  CHECK(story->order.live);
  CHECK(story->order.state.notes.size() == 1);
  CHECK(story->order.next_deadline != domain::never);
  REQUIRE(!story->events.empty());
  CHECK(std::holds_alternative<domain::alarm_received>(story->events.front().body));
  CHECK(p.rescue->order("JY19700101-0001").error().code == domain::errc::not_found);
  CHECK(p.rescue->act(receipt.number, p.action(order_verb::link_lift, {{"lift", "000000"}})).error().field == "lift");
  const auto moved = p.rescue->act(receipt.number, p.action(order_verb::link_lift, {{"lift", "320146"}}));
  REQUIRE(moved);
  CHECK(moved->state.lift == "320146");
  actors::order_filter filter;
  filter.lift = "320145";
  CHECK(p.rescue->orders(filter)->empty()); // the index has let it go
  filter.lift = "320146";
  CHECK(p.rescue->orders(filter)->size() == 1);
}

TEST_CASE("rescue operations: orders are found by every field, newest first, page by page") {
  rescue_plant p;
  const auto first = p.open();
  const auto second = p.open("320146");
  auto enquiry = p.report("");
  enquiry.kind = domain::report_kind::enquiry;
  enquiry.caller_phone = "13800000002";
  enquiry.place = "水渡口大道";
  REQUIRE(p.rescue->report(enquiry));
  const auto found = [&](const auto& set) {
    actors::order_filter f;
    set(f);
    std::vector<std::string> numbers;
    const auto orders = p.rescue->orders(f);
    REQUIRE(orders);
    for (const auto& o : *orders)
      numbers.push_back(o.state.number.substr(o.state.number.size() - 1));
    return numbers;
  };
  using numbers = std::vector<std::string>;
  CHECK(found([](auto&) {}) == numbers{"3", "2", "1"});
  CHECK(found([](auto& f) { f.limit = 2; }) == numbers{"3", "2"});
  CHECK(found([&](auto& f) { f.before = second.order; }) == numbers{"1"});
  CHECK(found([](auto& f) { f.caller = "13800000001"; }) == numbers{"2", "1"});
  CHECK(found([](auto& f) { f.caller = "+86-138-0000-0001"; }) == numbers{"2", "1"});
  CHECK(found([](auto& f) { f.caller = "anonymous"; }).empty());
  CHECK(found([](auto& f) { f.lift = "320145"; }) == numbers{"1"});
  CHECK(found([&](auto& f) { f.number = first.number; }) == numbers{"1"});
  CHECK(found([](auto& f) { f.type = domain::order_type::enquiry; }) == numbers{"3"});
  CHECK(found([](auto& f) { f.text = "水渡口"; }) == numbers{"3"});
  CHECK(found([](auto& f) { f.party = "firm-1"; }) == numbers{"2", "1"});
  CHECK(found([](auto& f) { f.level = 1; }) == numbers{"2", "1"});
  CHECK(found([](auto& f) { f.district = "320804"; }) == numbers{"2", "1"});
  CHECK(found([](auto& f) { f.statuses = {order_status::open}; }) == numbers{"3"});
  CHECK(found([](auto& f) { f.active_only = true; }) == numbers{"3", "2", "1"});
  REQUIRE(p.rescue->act(first.number, p.action(order_verb::dismiss, {{"reason", "false alarm"}})));
  CHECK(found([](auto& f) { f.active_only = true; }) == numbers{"3", "2"});
  CHECK(found([](auto& f) { f.until = domain::instant{1s}; }).empty());
}

TEST_CASE("rescue operations: the board and the figures count what stands open") {
  rescue_plant p;
  REQUIRE(p.rescue->put_party(bench_party("fire-119", domain::party_kind::public_rescue, "119"), "test"));
  const auto receipt = p.open();
  auto filtered = p.report("320146");
  filtered.confirmed = false;
  filtered.channel = domain::report_channel::iot;
  filtered.moving = true;
  REQUIRE(p.rescue->report(filtered)->fate == report_fate::filtered);
  const auto board = p.rescue->board();
  REQUIRE(board);
  CHECK(board->active.size() == 1);
  CHECK(board->filtered.size() == 1);
  // The order's actor has begun its calls before it takes anybody's word.
  REQUIRE(p.rescue->act(receipt.number, p.action(order_verb::note, {{"text", "钥匙在门卫"}})));
  auto figures = p.rescue->figures();
  CHECK(figures.open[1] == 1);
  CHECK(figures.filtered == 1);
  CHECK(figures.lifts == 2);
  CHECK(figures.attempts == 1);
  CHECK(figures.unacknowledged == 0); // a person took it by phone
  REQUIRE(p.rescue->act(receipt.number, p.action(order_verb::escalate, {{"level", "3"}, {"reason", "smoke"}})));
  figures = p.rescue->figures();
  CHECK(figures.open[3] == 1);
  CHECK(figures.open[1] == 0);
}

TEST_CASE("rescue operations: lifts are imported whole or not at all, and parties come and go") {
  rescue_plant p;
  const auto csv = domain::write_elevator_csv({bench_lift("320145"), bench_lift("320150"), bench_lift("320151")});
  actors::import_options options;
  options.source = "lifts.csv";
  options.dry_run = true;
  auto done = p.rescue->import_elevators(csv, options);
  REQUIRE(done);
  CHECK_FALSE(done->applied);
  CHECK(done->added == 2);
  CHECK(p.rescue->elevator_count() == 2);
  options.dry_run = false;
  // The supervisor has come to the end of what it writes for the lifts of before.
  CHECK_FALSE(p.rescue->act(domain::to_string(domain::order_id{9, 9}), p.action(order_verb::supervise)));
  p.journal.fail_next(1);
  CHECK(p.rescue->import_elevators(csv, options).error().code == domain::errc::unavailable);
  CHECK(p.rescue->elevator_count() == 2);
  done = p.rescue->import_elevators(csv, options);
  REQUIRE(done);
  CHECK(done->applied);
  CHECK(done->unchanged == 1);
  CHECK(p.rescue->elevator_count() == 4);
  CHECK(p.rescue->elevator("00320151")->rescue_code == "320151");
  CHECK(p.rescue->search_elevators("淮安广场", "", 10)->size() == 4);
  CHECK(p.rescue->import_elevators("no list", options).error().code == domain::errc::invalid);
  const auto half = csv + "\r\n12a,,,,,,\r\n";
  CHECK_FALSE(p.rescue->import_elevators(half, options)->applied);
  auto wrong = bench_party("firm 2", domain::party_kind::firm, "13900000009");
  CHECK(p.rescue->put_party(wrong, "test").error().field == "id");
  CHECK(p.rescue->remove_party("firm-9", "test").error().code == domain::errc::not_found);
  CHECK(p.rescue->remove_party("firm-1", "test"));
  CHECK(p.rescue->parties()->empty());
  actors::lift_registry fresh; // as after a restart
  CHECK(fresh.load(p.journal, 8h) == 0);
  CHECK(fresh.size() == 4);
  CHECK(fresh.book()->all().empty());
}

TEST_CASE("rescue operations: what identifies a report is checked, what is told in it is never a reason to refuse") {
  domain::alarm_report r;
  const domain::instant now{1000h};
  CHECK(actors::clean_report(r, now).error().field == "source");
  r.source = "vendor";
  CHECK(actors::clean_report(r, now).error().field == "message_id");
  r.message_id = "1";
  r.occurred = now + 2h;
  r.trapped = 4000000;
  for (int i = 0; i < 2000; ++i)
    r.description += "困";
  CHECK(actors::clean_report(r, now));
  CHECK(r.received == now);
  CHECK(r.occurred == domain::never);
  CHECK(r.trapped == 0);
  CHECK(r.description.size() == 4095); // whole characters
  CHECK(r.doubts.size() == 3);
}

TEST_CASE("rescue operations: who follows the log is woken by the next entry") {
  rescue_plant p;
  const auto seen = p.journal.last_sequence();
  auto woken = std::async(std::launch::async, [&] { p.rescue->wait_for_events(seen, 10000ms); });
  p.open();
  CHECK(woken.wait_for(9s) == std::future_status::ready);
  p.rescue->wait_for_events(seen, 10000ms); // there is something already
  CHECK(p.journal.last_sequence() > seen);
}

TEST_CASE("the rescue port: lift phones and the report line are answered without waiting") {
  rescue_plant p;
  actors::rescue_port& port = *p.rescue;
  std::promise<tl::expected<actors::report_receipt, std::string>> taken;
  port.report(p.report(), [&](auto answer) { taken.set_value(std::move(answer)); });
  const auto receipt = taken.get_future().get();
  REQUIRE(receipt);
  CHECK(port.open_order_of("320145") == receipt->order);
  CHECK(port.open_order_of("320146").is_nil());
  CHECK(port.lift("31103208042020060145")->rescue_code == "320145");
  const auto orders = port.orders_of_phone("13900000001");
  REQUIRE(orders.size() == 1);
  CHECK(orders.front().party == "firm-1");
  CHECK(port.orders_of_phone("13900000002").empty());
  const auto say = [&](domain::rescuer_word word, const std::string& party = "firm-1") {
    std::promise<bool> said;
    domain::rescuer_report r;
    r.party = party;
    r.word = word;
    port.rescuer_says(receipt->order, r, [&](bool ok, const std::string&) { said.set_value(ok); });
    return said.get_future().get();
  };
  CHECK(say(domain::rescuer_word::arrived));
  CHECK(p.rescue->order(receipt->number)->order.state.status == order_status::arrived);
  CHECK(say(domain::rescuer_word::completed));
  port.link_call(receipt->order, {7, 7});
  const auto calls = [&] { return p.rescue->order(receipt->number)->order.state.calls; };
  for (int i = 0; i < 500 && calls().empty(); ++i)
    std::this_thread::sleep_for(10ms); // nobody waits for the link
  CHECK(calls() == std::vector{domain::call_id{7, 7}});
  CHECK(p.rescue->act(receipt->number, p.action(order_verb::confirm, {{"with", "trapped person"}})));
  CHECK_FALSE(say(domain::rescuer_word::arrived, "station-1"));
}

TEST_CASE("rescue operations: an agent of another hotline acts on no order, and what it reports goes on ringing") {
  rescue_plant p;
  auto plan = small_plan();
  domain::hotline_plan rescue;
  rescue.name = "96333";
  rescue.numbers = {"96333"};
  rescue.queue = "rescue";
  domain::queue_plan queue;
  queue.name = "rescue";
  plan.hotlines.push_back(rescue);
  plan.queues.push_back(queue);
  domain::agent_plan ours;
  ours.account = "9001";
  ours.queues = {"rescue"};
  plan.agents.push_back(ours);
  p.around->set_plan(plan);
  const auto receipt = p.open(); // by 8001, of 12315
  CHECK(p.rescue->order(receipt.number)->order.state.acknowledged == domain::never);
  auto a = p.action(order_verb::dismiss, {{"reason", "false alarm"}});
  a.by = "8001";
  a.role = domain::role::agent;
  const auto refused = p.rescue->act(receipt.number, a);
  REQUIRE_FALSE(refused);
  CHECK(refused.error().code == domain::errc::forbidden);
  CHECK(refused.error().message == "8001 is no agent of 96333: only agents of that hotline act on its orders");
  auto over = p.report();
  over.kind = domain::report_kind::recovered;
  CHECK(p.rescue->report(over).error().code == domain::errc::forbidden);
  over.source = "9001";
  over.message_id = "mine";
  CHECK(p.rescue->report(over));
  a.by = "9001";
  a.verb = order_verb::assign;
  a.fields = {{"agent", "nobody"}};
  CHECK(p.rescue->act(receipt.number, a).error().field == "agent");
  a.fields = {{"agent", "9001"}};
  CHECK(p.rescue->act(receipt.number, a)->state.agent == "9001");
}

TEST_CASE("rescue operations: a link that is made is in the order's timeline, with who made it") {
  rescue_plant p;
  const auto receipt = p.open();
  REQUIRE(p.rescue->note_link({receipt.order, "firm-1", "8002", "lead", domain::from_micros(1)}));
  const auto story = p.rescue->order(receipt.number);
  REQUIRE(story);
  const auto* made = std::get_if<domain::rescuer_link_made>(&story->events.back().body);
  REQUIRE(made != nullptr);
  CHECK(made->party == "firm-1");
  CHECK(made->by == "8002");
  CHECK(made->client == "lead");
}

TEST_CASE("rescue operations: recorded calls to rescuers are found by order, party and time, with their seals") {
  rescue_plant p;
  const auto first = p.open();
  const auto second = p.open("320146");
  const auto recorded = [&](const actors::report_receipt& order, std::uint64_t id, const std::string& party,
                            domain::instant at, bool sealed) {
    domain::rescuer_called call;
    call.order = order.order;
    call.attempt = {id, 1};
    call.party = party;
    call.outcome_known = true;
    call.outcome = domain::attempt_outcome::accepted;
    call.recording = "rescue/" + std::to_string(id) + ".wav";
    storage::change c;
    c.events.push_back({0, at, {}, call});
    if (sealed)
      c.events.push_back({0, at, {id, 1}, domain::recording_sealed{{call.recording, "feed", 800, 4s, false}}});
    p.journal.append(std::move(c), storage::durability::lazy);
  };
  const auto now = p.around->now_steady();
  recorded(first, 1, "firm-1", now, true);
  recorded(first, 2, "station-1", now + 1min, false);
  recorded(second, 3, "firm-1", now + 2min, true);
  const auto ids = [&](const actors::recording_search& by) {
    std::vector<std::uint64_t> found;
    const auto all = p.rescue->recordings(by);
    REQUIRE(all);
    for (const auto& r : *all)
      found.push_back(r.attempt.attempt.hi);
    return found;
  };
  CHECK(ids({}) == std::vector<std::uint64_t>{3, 2, 1}); // newest first
  CHECK(ids({.order = first.number}) == std::vector<std::uint64_t>{2, 1});
  CHECK(ids({.party = "firm-1"}) == std::vector<std::uint64_t>{3, 1});
  CHECK(ids({.from = now + 30s, .until = now + 90s}) == std::vector<std::uint64_t>{2});
  CHECK(ids({.limit = 1}) == std::vector<std::uint64_t>{3});
  const auto of_first = p.rescue->recordings({.order = first.number});
  CHECK(of_first->at(1).recording.sha256 == "feed");
  CHECK(of_first->at(1).number == first.number);
  CHECK(of_first->at(0).recording.sha256.empty()); // is being sealed
  CHECK(p.rescue->recordings({.order = "JY0"}).error().code == domain::errc::not_found);
}

TEST_CASE("rescue operations: many orders at once whose calls end at once, and none is waited for in vain") {
  rescue_plant p;
  std::atomic<int> begun{0};
  // Each first call ends before whoever has begun it goes on, on whatever thread that is.
  p.around->start_call = [&](caf::actor_system&, const actors::rescue_surroundings_ptr&, actors::rescue_call_request r,
                             const actors::attempt_done& done) {
    ++begun;
    domain::attempt_result x;
    x.attempt = r.attempt.id;
    x.outcome = domain::attempt_outcome::no_line;
    done(x);
    return actors::rescue_call_handle{};
  };
  constexpr int orders = 200;
  for (int i = 0; i < orders; ++i) {
    const auto lift = std::to_string(321000 + i);
    REQUIRE(p.rescue->put_elevator(bench_lift(lift), "test"));
    p.open(lift);
  }
  // An order's actor has done all of this before it takes anybody's word.
  for (const auto& o : p.around->orders.all())
    REQUIRE(p.rescue->act(o->number, p.action(order_verb::note, {{"text", "x"}})));
  for (const auto& o : p.around->orders.all())
    for (const auto& d : o->deployments)
      CHECK(d.attempts.empty());
  CHECK(begun >= orders);
  CHECK(p.around->attempts.under_way() == 0);
}
