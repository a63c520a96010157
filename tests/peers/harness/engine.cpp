#include "tests/peers/harness/engine.hpp"

#include "tests/peers/harness/http.hpp"
#include "tests/peers/harness/wait.hpp"

#include <algorithm>
#include <csignal>
#include <exception>
#include <iostream>
#include <stdexcept>

#include <toml++/toml.h>

namespace lifeline::peers {

namespace {

void write_section(std::string& out, const std::string& title, const toml_section& keys) {
  out += title + '\n';
  for (const auto& [key, value] : keys)
    out += key + " = " + value + '\n';
  out += '\n';
}

std::filesystem::path written(const workspace& place, const engine_config& config) {
  auto file = place.file("lifeline.toml");
  write_text(file, config.text());
  return file;
}

} // namespace

std::string engine_config::text() const {
  const auto ports = engine_media_ports();
  std::string out = "data = \"data\"\n\n";
  toml_section all_sip{{"bind", "\"127.0.0.1\""}, {"port", "0"}};
  for (const auto& [key, value] : sip)
    all_sip[key] = value;
  write_section(out, "[sip]", all_sip);
  toml_section all_media{
      {"bind", "\"127.0.0.1\""}, {"port_min", std::to_string(ports.first)}, {"port_max", std::to_string(ports.last)}};
  for (const auto& [key, value] : media)
    all_media[key] = value;
  write_section(out, "[media]", all_media);
  write_section(out, "[http]", {{"bind", "\"127.0.0.1\""}, {"port", "0"}});
  write_section(out, "[log]", log);
  toml_section all_limits{{"max_calls", "70"}};
  for (const auto& [key, value] : limits)
    all_limits[key] = value;
  write_section(out, "[limits]", all_limits);
  write_section(out, "[[hotline]]", hotline);
  for (const auto& h : more_hotlines)
    write_section(out, "[[hotline]]", h);
  write_section(out, "[[queue]]", queue);
  for (const auto& q : more_queues)
    write_section(out, "[[queue]]", q);
  for (const auto& a : agents) {
    auto keys = a.keys;
    keys["account"] = '"' + a.account + '"';
    write_section(out, "[[agent]]", keys);
  }
  write_section(out, "[[trunk]]", trunk);
  for (const auto& t : more_trunks)
    write_section(out, "[[trunk]]", t);
  return out + extra;
}

engine::engine(const workspace& place, const engine_config& config)
    : engine(written(place, config), place.file("data"), place.file("engine"), config.environment) {}

engine::engine(std::filesystem::path config, std::filesystem::path data, std::filesystem::path log,
               std::map<std::string, std::string> environment)
    : config_(std::move(config)), data_(std::move(data)), log_(std::move(log)), environment_(std::move(environment)),
      exceptions_(std::uncaught_exceptions()) {
  std::filesystem::create_directories(data_);
  start();
}

engine::~engine() {
  if (std::uncaught_exceptions() > exceptions_) {
    std::cerr << "---- the engine's log (end) ----\n" << log_tail() << "--------------------------------\n";
  }
  if (running()) process_->stop(5s);
}

int engine::wait_end(std::chrono::milliseconds timeout) {
  const auto code = process_->wait(timeout);
  if (!code) throw std::runtime_error("the engine has not ended by itself");
  return *code;
}

void engine::rewrite(const engine_config& config) const { write_text(config_, config.text()); }

void engine::start() {
  if (running()) throw std::logic_error("the engine runs already");
  process_ = std::make_unique<child>(
      launch{{program("lifelined").string(), "--config", config_.string(), "--data", data_.string()},
             data_.parent_path(),
             log_,
             environment_});
  const auto file = data_ / "endpoints.json";
  try {
    wait_until("the engine takes calls", 20s, [&] {
      if (const auto code = process_->exit_code()) {
        throw std::runtime_error("lifelined ended with " + std::to_string(*code));
      }
      if (!std::filesystem::exists(file)) return false;
      const auto endpoints = json::parse(read_text(file), nullptr, false);
      // After a kill -9 the file of the engine before still lies there.
      if (endpoints.is_discarded() || endpoints.value("pid", 0) != process_->pid()) return false;
      sip_port_ = endpoints.at("sip").at("port").get<std::uint16_t>();
      http_port_ = endpoints.at("http").at("port").get<std::uint16_t>();
      if (endpoints.contains("public")) public_port_ = endpoints.at("public").at("port").get<std::uint16_t>();
      return true;
    });
  } catch (const std::runtime_error& e) {
    throw std::runtime_error(e.what() + std::string{"; its log:\n"} + log_tail());
  }
}

int engine::stop() { return process_->stop(20s); }

void engine::kill9() {
  process_->send(SIGKILL);
  process_->kill();
}

std::string engine::password(const std::string& account) const { return secret("sip_passwords", account); }

std::map<std::string, std::string> engine::sip_passwords() const {
  const auto secrets = toml::parse_file((data_ / "secrets.toml").string());
  std::map<std::string, std::string> all;
  if (const auto* section = secrets["sip_passwords"].as_table())
    for (const auto& [account, password] : *section)
      all[std::string{account.str()}] = password.value_or(std::string{});
  return all;
}

std::string engine::secret(const std::string& section, const std::string& key) const {
  const auto secrets = toml::parse_file((data_ / "secrets.toml").string());
  const auto value = secrets[section][key].value<std::string>();
  if (!value) throw std::runtime_error("the engine has made no secret in [" + section + "] for " + key);
  return *value;
}

std::string engine::api_token() const {
  const auto secrets = toml::parse_file((data_ / "secrets.toml").string());
  return secrets["api_token"].value_or(std::string{});
}

http_reply engine::try_api(http_ask ask) const {
  ask.target = "/api/v1/" + ask.target;
  if (ask.token.empty()) ask.token = api_token();
  return http_send("127.0.0.1", http_port_, ask);
}

json engine::api(const std::string& method, const std::string& target, const json& body) const {
  const auto reply =
      try_api({.method = method, .target = target, .body = body.is_null() ? std::string{} : body.dump()});
  if (reply.status / 100 != 2)
    throw std::runtime_error(method + ' ' + target + " answered " + std::to_string(reply.status) + ": " + reply.body);
  return reply.body.empty() ? json(nullptr) : json::parse(reply.body);
}

std::string engine::metrics() const {
  const auto reply = http_get("127.0.0.1", http_port_, "/metrics");
  if (reply.status != 200) throw std::runtime_error("/metrics answered " + std::to_string(reply.status));
  return reply.body;
}

double engine::metric(const std::string& name) const { return sample_of(metrics(), name); }

std::string engine::log_tail(std::size_t lines) const {
  return tail(log_.string() + ".err", lines) + tail(log_.string() + ".out", 10);
}

finished engine::try_control(const std::vector<std::string>& arguments, bool as_json) const {
  std::vector<std::string> command{program("lifelinectl").string(), "--url",
                                   "http://127.0.0.1:" + std::to_string(http_port_), "--token-file",
                                   (data_ / "secrets.toml").string()};
  if (as_json) command.emplace_back("--json");
  command.insert(command.end(), arguments.begin(), arguments.end());
  return run({command, data_.parent_path(), log_.string() + "-ctl-" + std::to_string(++commands_ % 20), {}}, 15s);
}

json engine::control(const std::vector<std::string>& arguments) const {
  const auto result = try_control(arguments);
  std::string words = "lifelinectl";
  for (const auto& a : arguments)
    words += ' ' + a;
  if (result.code != 0) {
    throw std::runtime_error(words + " ended with " + std::to_string(result.code) + ": " + result.err + result.out);
  }
  if (result.out.empty()) return nullptr;
  auto answer = json::parse(result.out, nullptr, false);
  if (answer.is_discarded()) throw std::runtime_error(words + " answered no JSON: " + result.out);
  return answer;
}

json engine::agent(const std::string& account) const {
  const auto answer = control({"agents", "list"});
  for (const auto& a : list_in(answer, "agents")) {
    if (a.at("account") == account) return a;
  }
  throw std::runtime_error("the engine knows no agent " + account);
}

std::string engine::agent_state(const std::string& account) const { return agent(account).at("state"); }

std::vector<json> engine::records() const {
  const auto answer = control({"records", "--limit", "1000"});
  auto all = list_in(answer, "records").get<std::vector<json>>();
  std::reverse(all.begin(), all.end());
  return all;
}

std::vector<json> engine::live_calls() const {
  const auto answer = control({"calls", "list"});
  return list_in(answer, "calls").get<std::vector<json>>();
}

std::vector<json> engine::events() const {
  std::vector<json> all;
  for (std::uint64_t next = 1;;) {
    const auto answer = control({"events", "--from", std::to_string(next), "--limit", "1000"});
    const auto& some = list_in(answer, "events");
    if (some.empty()) return all;
    all.insert(all.end(), some.begin(), some.end());
    next = all.back().at("seq").get<std::uint64_t>() + 1;
  }
}

const json& list_in(const json& answer, const std::string& key) {
  const auto& list = answer.is_object() ? answer.at(key) : answer;
  if (!list.is_array()) throw std::runtime_error("no list of " + key + " in: " + answer.dump());
  return list;
}

} // namespace lifeline::peers
