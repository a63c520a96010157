#include "cti/api/server.hpp"

#include "tests/cti/api/fake_engine.hpp"
#include "tests/cti/http/wire.hpp"
#include "tests/temp_folder.hpp"

#include <catch2/catch.hpp>

#include <atomic>
#include <fstream>
#include <future>
#include <memory>
#include <thread>
#include <vector>

using namespace lifeline;
using namespace lifeline::testing;

namespace {

const std::string token(64, 'a');

struct live {
  explicit live(cti::server_settings settings = {}) {
    settings.port = 0;
    settings.token = token;
    auto started = cti::start_server(settings, engine,
                                     {[] { return std::string{"# metrics\n"}; },
                                      [this](int status) {
                                        ++answers;
                                        if (status == 401) ++unauthorized;
                                      }});
    REQUIRE(started);
    server = std::move(*started);
  }
  std::string get(const std::string& target) const {
    wire w(server->port());
    w.send(request("GET", target));
    return w.answer();
  }
  static std::string request(const std::string& method, const std::string& target, const std::string& body = {}) {
    return method + " " + target + " HTTP/1.1\r\nHost: x\r\nAuthorization: Bearer " + token +
           "\r\nContent-Length: " + std::to_string(body.size()) + "\r\n\r\n" + body;
  }

  fake_engine engine;
  std::atomic<int> answers{0};
  std::atomic<int> unauthorized{0};
  std::unique_ptr<cti::server> server;
};

} // namespace

TEST_CASE("several requests, also at once, go over one connection") {
  live l;
  wire w(l.server->port());
  for (int i = 0; i < 3; ++i) {
    w.send(live::request("GET", "/api/v1/status"));
    CHECK(status_of(w.answer()) == 200);
  }
  w.send(live::request("GET", "/healthz") +
         live::request("POST", "/api/v1/agents/8001/not-ready", R"({"reason":"x"})") +
         live::request("GET", "/nowhere"));
  CHECK(body_of(w.answer()) == "alive\n");
  CHECK(status_of(w.answer()) == 200);
  CHECK(status_of(w.answer()) == 404);
  CHECK_FALSE(w.closed());
  CHECK(l.answers == 6);
}

TEST_CASE("an answer carries type and length, and Connection: close is obeyed") {
  live l;
  wire w(l.server->port());
  w.send("GET /metrics HTTP/1.1\r\nHost: x\r\nConnection: close\r\n\r\n");
  const auto answer = w.answer();
  CHECK(answer.find("Content-Type: text/plain; version=0.0.4") != std::string::npos);
  CHECK(body_of(answer) == "# metrics\n");
  CHECK(w.rest(5s).empty());
  CHECK(w.closed());
}

TEST_CASE("requests without a token are counted") {
  live l;
  wire w(l.server->port());
  w.send("GET /api/v1/agents HTTP/1.1\r\nHost: x\r\n\r\n");
  const auto answer = w.answer();
  CHECK(status_of(answer) == 401);
  CHECK(answer.find("8001") == std::string::npos);
  CHECK(l.unauthorized == 1);
}

TEST_CASE("a header or body that is too long is refused and the connection ends") {
  live l;
  {
    wire w(l.server->port());
    w.send("GET /healthz HTTP/1.1\r\nX: " + std::string(9000, 'x') + "\r\n\r\n");
    CHECK(status_of(w.answer()) == 431);
    w.rest(5s);
    CHECK(w.closed());
  }
  {
    wire w(l.server->port());
    w.send(live::request("POST", "/api/v1/agents/8001/not-ready", std::string(70000, ' ')));
    CHECK(status_of(w.answer()) == 413);
  }
  {
    wire w(l.server->port());
    w.send("POST /api/v1/stop HTTP/1.1\r\nHost: x\r\nTransfer-Encoding: chunked\r\n\r\n20000\r\n" +
           std::string(0x20000, 'x'));
    CHECK(status_of(w.answer()) == 413);
  }
  CHECK(l.engine.changes == 0);
  CHECK(status_of(l.get("/healthz")) == 200);
}

TEST_CASE("what is not HTTP is refused") {
  live l;
  for (const std::string& garbage :
       {std::string("\0\1\2\3\r\n\r\n", 8), std::string{"hello\r\n\r\n"}, std::string{"GET / HTTP/9.9\r\n\r\n"},
        std::string{"GET /healthz HTTP/1.1\r\nContent-Length: -5\r\n\r\n"},
        std::string{"\x16\x03\x01\x02\x00\x01\x00\x01\xfc\x03\x03", 11}}) {
    wire w(l.server->port());
    w.send(garbage);
    const auto answer = w.answer();
    CHECK((status_of(answer) == 400 || answer.empty()));
  }
  CHECK(status_of(l.get("/healthz")) == 200);
}

TEST_CASE("a client that sends too slowly is cut, others are served meanwhile") {
  cti::server_settings s;
  s.request_timeout = 300ms;
  live l(s);
  wire slow(l.server->port());
  slow.send("GET /healthz HT");
  CHECK(status_of(l.get("/healthz")) == 200);
  CHECK(slow.rest(5s).empty());
  CHECK(slow.closed());
}

TEST_CASE("an idle connection is closed") {
  cti::server_settings s;
  s.idle_timeout = 200ms;
  live l(s);
  wire w(l.server->port());
  w.send(live::request("GET", "/healthz"));
  CHECK(status_of(w.answer()) == 200);
  CHECK(w.rest(5s).empty());
  CHECK(w.closed());
}

