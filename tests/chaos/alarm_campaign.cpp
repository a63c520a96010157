#include "tests/chaos/alarm_campaign.hpp"

#include "tests/peers/harness/wait.hpp"

#include <algorithm>
#include <iostream>
#include <set>
#include <thread>

namespace lifeline::chaos {

using namespace std::chrono_literals;
using clock = std::chrono::steady_clock;
using peers::json;

namespace {

constexpr int senders = 8;
constexpr const char* source = "operator";

peers::engine_config configuration() {
  peers::engine_config c;
  c.log["level"] = "\"info\"";
  c.trunk["outbound"] = "\"127.0.0.1:" + std::to_string(peers::take_port()) + '"'; // nobody answers there
  c.extra = "[rescue]\nhotline = \"12315\"\nreview_every = \"10m\"\n";
  return c;
}

/// Some alarms of one and the same lift, as when several passengers call; most of lifts that nobody knows.
json alarm(std::uint64_t n) {
  json a{{"kind", "entrapment"},
         {"message_id", "c-" + std::to_string(n)},
         {"caller_phone", "138" + std::to_string(10'000'000 + n)}};
  if (n % 5 == 0)
    a["lift"] = std::to_string(100'000 + n % 50);
  else
    a["place"] = "号楼 " + std::to_string(n);
  return a;
}

} // namespace

alarm_campaign::alarm_campaign(const alarm_plan& what)
    : plan_(what), place_("chaos-alarms"), engine_(place_, configuration()), random_(what.seed) {
  for (int i = 0; i < 50; i += 5)
    engine_.api("PUT", "elevators/" + std::to_string(100'000 + i),
                {{"address", "淮海路 " + std::to_string(i) + " 号"}, {"district", "320812"}});
}

void alarm_campaign::fault(const std::string& what) {
  summary_.faults.push_back("kill " + std::to_string(summary_.kills) + ": " + what);
  std::cerr << summary_.faults.back() << '\n';
}

alarm_summary alarm_campaign::run() {
  try {
    for (int i = 1; i <= plan_.kills; ++i)
      round(i);
    check_all();
    if (engine_.stop() != 0) fault("the engine does not stop in order");
    verify();
  } catch (const std::exception& e) { // e.g. an engine that does not come back
    fault(e.what());
  }
  summary_.sent = next_;
  summary_.acknowledged = acknowledged_.size();
  summary_.cut = summary_.sent - summary_.acknowledged;
  if (!summary_.faults.empty()) {
    place_.keep();
    std::cerr << "---- the engine's log (end) ----\n" << engine_.log_tail();
  }
  return summary_;
}

void alarm_campaign::send_until_stopped() {
  const auto pause = std::chrono::duration_cast<clock::duration>(std::chrono::duration<double>(senders / plan_.rate));
  const auto port = engine_.http_port();
  const auto token = engine_.api_token();
  for (auto due = clock::now(); !stop_; due += pause) {
    std::this_thread::sleep_until(due);
    const auto body = alarm(next_++);
    const auto reply = peers::http_send(
        "127.0.0.1", port, {.method = "POST", .target = "/api/v1/alarms", .token = token, .body = body.dump()});
    if (reply.status == 0) continue; // the engine has been killed
    const auto answer = json::parse(reply.body, nullptr, false);
    const std::lock_guard lock(mutex_);
    if (reply.status / 100 != 2 || answer.is_discarded()) {
      fault("an alarm was answered " + std::to_string(reply.status) + ": " + reply.body);
      continue;
    }
    const auto& r = answer.contains("receipt") ? answer.at("receipt") : answer;
    fresh_[body.at("message_id")] = {r.at("order").is_null() ? "" : r.at("order").get<std::string>(), r.at("fate")};
  }
}

void alarm_campaign::round(int number) {
  std::uniform_int_distribution<std::int64_t> life(plan_.least_life.count(), plan_.most_life.count());
  const std::chrono::milliseconds lives{life(random_)};
  stop_ = false;
  std::vector<std::thread> threads;
  for (int i = 0; i < senders; ++i)
    threads.emplace_back([this] { send_until_stopped(); });
  std::this_thread::sleep_for(lives); // the random point
  if (!engine_.running()) fault("the engine had ended by itself");
  const auto killed = clock::now();
  engine_.kill9();
  stop_ = true;
  for (auto& t : threads)
    t.join();
  ++summary_.kills;
  verify();
  engine_.start();
  summary_.worst_outage =
      std::max(summary_.worst_outage, std::chrono::duration_cast<std::chrono::milliseconds>(clock::now() - killed));
  std::vector<std::string> ids;
  for (const auto& [id, r] : fresh_)
    ids.push_back(id);
  acknowledged_.insert(fresh_.begin(), fresh_.end());
  fresh_.clear();
  check_some(ids);
  if (number % 5 == 0)
    std::cout << number << " kills, " << acknowledged_.size() << " alarms acknowledged, " << summary_.faults.size()
              << " faults\n"
              << std::flush;
}

void alarm_campaign::check_some(const std::vector<std::string>& ids) {
  for (const auto& id : ids) {
    const auto reply =
        engine_.try_api({.target = "alarms/receipts?source=" + std::string{source} + "&message_id=" + id});
    const auto& known = acknowledged_.at(id);
    if (reply.status != 200) {
      fault("the acknowledged alarm " + id + " is gone: " + std::to_string(reply.status) + " " + reply.body);
      continue;
    }
    const auto answer = json::parse(reply.body);
    if (answer.at("order") != json(known.order)) fault("the alarm " + id + " belongs to another order now");
  }
}

/// Every alarm and every order of all rounds; an order is open, and something is due.
void alarm_campaign::check_all() {
  std::vector<std::string> ids;
  std::set<std::string> orders;
  for (const auto& [id, r] : acknowledged_) {
    ids.push_back(id);
    if (!r.order.empty()) orders.insert(r.order);
  }
  check_some(ids);
  std::set<std::string> open;
  const auto board = engine_.api("GET", "alarms");
  for (const auto& o : board.at("active")) {
    open.insert(o.at("id").get<std::string>());
    if (o.at("next_deadline").is_null()) fault("order " + o.at("number").get<std::string>() + " waits for nothing");
  }
  for (const auto& o : orders)
    if (!open.contains(o)) fault("order " + o + " of an acknowledged alarm is not open");
}

void alarm_campaign::verify() {
  const auto result = peers::run(
      {{peers::program("lifelinectl").string(), "log", "verify", "--journal", (engine_.data() / "journal").string()},
       place_.path(),
       place_.file("verify"),
       {}},
      60s);
  if (result.code != 0) fault("lifelinectl log verify: " + result.out + result.err);
}

} // namespace lifeline::chaos
