// The shipped configuration, kept to this machine.

#include "tests/peers/demo_story.hpp"
#include "tests/peers/harness/tone.hpp"
#include "tests/peers/harness/workspace.hpp"

#include <functional>
#include <iostream>
#include <sstream>
#include <stdexcept>

#include <toml++/toml.h>

namespace lifeline::demo {

namespace fs = std::filesystem;

namespace {

toml::table& section(toml::table& all, const char* name) {
  if (!all.contains(name)) all.insert(name, toml::table{});
  auto* found = all[name].as_table();
  if (found == nullptr) throw std::runtime_error(std::string{name} + " is no section of the configuration");
  return *found;
}

std::uint16_t choose_port(const char* what, std::uint16_t wanted, std::int64_t configured, std::int64_t usual) {
  if (wanted != 0) return wanted;
  const auto port = static_cast<std::uint16_t>(configured < 0 ? usual : configured);
  if (port == 0 || (peers::is_free(port) && peers::is_free(port, true))) return port;
  const auto other = peers::take_port();
  std::cout << "  port " << port << " (" << what << ") is in use on this machine; the demonstration takes " << other
            << '\n';
  return other;
}

/// Names of all sound files that the configuration plays.
void each_sound(toml::table& all, const std::function<void(const std::string&)>& seen) {
  const auto visit = [&](const char* list, const char* key) {
    auto* tables = all[list].as_array();
    if (tables == nullptr) return;
    for (auto& node : *tables) {
      if (auto* table = node.as_table()) {
        if (const auto name = (*table)[key].value<std::string>(); name && !name->empty()) seen(*name);
      }
    }
  };
  visit("hotline", "greeting");
  visit("queue", "music");
}

fs::path prompts_for(toml::table& all, const options& o) {
  const auto folder = o.prompts.empty() ? peers::source_file("data/prompts") : fs::absolute(o.prompts);
  bool complete = true;
  each_sound(all, [&](const std::string& name) { complete = complete && fs::exists(folder / name); });
  if (complete) return folder;
  const auto made = o.data / "prompts";
  fs::create_directories(made);
  each_sound(all, [&](const std::string& name) { peers::write_tone(made / name, 700, 2.5); });
  std::cout << "  " << folder.string()
            << " lacks recordings of voices and music (scripts/make-prompts.sh makes them):\n"
            << "  plain tones take their place\n";
  return made;
}

/// The carrier's far end is the town's exchange, which answers INVITEs and no OPTIONS.
void lead_to(toml::table& all, std::uint16_t exchange_port) {
  auto* trunks = all["trunk"].as_array();
  auto* first = trunks == nullptr || trunks->empty() ? nullptr : (*trunks)[0].as_table();
  if (first == nullptr) throw std::runtime_error("the configuration has no trunk to call out through");
  first->insert_or_assign("outbound", "127.0.0.1:" + std::to_string(exchange_port));
  first->insert_or_assign("options_interval", "0s");
}

} // namespace

fs::path write_config(const options& o, std::uint16_t exchange_port) {
  auto all = toml::parse_file(o.config.string());
  auto& sip = section(all, "sip");
  auto& http = section(all, "http");
  auto& media = section(all, "media");
  const auto sip_port = choose_port("SIP", o.sip_port, sip["port"].value_or(std::int64_t{-1}), 5060);
  const auto http_port = choose_port("HTTP", o.http_port, http["port"].value_or(std::int64_t{-1}), 8080);
  sip.insert_or_assign("port", static_cast<std::int64_t>(sip_port));
  http.insert_or_assign("port", static_cast<std::int64_t>(http_port));
  for (auto* s : {&sip, &http, &media})
    s->insert_or_assign("bind", "127.0.0.1");
  if (auto* open = all["public"].as_table(); open != nullptr && open->contains("port")) {
    const auto port = choose_port("public HTTP", 0, (*open)["port"].value_or(std::int64_t{-1}), 8081);
    open->insert_or_assign("port", static_cast<std::int64_t>(port));
    open->insert_or_assign("bind", "127.0.0.1");
  }
  for (auto* s : {&sip, &media})
    s->erase("advertised");
  const auto ports = peers::engine_media_ports();
  media.insert_or_assign("port_min", static_cast<std::int64_t>(ports.first));
  media.insert_or_assign("port_max", static_cast<std::int64_t>(ports.last));
  // As many calls as there are ports for: the demonstration makes four.
  section(all, "limits").insert_or_assign("max_calls", std::int64_t{50});
  media.insert_or_assign("prompts", prompts_for(all, o).string());
  lead_to(all, exchange_port);
  if (auto* open = all["public"].as_table()) {
    open->insert_or_assign("bind", "127.0.0.1");
    open->insert_or_assign("port", std::int64_t{0});
  }
  all.insert_or_assign("data", o.data.string());
  std::ostringstream text;
  text << all << '\n';
  auto file = o.data / "demo.toml";
  peers::write_text(file, text.str());
  return file;
}

} // namespace lifeline::demo
