// The gateway against a server on the loopback.

#include "tests/webhook/outbox.hpp"
#include "tests/webhook/receiver.hpp"

#include <set>

using namespace lifeline;
using namespace lifeline::webhook;
using namespace lifeline::webhook::testing;
using namespace std::chrono_literals;
using Catch::Matchers::StartsWith;

namespace {

domain::instant wall_clock() { return std::chrono::time_point_cast<domain::span>(std::chrono::system_clock::now()); }
reply status(int code, std::map<std::string, std::string> headers = {}) {
  reply r;
  r.status = code;
  r.headers = std::move(headers);
  return r;
}
reply kind(reply::kind how) {
  reply r;
  r.how = how;
  return r;
}
reply raw(std::string text) {
  reply r;
  r.raw = std::move(text);
  return r;
}

} // namespace

TEST_CASE("a message is posted with its id and a signature that verifies, and the answer comes back") {
  reply accepted;
  accepted.status = 202;
  accepted.body = R"({"accepted":true})";
  receiver server{[&](std::size_t) { return accepted; }};
  outbox out;
  const auto r = out.result(message(server.url("/rescue/orders?firm=7")));
  CHECK(r.delivered);
  CHECK(r.status == 202);
  CHECK(r.tries == 1);
  CHECK(r.error.empty());
  CHECK(r.body == accepted.body);
  const auto got = server.wait(1).at(0);
  CHECK(got.method == "POST");
  CHECK(got.target == "/rescue/orders?firm=7");
  CHECK(got.host == "127.0.0.1:" + std::to_string(server.port()));
  CHECK(got.content_type == "application/json");
  CHECK(got.id == "m-1");
  CHECK(got.body == R"({"order":"JY20261124-0001"})");
  CHECK(verify_signature("0123456789abcdef", got.signature, got.body, wall_clock(), 1min));
  CHECK_FALSE(verify_signature("another", got.signature, got.body, wall_clock(), 1min));
  const auto s = out.gate->statistics();
  CHECK(s.delivered == 1);
  CHECK(s.failed == 0);
  CHECK(s.retries == 0);
  CHECK(s.waiting == 0);
}

TEST_CASE("without a secret a message is not signed") {
  receiver server{[](std::size_t) { return reply{}; }};
  outbox out;
  auto m = message(server.url());
  m.secret.clear();
  CHECK(out.result(m).delivered);
  CHECK(server.wait(1).at(0).signature.empty());
}

TEST_CASE("what may pass is tried again with the same id until it is delivered") {
  receiver server{[](std::size_t n) {
    switch (n) {
    case 0: return status(503);
    case 1: return kind(reply::kind::closes);
    case 2: return status(429, {{"Retry-After", "0"}});
    case 3: return raw("no HTTP at all\r\n\r\n");
    case 4: return raw("HTTP/1.1 200 OK\r\nContent-Length: 100\r\n\r\n{\"acc"); // breaks off
    default: return status(200);
    }
  }};
  outbox out;
  const auto r = out.result(message(server.url()));
  CHECK(r.delivered);
  CHECK(r.status == 200);
  CHECK(r.tries == 6);
  CHECK(r.error.empty());
  std::set<std::string> ids;
  for (const auto& got : server.wait(6)) {
    ids.insert(got.id);
    CHECK(verify_signature("0123456789abcdef", got.signature, got.body, wall_clock(), 1min));
  }
  CHECK(ids == std::set<std::string>{"m-1"});
  CHECK(out.gate->statistics().retries == 5);
}

TEST_CASE("a receiver that asks for time gets it") {
  receiver server{[](std::size_t n) { return n == 0 ? status(503, {{"Retry-After", "1"}}) : status(200); }};
  outbox out;
  CHECK(out.result(message(server.url())).delivered);
  const auto got = server.wait(2);
  CHECK(got[1].at - got[0].at >= 900ms); // the server's clock starts a little after ours
}

