#include "tests/peers/harness/rescue_town.hpp"

#include "tests/peers/harness/wait.hpp"

#include <stdexcept>

namespace lifeline::peers {

namespace {

json party(const char* name, const char* kind, const std::string& phone) {
  return {{"name", name},
          {"kind", kind},
          {"districts", json::array()},
          {"where", {{"latitude", 33.6}, {"longitude", 119.02}}},
          {"phones", json::array({{{"number", phone}, {"label", "值班"}, {"shifts", json::array()}}})}};
}

} // namespace

void add_rescue(engine_config& config, std::uint16_t exchange_port, const toml_section& limits) {
  config.trunk["outbound"] = "\"127.0.0.1:" + std::to_string(exchange_port) + '"';
  config.extra += "[rescue]\nhotline = \"12315\"\nreport_numbers = [\"" + report_number + "\"]\n";
  for (const auto& [key, value] : limits)
    config.extra += key + " = " + value + '\n';
}

void settle_town(const engine& e) {
  e.api("PUT", "elevators/" + town_lift,
        {{"registration_code", "31103208122019030001"},
         {"name", "乘客电梯"},
         {"kind", "3110"},
         {"district", "320812"},
         {"address", "淮海东路 8 号 3 幢 1 单元"},
         {"project_name", "翔宇花园"},
         {"using_unit", "翔宇物业"},
         {"maintenance_firm", "安顺电梯"},
         {"where", {{"latitude", 33.601}, {"longitude", 119.021}}}});
  e.api("PUT", "parties/firm-anshun", party("安顺电梯", "firm", firm_phone));
  e.api("PUT", "parties/station-east", party("城东救援站", "station", station_phone));
  e.api("PUT", "parties/119", party("公共救援", "public_rescue", public_phone));
}

json order_of(const engine& e, const std::string& key) {
  const auto story = e.api("GET", "orders/" + key);
  return story.contains("order") ? story.at("order") : story;
}

json wait_order(const engine& e, const std::string& key, const std::string& status, std::chrono::milliseconds timeout) {
  json order;
  wait_until("order " + key + " is " + status, timeout, [&] {
    order = order_of(e, key);
    return order.at("status") == status;
  });
  return order;
}

json wait_deployment(const engine& e, const std::string& key, int level, const std::string& phase,
                     std::chrono::milliseconds timeout) {
  json found;
  wait_until("order " + key + " has level " + std::to_string(level) + " " + phase, timeout, [&] {
    const auto order = order_of(e, key);
    for (const auto& d : order.at("deployments"))
      if (d.at("level") == level && d.at("phase") == phase) found = d;
    return !found.is_null();
  });
  return found;
}

} // namespace lifeline::peers
