#pragma once
// lifelinectl against a live server with a rescue part: the real rules of orders, without actors or disk.

#include "tests/cti/api/console.hpp"
#include "tests/cti/api/fake_rescue.hpp"

#include <regex>

namespace lifeline::testing {

struct rescue_console : console {
  rescue_console() {
    cti::server_settings s;
    s.port = 0;
    s.token = std::string(64, 'a');
    s.link_key = "key of links";
    s.rescue_plan = [this] { return rescue.plan; };
    server = std::move(*cti::start_server(s, engine, {}, &rescue));
  }
  ~rescue_console() { server.reset(); }
  rescue_console(const rescue_console&) = delete;
  rescue_console& operator=(const rescue_console&) = delete;

  /// The number of a new order.
  std::string make_order(const std::string& arguments = "--lift " + lift_code) const {
    const auto made = (*this)("orders create --caller-phone 13800138000 " + arguments);
    std::smatch found;
    const bool named = std::regex_search(made.out, found, std::regex("Order ([^:]+):"));
    return made.code == 0 && named ? found[1].str() : made.out + made.err;
  }

  fake_rescue rescue;
};

} // namespace lifeline::testing