TEST_CASE("when there is no time left for another try the failure is told at once") {
  receiver server{[](std::size_t) { return status(503, {{"Retry-After", "30"}}); }};
  outbox out;
  const auto r = out.result(message(server.url(), 25s));
  CHECK_FALSE(r.delivered);
  CHECK(r.status == 503);
  CHECK(r.tries == 1);
  CHECK(r.error == "the answer is 503");
  CHECK(out.gate->statistics().failed == 1);
}

TEST_CASE("a refusal is final, and redirects are not followed") {
  receiver elsewhere{[](std::size_t) { return reply{}; }};
  const auto code = GENERATE(301, 304, 307, 400, 401, 404, 410, 422);
  receiver server{[&](std::size_t) { return status(code, {{"Location", elsewhere.url()}}); }};
  outbox out;
  const auto r = out.result(message(server.url()));
  CHECK_FALSE(r.delivered);
  CHECK(r.status == code);
  CHECK(r.tries == 1);
  CHECK(r.error == "the answer is " + std::to_string(code) + (code < 400 ? "; redirects are not followed" : ""));
  CHECK(server.count() == 1);
  CHECK(elsewhere.count() == 0);
}

TEST_CASE("a receiver that says nothing is given up after the whole time, not before it was tried again") {
  receiver server{[](std::size_t) { return kind(reply::kind::silent); }};
  auto s = quick();
  s.timeout = 50ms;
  outbox out{s};
  const auto began = std::chrono::steady_clock::now();
  const auto r = out.result(message(server.url(), 1s));
  CHECK(std::chrono::steady_clock::now() - began >= 50ms);
  CHECK_FALSE(r.delivered);
  CHECK(r.status == 0);
  CHECK(r.tries >= 2);
  CHECK(r.error.find("no answer within") != std::string::npos);
}

TEST_CASE("the whole time bounds a single long try too") {
  receiver server{[](std::size_t) { return kind(reply::kind::silent); }};
  outbox out; // ten seconds for one try
  const auto r = out.result(message(server.url(), 100ms));
  CHECK_FALSE(r.delivered);
  CHECK(r.tries == 1);
}

TEST_CASE("a refused connection is tried again and then told") {
  outbox out;
  const auto r = out.result(message("http://127.0.0.1:" + std::to_string(closed_port()) + "/", 200ms));
  CHECK_FALSE(r.delivered);
  CHECK(r.tries >= 2);
  CHECK_THAT(r.error, StartsWith("cannot connect: "));
}

TEST_CASE("a host that does not exist is told as such") {
  outbox out;
  const auto r = out.result(message("http://nobody.invalid/", 200ms));
  CHECK_FALSE(r.delivered);
  CHECK(r.status == 0);
}

TEST_CASE("an answer that is too large is not read, but the message was delivered") {
  const std::string large(64 * 1024 + 1, 'x');
  const auto text = GENERATE_COPY("HTTP/1.1 200 OK\r\nContent-Length: 65537\r\n\r\n" + large,
                                  "HTTP/1.1 200 OK\r\nConnection: close\r\n\r\n" + large,
                                  std::string{"HTTP/1.1 200 OK\r\nContent-Length: 99999999999\r\n\r\n"});
  receiver server{[&](std::size_t) { return raw(text); }};
  outbox out;
  const auto r = out.result(message(server.url()));
  CHECK(r.delivered);
  CHECK(r.tries == 1);
  CHECK(r.body.empty());
  CHECK(r.error == "the answer is larger than 64 kB and was not read");
}

TEST_CASE("an answer of just 64 kB is read, and one that ends with its connection") {
  const std::string body(64 * 1024, 'x');
  const auto text =
      GENERATE_COPY("HTTP/1.1 200 OK\r\nContent-Length: 65536\r\n\r\n" + body, "HTTP/1.0 200 OK\r\n\r\n" + body);
  receiver server{[&](std::size_t) { return raw(text); }};
  outbox out;
  const auto r = out.result(message(server.url()));
  CHECK(r.delivered);
  CHECK(r.error.empty());
  CHECK(r.body == body);
}

