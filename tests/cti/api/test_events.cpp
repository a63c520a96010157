// Following the event log: waiting for the next entry, and streams.

#include "cti/api/server.hpp"

#include "tests/cti/api/fake_engine.hpp"
#include "tests/cti/api/fake_rescue.hpp"
#include "tests/cti/http/wire.hpp"

#include <catch2/catch.hpp>
#include <nlohmann/json.hpp>

#include <memory>
#include <thread>
#include <vector>

using namespace lifeline;
using namespace lifeline::testing;
using nlohmann::json;

namespace {

/// An engine whose log the test makes longer while the server reads it.
struct followed {
  explicit followed(cti::listen_settings limits = {}, bool with_rescue = true) {
    cti::server_settings s;
    static_cast<cti::listen_settings&>(s) = limits;
    s.port = 0;
    s.token = "t";
    auto started = cti::start_server(s, engine, {}, with_rescue ? &rescue : nullptr);
    REQUIRE(started);
    server = std::move(*started);
    last = engine.journey.back().seq;
    rescue.set_last_event(last);
  }
  static std::string request(const std::string& path, const std::string& more = {}) {
    return "GET /api/v1/" + path + " HTTP/1.1\r\nHost: x\r\nAuthorization: Bearer t\r\n" + more + "\r\n";
  }
  void grow() {
    domain::event e;
    e.seq = ++last;
    e.at = noon;
    e.body = domain::engine_draining{"test"};
    engine.append(e);
    rescue.set_last_event(last);
  }
  [[nodiscard]] std::string from_next() const { return "from=" + std::to_string(last + 1); }

  fake_engine engine;
  fake_rescue rescue;
  std::unique_ptr<cti::server> server;
  std::uint64_t last = 0;
};

/// What has come of a stream once `part` is in it.
std::string read_until(wire& w, const std::string& part) {
  std::string text;
  const auto until = std::chrono::steady_clock::now() + 10s;
  while (text.find(part) == std::string::npos && !w.closed() && std::chrono::steady_clock::now() < until)
    text += w.rest(50ms);
  return text;
}

} // namespace

TEST_CASE("a request for events waits until there is one") {
  followed f;
  wire w(f.server->port());
  w.send(followed::request("events?wait_seconds=30&" + f.from_next()));
  CHECK(w.rest(100ms).empty());
  f.grow();
  const auto answer = w.answer();
  CHECK(status_of(answer) == 200);
  const auto body = json::parse(body_of(answer));
  REQUIRE(body["events"].size() == 1);
  CHECK(body["events"][0]["type"] == "engine_draining");
  CHECK(body["next"] == f.last + 1);
  w.send(followed::request("events?wait_seconds=30&from=" + std::to_string(f.last))); // there is one already
  CHECK(json::parse(body_of(w.answer()))["events"].size() == 1);
}

TEST_CASE("a wait ends with its time, and its connection goes on") {
  followed f;
  wire w(f.server->port());
  w.send(followed::request("events?wait_seconds=1&" + f.from_next()));
  const auto body = json::parse(body_of(w.answer()));
  CHECK(body["events"].empty());
  CHECK(body["next"] == f.last + 1);
  w.send(followed::request("queues"));
  CHECK(status_of(w.answer()) == 200);
  w.send(followed::request("events?wait_seconds=31"));
  CHECK(status_of(w.answer()) == 400);
}

TEST_CASE("those who wait hold up nobody, are told all at once, and are bounded") {
  cti::listen_settings limits;
  limits.max_waiting = 8;
  followed f(limits);
  std::vector<std::unique_ptr<wire>> waiting;
  for (int i = 0; i < 9; ++i) {
    waiting.push_back(std::make_unique<wire>(f.server->port()));
    waiting.back()->send(followed::request("events?wait_seconds=30&" + f.from_next()));
  }
  // One of the nine is refused, whichever comes last, and then the others are known to wait.
  std::string refused;
  const auto until = std::chrono::steady_clock::now() + 20s;
  for (std::size_t i = 0; refused.empty() && std::chrono::steady_clock::now() < until; i = (i + 1) % 9) {
    refused = waiting[i]->rest(10ms);
    if (!refused.empty()) waiting.erase(waiting.begin() + static_cast<std::ptrdiff_t>(i));
  }
  CHECK(status_of(refused) == 503);
  wire other(f.server->port());
  other.send(followed::request("events?wait_seconds=0&" + f.from_next()));
  CHECK(status_of(other.answer()) == 200);
  f.grow();
  for (auto& w : waiting)
    CHECK(json::parse(body_of(w->answer()))["events"].size() == 1);
}

