#pragma once
// A desk that asks the API with clients of every role.

#include "cti/api/routes.hpp"

#include "tests/cti/api/fake_engine.hpp"
#include "tests/cti/api/fake_rescue.hpp"

#include <catch2/catch.hpp>
#include <nlohmann/json.hpp>

#include <map>
#include <string>

namespace lifeline::testing {

using json = nlohmann::json;
using headers = std::map<std::string, std::string>;

struct rescue_desk {
  fake_engine engine;
  fake_rescue rescue;
  cti::routes_context context{engine, "admin-token", {}};
  std::string token = "agent-token"; ///< whose turn it is

  rescue_desk() {
    using domain::role;
    context.rescue = &rescue;
    context.link_key = "key of links";
    context.rescue_plan = [this] { return rescue.plan; };
    context.now = [this] { return rescue.now; };
    context.clients = {{"desk-1", role::agent, "agent-token", "8001"},
                       {"lead", role::supervisor, "lead-token", "8002"},
                       {"quality", role::quality, "quality-token", ""},
                       {"authority", role::integration, "authority-token", ""}};
  }

  cti::response ask(const std::string& method, const std::string& path, const std::string& body = {},
                    const headers& h = {}) {
    return cti::handle({method, "/api/v1/" + path, "Bearer " + token, body, "127.0.0.1", h}, context);
  }
  json answer(int status, const std::string& method, const std::string& path, const std::string& body = {},
              const headers& h = {}) {
    const auto r = ask(method, path, body, h);
    INFO(method << " " << path << " " << body << "\n" << r.body);
    CHECK(r.status == status);
    return json::parse(r.body);
  }
  json get(const std::string& path) { return answer(200, "GET", path); }
  /// Refused, with this field, and nothing has changed.
  void refuses(int status, const std::string& field, const std::string& method, const std::string& path,
               const std::string& body = {}, const headers& h = {}) {
    const auto before = rescue.changes + engine.changes;
    const auto error = answer(status, method, path, body, h).at("error");
    INFO(method << " " << path << " " << body << " " << error);
    CHECK(error.value("field", "") == field);
    CHECK_FALSE(error.at("message").get<std::string>().empty());
    CHECK(rescue.changes + engine.changes == before);
  }
  /// The number of a new order of the first lift.
  std::string make_order() {
    return answer(201, "POST", "orders", R"({"type":"entrapment","lift":")" + lift_code + R"("})")["order"]["number"];
  }
};

} // namespace lifeline::testing