TEST_CASE("a large refusal is a refusal, and a large header no answer") {
  receiver server{[](std::size_t n) {
    if (n == 0) return raw("HTTP/1.1 200 OK\r\nX-Long: " + std::string(17 * 1024, 'x') + "\r\n\r\n");
    return raw("HTTP/1.1 403 Forbidden\r\nContent-Length: 99999999999\r\n\r\n");
  }};
  outbox out;
  const auto r = out.result(message(server.url()));
  CHECK_FALSE(r.delivered);
  CHECK(r.status == 403);
  CHECK(r.tries == 2);
}

TEST_CASE("stopping tells whatever is pending, and later messages at once") {
  receiver silent{[](std::size_t) { return kind(reply::kind::silent); }};
  receiver busy{[](std::size_t) { return status(503, {{"Retry-After", "10"}}); }};
  outbox out;
  std::vector<std::future<post_result>> pending;
  for (int i = 0; i < 40; ++i) // more than may be connected at once
    pending.push_back(out.post(message(silent.url())));
  pending.push_back(out.post(message(busy.url())));
  pending.push_back(out.post(message("http://nobody.invalid/")));
  silent.wait(1);
  busy.wait(1);
  CHECK(out.gate->statistics().waiting == 42);
  out.gate->stop();
  for (auto& f : pending) {
    const auto r = outbox::take(std::move(f));
    CHECK_FALSE(r.delivered);
    CHECK(r.error == "interrupted");
  }
  CHECK(out.gate->statistics().waiting == 0);
  CHECK(out.gate->statistics().failed == 42);
  CHECK(out.result(message(busy.url())).error == "interrupted");
  out.gate->stop();
}

TEST_CASE("too many at once fail at once") {
  receiver silent{[](std::size_t) { return kind(reply::kind::silent); }};
  auto s = quick();
  s.max_waiting = 2;
  outbox out{s};
  const auto first = out.post(message(silent.url()));
  const auto second = out.post(message(silent.url()));
  const auto r = out.result(message(silent.url()));
  CHECK_FALSE(r.delivered);
  CHECK(r.tries == 0);
  CHECK(r.error == "too many requests wait already");
  CHECK(out.gate->statistics().waiting == 2);
}

TEST_CASE("a receiver that is silent holds up no other, and takes no more than its places") {
  receiver silent{[](std::size_t) { return kind(reply::kind::silent); }};
  receiver good{[](std::size_t) { return reply{}; }};
  outbox out;
  std::vector<std::future<post_result>> pending;
  for (int i = 0; i < 600; ++i) // more than all places together
    pending.push_back(out.post(message(silent.url())));
  for (int i = 0; i < 50; ++i)
    CHECK(out.result(message(good.url())).delivered);
  silent.wait(16);
  CHECK(silent.count() == 16);
  out.gate->stop();
}

TEST_CASE("many messages are each told once") {
  receiver server{[](std::size_t n) { return status(n % 3 == 0 ? 500 : 200); }};
  outbox out;
  std::vector<std::future<post_result>> all;
  for (int i = 0; i < 100; ++i) {
    auto m = message(server.url());
    m.id = std::to_string(i);
    all.push_back(out.post(std::move(m)));
  }
  for (auto& f : all)
    CHECK(outbox::take(std::move(f)).delivered);
  CHECK(out.gate->statistics().delivered == 100);
  CHECK(out.gate->statistics().retries + 100 == server.count());
}

TEST_CASE("what cannot be sent is told without a try") {
  outbox out;
  auto m = message("ftp://example.com/");
  auto r = out.result(m);
  CHECK(r.tries == 0);
  CHECK(r.error == "the URL begins with neither http:// nor https://");
  m = message("http://127.0.0.1:1/");
  m.id = "a\r\nX-Other: b";
  r = out.result(m);
  CHECK(r.tries == 0);
  CHECK(r.error == "the message's id is no text of 1 to 256 printable characters");
}