TEST_CASE("without a rescue part a wait looks for itself") {
  followed f({}, false);
  wire w(f.server->port());
  w.send(followed::request("events?wait_seconds=30&" + f.from_next()));
  f.grow();
  CHECK(json::parse(body_of(w.answer()))["events"].size() == 1);
}

TEST_CASE("a stream tells what is and what comes, and is resumed by the last number") {
  followed f;
  wire w(f.server->port());
  w.send(followed::request("events/stream?from=" + std::to_string(f.last)));
  const auto first = read_until(w, "id: " + std::to_string(f.last) + "\n");
  CHECK(first.find("HTTP/1.1 200 OK\r\n") == 0);
  CHECK(first.find("Content-Type: text/event-stream\r\n") != std::string::npos);
  CHECK(first.find("Transfer-Encoding: chunked\r\n") != std::string::npos);
  f.grow();
  const auto second = read_until(w, "\n\n\r\n");
  CHECK(second.find("id: " + std::to_string(f.last) + "\nevent: engine_draining\ndata: {\"seq\":") !=
        std::string::npos);
  wire resumed(f.server->port());
  resumed.send(followed::request("events/stream", "Last-Event-ID: " + std::to_string(f.last - 1) + "\r\n"));
  const auto missed = read_until(resumed, "\n\n\r\n");
  CHECK(missed.find("id: " + std::to_string(f.last) + "\n") != std::string::npos);
  CHECK(missed.find("id: " + std::to_string(f.last - 1) + "\n") == std::string::npos);
  wire wrong(f.server->port());
  wrong.send(followed::request("events/stream", "Last-Event-ID: x\r\n"));
  CHECK(status_of(wrong.answer()) == 400);
}

TEST_CASE("streams are bounded, and a place is free again when one ends") {
  cti::listen_settings limits;
  limits.max_streams = 1;
  followed f(limits);
  auto held = std::make_unique<wire>(f.server->port());
  held->send(followed::request("events/stream?" + f.from_next()));
  CHECK_FALSE(read_until(*held, ":\n\n").empty());
  const auto status = [&] {
    wire w(f.server->port());
    w.send(followed::request("events/stream?" + f.from_next(), "Connection: close\r\n"));
    return status_of(read_until(w, "\r\n\r\n"));
  };
  CHECK(status() == 503);
  held.reset();
  int later = 503;
  const auto until = std::chrono::steady_clock::now() + 10s;
  while (later == 503 && std::chrono::steady_clock::now() < until) {
    f.grow(); // writing finds out that the other has gone
    later = status();
  }
  CHECK(later == 200);
}

TEST_CASE("stopping ends those who wait and the streams") {
  auto f = std::make_unique<followed>();
  wire waits(f->server->port());
  wire streams(f->server->port());
  waits.send(followed::request("events?wait_seconds=30&" + f->from_next()));
  streams.send(followed::request("events/stream?" + f->from_next()));
  CHECK_FALSE(read_until(streams, ":\n\n").empty());
  f->server->stop();
  f->server.reset();
  waits.rest(5s);
  streams.rest(5s);
  CHECK(waits.closed());
  CHECK(streams.closed());
}

TEST_CASE("a list may be as long as a list is, from those who may bring one, and nothing else may") {
  cti::server_settings s;
  s.port = 0;
  s.token = "t";
  s.clients = {{"desk", domain::role::agent, "a", "8001"}};
  fake_engine engine;
  fake_rescue rescue;
  auto server = std::move(*cti::start_server(s, engine, {}, &rescue));
  const std::string list(3'000'000, 'x');
  const auto send = [&](const std::string& token, const std::string& path, const std::string& more) {
    wire w(server->port());
    w.send("POST /api/v1/" + path + " HTTP/1.1\r\nHost: x\r\nAuthorization: Bearer " + token +
           "\r\nContent-Length: " + std::to_string(list.size()) + "\r\n" + more + "\r\n");
    auto told = more.empty() ? std::string{} : read_until(w, "100 Continue\r\n\r\n");
    w.send(list);
    return told + w.answer();
  };
  CHECK(status_of(send("t", "elevators/import", "")) == 200);
  CHECK((rescue.last_csv == list));
  const auto invited = send("t", "elevators/import?dry_run=1", "Expect: 100-continue\r\n");
  CHECK(invited.find("HTTP/1.1 100 Continue\r\n\r\nHTTP/1.1 200 OK") == 0);
  CHECK(status_of(send("a", "elevators/import", "")) == 413);
  CHECK(status_of(send("wrong", "elevators/import", "")) == 413);
  CHECK(status_of(send("t", "orders", "")) == 413);
  CHECK(rescue.changes == 1);
}
