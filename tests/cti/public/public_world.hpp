#pragma once
// The public server over real sockets, with clocks that the test moves, one lift's QR code and one platform's secret.

#include "cti/api/links.hpp"
#include "cti/public/public_server.hpp"
#include "webhook/gateway.hpp"

#include "tests/cti/api/fake_engine.hpp"
#include "tests/cti/api/fake_rescue.hpp"
#include "tests/cti/http/wire.hpp"

#include <catch2/catch.hpp>
#include <nlohmann/json.hpp>

#include <map>
#include <memory>
#include <mutex>
#include <string>

namespace lifeline::testing {

using json = nlohmann::json;

inline const std::string link_key = "key of links";
inline const std::string vendor_secret = "secret of acme";

struct public_world {
  fake_rescue rescue;
  cti::public_settings settings;
  std::unique_ptr<cti::server> server;
  std::chrono::steady_clock::time_point steady{};

  public_world() {
    domain::vendor_plan acme;
    acme.name = "acme";
    acme.kinds = {{"01", domain::report_kind::entrapment},
                  {"02", domain::report_kind::fault},
                  {"09", domain::report_kind::recovered}};
    acme.key_field = "registration_code";
    auto silent = acme;
    silent.name = "silent"; // has no secret
    rescue.plan.vendors = {acme, silent};
    settings.port = 0;
    settings.link_key = link_key;
    settings.vendor_secrets = {{"acme", vendor_secret}};
    settings.plan = [this] { return rescue.plan; };
    start();
  }
  void start() {
    server.reset();
    cti::public_hooks hooks;
    hooks.now = [this] { return rescue.now; };
    hooks.steady_now = [this] { return steady; };
    hooks.count_refused = [this](std::string_view why) {
      const std::lock_guard lock{mutex};
      ++refused[std::string{why}];
    };
    auto started = cti::start_public_server(settings, rescue, hooks);
    REQUIRE(started);
    server = std::move(*started);
  }

  /// `more`: whole header lines.
  std::string ask(const std::string& method, const std::string& target, const std::string& body = {},
                  const std::string& more = {}) const {
    wire w(server->port());
    w.send(method + " " + target + " HTTP/1.1\r\nHost: x\r\nContent-Length: " + std::to_string(body.size()) + "\r\n" +
           more + "\r\n" + body);
    return w.answer();
  }
  json answer(int status, const std::string& method, const std::string& target, const std::string& body = {},
              const std::string& more = {}) const {
    const auto text = ask(method, target, body, more);
    INFO(method << " " << target << " " << body << "\n" << text);
    CHECK(status_of(text) == status);
    return json::parse(body_of(text));
  }
  static std::string page_of(const std::string& code) {
    return "/a/" + code + "?k=" + cti::qr_signature(link_key, code);
  }
  std::string status_url(const std::string& id) const {
    return "/a/" + lift_code + "/status?k=" + cti::qr_signature(link_key, lift_code) + "&m=" + id;
  }
  json press(int status, const std::string& id, const std::string& more = {}) const {
    return answer(status, "POST", page_of(lift_code), R"({"message_id":")" + id + "\"}", more);
  }
  std::string signed_by(const std::string& secret, const std::string& body, std::chrono::seconds late = 0s) const {
    const auto at = std::chrono::duration_cast<std::chrono::seconds>(rescue.now.time_since_epoch()) - late;
    return "X-Lifeline-Signature: " + webhook::signature(secret, at.count(), body) + "\r\n";
  }
  json push(int status, const std::string& body) const {
    return answer(status, "POST", "/iot/acme", body, signed_by(vendor_secret, body));
  }

  std::mutex mutex;
  std::map<std::string, int> refused;
};

inline bool contains(const std::string& text, const std::string& part) { return text.find(part) != std::string::npos; }

} // namespace lifeline::testing
