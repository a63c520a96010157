// The decisions by themselves: URLs, retries, places.

#include "webhook/retry.hpp"
#include "webhook/target.hpp"
#include "webhook/turnstile.hpp"

#include <catch2/catch.hpp>

using namespace lifeline::webhook;
using namespace std::chrono_literals;

TEST_CASE("URLs are taken apart") {
  struct row {
    std::string url;
    bool secure;
    std::string host, port, path, header;
  };
  const std::vector<row> table{
      {"http://example.com", false, "example.com", "80", "/", "example.com"},
      {"HTTPS://Example.COM/", true, "example.com", "443", "/", "example.com"},
      {"https://example.com:8443/a/b?c=d&e#f", true, "example.com", "8443", "/a/b?c=d&e", "example.com:8443"},
      {"https://example.com:443/x", true, "example.com", "443", "/x", "example.com"},
      {"http://example.com:443/x", false, "example.com", "443", "/x", "example.com:443"},
      {"http://192.0.2.7?x=1", false, "192.0.2.7", "80", "/?x=1", "192.0.2.7"},
      {"http://[2001:db8::1]/p", false, "2001:db8::1", "80", "/p", "[2001:db8::1]"},
      {"https://[::1]:99", true, "::1", "99", "/", "[::1]:99"},
      {"http://a_b-c.d/@:", false, "a_b-c.d", "80", "/@:", "a_b-c.d"},
  };
  for (const auto& r : table) {
    INFO(r.url);
    const auto t = parse_url(r.url);
    if (!t) FAIL(t.error());
    CHECK(t->secure == r.secure);
    CHECK(t->host == r.host);
    CHECK(t->port == r.port);
    CHECK(t->path == r.path);
    CHECK(t->host_header() == r.header);
    CHECK(check_url(r.url));
  }
}

TEST_CASE("URLs that lead nowhere are refused with the reason, and without the URL") {
  const std::vector<std::pair<std::string, std::string>> table{
      {"", "the URL begins with neither http:// nor https://"},
      {"example.com/hook", "the URL begins with neither http:// nor https://"},
      {"ftp://example.com/", "the URL begins with neither http:// nor https://"},
      {"http:/example.com/", "the URL begins with neither http:// nor https://"},
      {"http://", "the URL's host is no name or address"},
      {"http:///hook", "the URL's host is no name or address"},
      {"http://:80/", "the URL's host is no name or address"},
      {"http://exa%6dple.com/", "the URL's host is no name or address"},
      {"http://user:word@example.com/", "the URL holds a user name or password, which is not supported"},
      {"http://example.com:/", "the URL's port is no number from 1 to 65535"},
      {"http://example.com:0/", "the URL's port is no number from 1 to 65535"},
      {"http://example.com:65536/", "the URL's port is no number from 1 to 65535"},
      {"http://example.com:80:80/", "the URL's port is no number from 1 to 65535"},
      {"http://example.com:+80/", "the URL's port is no number from 1 to 65535"},
      {"http://[::1/", "the URL's address lacks its ']'"},
      {"http://[example.com]/", "the URL's address in brackets is no IPv6 address"},
      {"http://[::1]80/", "the URL has text behind its address"},
      {"http://::1/", "the URL's port is no number from 1 to 65535"},
      {"http://example.com/a b", "the URL holds blanks, control characters or letters beyond ASCII"},
      {"http://example.com/\r\nX: y", "the URL holds blanks, control characters or letters beyond ASCII"},
      {"http://example.com/电梯", "the URL holds blanks, control characters or letters beyond ASCII"},
      {std::string("http://example.com/\0", 20), "the URL holds blanks, control characters or letters beyond ASCII"},
      {"http://" + std::string(254, 'a'), "the URL's host is no name or address"},
      {"http://example.com/" + std::string(2048, 'a'), "the URL is longer than 2048 characters"},
  };
  for (const auto& [url, why] : table) {
    INFO(url.substr(0, 60));
    const auto checked = check_url(url);
    REQUIRE_FALSE(checked);
    if (url == "http://::1/") continue; // one of two faults is named
    CHECK(checked.error() == why);
  }
}

