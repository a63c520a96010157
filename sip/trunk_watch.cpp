#include "sip/trunk_watch.hpp"

#include "sip/cidr.hpp"
#include "sip/identity.hpp"

#include <algorithm>
#include <charconv>

namespace lifeline::sip {

using namespace std::chrono_literals;

namespace {

// How long after a REGISTER that failed the next one is sent, doubled each time. A refusal (wrong password, unknown
// user) will not mend itself soon, and registrars ban those who insist.
constexpr domain::span first_retry = 2s;
constexpr domain::span longest_retry = 60s;
constexpr domain::span first_retry_when_refused = 30s;
constexpr domain::span longest_retry_when_refused = 600s;
constexpr domain::span least_refresh = 500ms;

domain::span back_off(int attempts, bool refused) {
  auto wait = refused ? first_retry_when_refused : first_retry;
  const auto longest = refused ? longest_retry_when_refused : longest_retry;
  for (int i = 1; i < attempts && wait < longest; ++i)
    wait *= 2;
  return std::min(wait, longest);
}

} // namespace

trunk_watch::trunk_watch(const domain::trunk_plan& plan, domain::instant now)
    : plan_{plan}, options_due_{now}, register_due_{now} {
  state_.name = plan.name;
  state_.registers = plan.registers;
  state_.since = now;
  register_reason_ = "not registered yet";
  state_.up = !plan.registers;
  if (plan.registers) state_.reason = register_reason_;
}

void trunk_watch::configure(const domain::trunk_plan& plan, domain::instant now) {
  const bool elsewhere = plan.outbound != plan_.outbound;
  const bool other_user = plan.username != plan_.username || plan.registers != plan_.registers;
  plan_ = plan;
  state_.registers = plan.registers;
  if (elsewhere) { // nothing is known of the new place
    healthy_ = true;
    failures_ = 0;
    options_out_ = false;
  }
  if (plan.options_interval <= 0s) {
    healthy_ = true;
    failures_ = 0;
    options_out_ = false;
  }
  options_due_ = std::min(options_due_, now);
  if (elsewhere || other_user) {
    register_out_ = false;
    refusals_ = 0;
    register_due_ = now;
    if (state_.registered || plan.registers) unregistered("not registered yet", now);
  }
  judge(now);
}

std::vector<trunk_task> trunk_watch::due(domain::instant now) {
  std::vector<trunk_task> tasks;
  if (options_out_ && now >= options_sent_ + plan_.options_timeout) {
    options_out_ = false;
    failed("OPTIONS: no answer", now);
    tasks.push_back(trunk_task::give_up_options);
  }
  if (plan_.options_interval > 0s && !options_out_ && now >= options_due_) {
    options_out_ = true;
    options_sent_ = now;
    options_due_ = now + std::max(plan_.options_interval, plan_.options_timeout);
    tasks.push_back(trunk_task::send_options);
  }
  if (state_.registered && now >= register_expires_) unregistered("REGISTER: expired", now);
  if (plan_.registers && !register_out_ && now >= register_due_) {
    register_out_ = true;
    tasks.push_back(trunk_task::send_register);
  }
  return tasks;
}

void trunk_watch::options_answered(int status, domain::instant now) {
  if (!options_out_) return;
  options_out_ = false;
  if (is_trunk_failure(status))
    return failed(status >= 700 ? "OPTIONS: not sent" : "OPTIONS: " + std::to_string(status), now);
  state_.round_trip = now - options_sent_;
  alive(now);
}

void trunk_watch::register_answered(int status, std::chrono::seconds granted, domain::instant now) {
  if (!plan_.registers) return;
  register_out_ = false;
  if (status >= 200 && status < 300 && granted > 0s) {
    refusals_ = 0;
    register_expires_ = now + granted;
    // Early enough for one lost refresh and its repetition.
    register_due_ = now + std::max<domain::span>(domain::span{granted} / 2, least_refresh);
    if (!std::exchange(state_.registered, true)) changed_ = true;
    return judge(now);
  }
  ++refusals_;
  const bool refused = status >= 400 && status < 500 && status != 408 && status != 423;
  register_due_ = now + back_off(refusals_, refused);
  const auto why = status == 408 ? "REGISTER: no answer" : "REGISTER: " + std::to_string(status);
  // A registration that still holds stays good for calls when a refresh was only lost.
  if (state_.registered && !refused && now < register_expires_)
    register_reason_ = why;
  else
    unregistered(why, now);
}

void trunk_watch::unregistered(const std::string& why, domain::instant now) {
  register_reason_ = why;
  if (std::exchange(state_.registered, false)) changed_ = true;
  judge(now);
}

void trunk_watch::call_answered(domain::instant now) { alive(now); }
void trunk_watch::call_failed(domain::instant now) {
  if (plan_.options_interval > 0s) failed("calls fail", now); // without checks nothing would bring it back
}

void trunk_watch::alive(domain::instant now) {
  failures_ = 0;
  healthy_ = true;
  judge(now);
}

void trunk_watch::failed(const std::string& why, domain::instant now) {
  if (++failures_ < std::max(1, plan_.options_failures)) return;
  healthy_ = false;
  health_reason_ = why;
  judge(now);
}

void trunk_watch::judge(domain::instant now) {
  const bool up = healthy_ && (!plan_.registers || state_.registered);
  state_.reason = !healthy_ ? health_reason_ : plan_.registers && !state_.registered ? register_reason_ : std::string{};
  if (std::exchange(state_.up, up) == up) return;
  state_.since = now;
  changed_ = true;
}

std::vector<std::string> order_of_trunks(const std::vector<std::string>& wanted,
                                         const std::vector<trunk_state>& states) {
  std::vector<std::string> up;
  std::vector<std::string> down;
  for (const auto& name : wanted) {
    const auto found = std::find_if(states.begin(), states.end(), [&](const auto& s) { return s.name == name; });
    if (found != states.end()) (found->up ? up : down).push_back(name);
  }
  up.insert(up.end(), down.begin(), down.end());
  return up;
}

bool is_trunk_failure(int status) { return status == 408 || status == 503 || status >= 700; }

bool worth_another_trunk(int status) {
  return status == 408 || status == 401 || status == 407 || (status >= 500 && status < 600) || status >= 700;
}

std::string trunk_uri(const std::string& outbound, const std::string& number) {
  return "sip:" + (number.empty() ? "" : escape_user(number) + "@") + outbound;
}

std::string check_outbound(const domain::trunk_plan& trunk) {
  const auto complain = [&](const std::string& what) { return "sip: trunk \"" + trunk.name + "\": " + what; };
  if (trunk.outbound.empty()) return trunk.registers ? complain("it registers, but has no outbound address") : "";
  const auto semicolon = trunk.outbound.find(';');
  const auto place = trunk.outbound.substr(0, semicolon);
  const auto rest = semicolon == std::string::npos ? std::string{} : trunk.outbound.substr(semicolon);
  if (place.empty() || place.front() == ':' || place.find_first_of(" \t\r\n@<>\"?") != std::string::npos)
    return complain("outbound \"" + trunk.outbound + "\" is not host:port");
  if (rest.find_first_of(" \t\r\n<>\"?") != std::string::npos)
    return complain("outbound \"" + trunk.outbound + "\" has a parameter that is no URI parameter");
  const auto bracket = place.rfind(']');
  const auto colon = place.rfind(':');
  if (place.front() == '[' ? bracket == std::string::npos || !parse_address(place.substr(1, bracket - 1))
                           : std::count(place.begin(), place.end(), ':') > 1)
    return complain("outbound \"" + trunk.outbound + "\": an IPv6 address is written in brackets");
  if (colon != std::string::npos && (bracket == std::string::npos || colon > bracket)) {
    unsigned port = 0;
    const auto* end = place.data() + place.size();
    const auto parsed = std::from_chars(place.data() + colon + 1, end, port);
    if (parsed.ec != std::errc{} || parsed.ptr != end || port == 0 || port > 65535)
      return complain("outbound \"" + trunk.outbound + "\": the port is not a number from 1 to 65535");
  }
  if (trunk.registers && trunk.username.empty()) return complain("it registers, but has no username");
  if (trunk.options_interval < 0s || trunk.options_timeout <= 0s || trunk.options_failures < 1)
    return complain("options_interval, options_timeout and options_failures must be positive");
  return {};
}

} // namespace lifeline::sip