TEST_CASE("past the limit of connections there is a 503, and room again afterwards") {
  cti::server_settings s;
  s.max_connections = 4;
  live l(s);
  std::vector<std::unique_ptr<wire>> held;
  for (int i = 0; i < 4; ++i) {
    held.push_back(std::make_unique<wire>(l.server->port()));
    held.back()->send(live::request("GET", "/healthz"));
    CHECK(status_of(held.back()->answer()) == 200);
  }
  CHECK(status_of(l.get("/api/v1/status")) == 503);
  held.clear();
  const auto until = std::chrono::steady_clock::now() + 5s;
  int status = 503;
  while (status != 200 && std::chrono::steady_clock::now() < until) {
    status = status_of(l.get("/api/v1/status"));
    std::this_thread::sleep_for(10ms);
  }
  CHECK(status == 200);
}

TEST_CASE("whoever holds all connections does not keep this machine from asking about health and metrics") {
  cti::server_settings s;
  // The other is what a socket of both families makes of it.
  s.bind_address = GENERATE(as<std::string>{}, "127.0.0.1", "::ffff:127.0.0.1");
  s.max_connections = 40;
  s.max_per_peer = 20;
  live l(s);
  std::vector<std::unique_ptr<wire>> slow;
  for (int i = 0; i < 1000; ++i) { // as many as there are, then one after the other makes room for the next
    slow.push_back(std::make_unique<wire>(l.server->port()));
    slow.back()->send("GET /healthz HT");
  }
  for (const char* path : {"/healthz", "/readyz", "/metrics"}) {
    INFO(path);
    for (int i = 0; i < 5; ++i)
      CHECK(status_of(l.get(path)) == 200);
  }
  wire other(l.server->port());
  other.send(live::request("GET", "/api/v1/status"));
  CHECK(status_of(other.answer()) == 503); // a kept place is for nothing else
  other.rest(5s);
  CHECK(other.closed());
}

TEST_CASE("actors that do not answer hold up neither health nor metrics nor others for long") {
  live l;
  std::atomic<int> waiting{0};
  std::promise<void> go;
  const auto gone = go.get_future().share();
  l.engine.hang = [&] {
    ++waiting;
    gone.wait();
  };
  std::vector<std::unique_ptr<wire>> hung;
  for (int i = 0; i < 12; ++i) { // more than there are threads for answers
    hung.push_back(std::make_unique<wire>(l.server->port()));
    hung.back()->send(live::request("GET", "/api/v1/agents"));
  }
  while (waiting < 8)
    std::this_thread::yield();
  for (const char* path : {"/healthz", "/readyz", "/metrics"}) {
    INFO(path);
    CHECK(status_of(l.get(path)) == 200);
  }
  l.engine.is_ready = false;
  CHECK(l.get("/readyz").find("not ready: the journal is opening") != std::string::npos);
  go.set_value();
  for (const auto& w : hung)
    CHECK(status_of(w->answer()) == 200);
}

TEST_CASE("many clients at once are all answered") {
  live l;
  std::atomic<int> good{0};
  std::vector<std::thread> clients;
  for (int i = 0; i < 8; ++i) {
    clients.emplace_back([&] {
      for (int n = 0; n < 25; ++n) {
        wire w(l.server->port());
        w.send(live::request("GET", n % 2 == 0 ? "/api/v1/agents" : "/readyz"));
        if (status_of(w.answer()) == 200) ++good;
      }
    });
  }
  for (auto& c : clients)
    c.join();
  CHECK(good == 200);
}

TEST_CASE("a recording is streamed whole") {
  live l;
  const temp_folder folder;
  l.engine.recording_path = folder.file("call.wav");
  l.engine.record.recording.sha256 = "feed";
  std::string content(3'000'000, 'x');
  for (std::size_t i = 0; i < content.size(); i += 997)
    content[i] = static_cast<char>(i);
  std::ofstream(l.engine.recording_path, std::ios::binary) << content;
  wire w(l.server->port());
  w.send(live::request("GET", "/api/v1/recordings/" + to_string(ended_call)));
  const auto answer = w.answer();
  CHECK(answer.find("X-Content-SHA256: feed\r\n") != std::string::npos);
  CHECK(answer.find("Content-Type: audio/wav\r\n") != std::string::npos);
  CHECK((body_of(answer) == content));
  w.send(live::request("GET", "/healthz")); // the connection is still in step
  CHECK(status_of(w.answer()) == 200);
}

TEST_CASE("a recording that is gone from the disk is an error, not a broken answer") {
  live l;
  l.engine.recording_path = "/nonexistent/call.wav";
  l.engine.record.recording.sha256 = "feed";
  CHECK(status_of(l.get("/api/v1/recordings/" + to_string(ended_call))) == 503);
}

TEST_CASE("stopping with connections open ends them, and the port can be used again") {
  auto l = std::make_unique<live>();
  wire w(l->server->port());
  w.send(live::request("GET", "/api/v1/status"));
  CHECK(status_of(w.answer()) == 200);
  l->server->stop();
  l->server->stop();
  const auto port = l->server->port();
  l->server.reset();
  w.rest(5s);
  CHECK(w.closed());
  cti::server_settings s;
  s.port = port;
  s.token = token;
  CHECK(cti::start_server(s, l->engine, {}));
}

TEST_CASE("a server that cannot start says why") {
  live l;
  fake_engine engine;
  cti::server_settings s;
  s.token = token;
  s.port = l.server->port();
  const auto taken = cti::start_server(s, engine, {});
  REQUIRE_FALSE(taken);
  CHECK(taken.error() == "http: cannot listen on 127.0.0.1:" + std::to_string(s.port) + ": Address already in use");
  s.bind_address = "nowhere";
  CHECK(cti::start_server(s, engine, {}).error() == "http: nowhere is not an IP address");
  s.token.clear();
  CHECK(cti::start_server(s, engine, {}).error() == "http: the API's token is empty");
}