TEST_CASE("what may pass is tried again, the rest is final") {
  for (const int s : {200, 201, 202, 204, 299})
    CHECK(judge(s) == verdict::delivered);
  for (const int s : {0, 408, 425, 429, 500, 502, 503, 504, 599})
    CHECK(judge(s) == verdict::again);
  for (const int s : {300, 301, 302, 304, 308, 400, 401, 403, 404, 405, 409, 410, 413, 422, 499})
    CHECK(judge(s) == verdict::refused);
}

TEST_CASE("pauses double up to a minute, and a receiver may ask for more, up to a minute") {
  const settings s;
  CHECK(pause_after(s, 1, {}) == 1s);
  CHECK(pause_after(s, 2, {}) == 2s);
  CHECK(pause_after(s, 6, {}) == 32s);
  CHECK(pause_after(s, 7, {}) == 60s);
  CHECK(pause_after(s, 4'000'000'000U, {}) == 60s);
  CHECK(pause_after(s, 1, 10s) == 10s);
  CHECK(pause_after(s, 5, 10s) == 16s);
  CHECK(pause_after(s, 1, 4'000'000'000s) == 60s);
  settings odd;
  odd.first_retry = 0ms;
  CHECK(pause_after(odd, 1, {}) == 1ms);
  odd.first_retry = std::chrono::hours{1};
  CHECK(pause_after(odd, 1, {}) == 60s);
}

TEST_CASE("Retry-After is read as seconds or as a date") {
  const auto now = std::chrono::system_clock::from_time_t(1'796'000'000); // Mon, 30 Nov 2026 00:53:20 GMT
  CHECK(parse_retry_after("120", now) == 120s);
  CHECK(parse_retry_after("0", now) == 0s);
  CHECK(parse_retry_after("Mon, 30 Nov 2026 00:53:50 GMT", now) == 30s);
  CHECK(parse_retry_after("Mon, 30 Nov 2026 00:53:10 GMT", now) == 0s);
  for (const auto* wrong : {"", "soon", "-1", "1.5", "99999999999999", "Mon, 30 Nov 2026", "30 Nov 2026 00:53:50 GMT",
                            "Mon, 30 Nov 2026 00:53:50 GMT+8"})
    CHECK_FALSE(parse_retry_after(wrong, now));
}

namespace {

/// Enters that are let in write down their name.
struct gate_fixture {
  turnstile gate{2, 3};
  std::string inside;
  void enter(const std::string& receiver, char name, bool needed = true) {
    gate.enter(receiver, [this, name, needed] {
      if (needed) inside += name;
      return needed;
    });
  }
};

} // namespace

TEST_CASE("a receiver has its places and no more - who waits comes in order") {
  gate_fixture g;
  for (const char c : {'a', 'b', 'c', 'd'})
    g.enter("one", c);
  CHECK(g.inside == "ab");
  g.enter("two", 'x');
  CHECK(g.inside == "abx");
  CHECK(g.gate.inside() == 3);
  g.gate.leave("one");
  CHECK(g.inside == "abxc");
  g.gate.leave("one");
  g.gate.leave("one");
  CHECK(g.inside == "abxcd");
  CHECK(g.gate.inside() == 2);
}

TEST_CASE("all together have a limit, and receivers take turns") {
  gate_fixture g;
  for (const char c : {'a', 'b', 'c'})
    g.enter("one", c);
  for (const char c : {'x', 'y'})
    g.enter("two", c);
  g.enter("three", 'p');
  CHECK(g.inside == "abx");
  g.gate.leave("one");
  g.gate.leave("one");
  g.gate.leave("two");
  CHECK(g.inside.size() == 6);
  CHECK(g.inside.find_first_of("cyp") == 3);
}

TEST_CASE("who is not needed any more takes no place") {
  gate_fixture g;
  g.enter("one", 'a');
  g.enter("one", 'b');
  g.enter("one", 'c', false);
  g.enter("one", 'd');
  g.gate.leave("one");
  CHECK(g.inside == "abd");
  g.enter("two", 'x', false);
  CHECK(g.gate.inside() == 2);
}
