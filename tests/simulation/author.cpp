#include "tests/simulation/author.hpp"

#include <algorithm>

namespace lifeline::simulation {

namespace {

constexpr const char* hotlines[] = {"12315", "12315", "12315", "12345", "96333", "96333"};
constexpr const char* voices[] = {"rescue call", "rescue call", "report call", "lift call", "feature call"};
constexpr const char* lift_codes[] = {"320145", "320146", "320147", "-", "999999"};

struct possible {
  const char* name;
  std::vector<const char*> values;
};

std::vector<const char*> names_of_strategies() {
  std::vector<const char*> names;
  for (const auto& s : domain::strategies)
    names.push_back(s.name.data()); // of a literal
  return names;
}

const std::vector<possible>& queue_values() {
  static const std::vector<possible> all{
      {"strategy", names_of_strategies()},
      {"priority", {"0", "5", "10"}},
      {"weight", {"1", "3", "10"}},
      {"ring-timeout", {"8s", "15s"}},
      {"max-misses", {"0", "2"}},
      {"reject-delay", {"0s", "5s"}},
      {"tier-wait", {"5s"}},
      {"priority-step", {"10s"}},
      {"escalate-after", {"10s"}},
      {"join-empty", {"overflow"}},
      {"leave-empty", {"overflow"}},
      {"sticky", {"60s"}},
      {"resume-place", {"60s"}},
      {"max-expected-wait", {"20s"}},
      {"wrap-up", {"0s", "10s"}},
      {"max-wait", {"10s", "20s"}},
      {"max-length", {"1", "3"}},
      {"hold-mode", {"early-media", "answered"}},
      {"music", {"music.wav"}},
      {"overflow-queue", {"12315", "96333"}},
      {"overflow-numbers", {"0517001", "0517001,0517002"}},
  };
  return all;
}
const std::vector<possible>& hotline_values() {
  static const std::vector<possible> all{
      {"lines", {"2", "4"}},
      {"record", {"off"}},
      {"greeting", {"greeting.wav"}},
      {"backup", {"0517003"}},
  };
  return all;
}

} // namespace

tl::expected<faults, std::string> parse_faults(const std::string& text) {
  faults f;
  if (text == "all") return f;
  f = {false, false, false, false, false};
  if (text == "none") return f;
  std::size_t begin = 0;
  while (begin <= text.size()) {
    const auto end = std::min(text.find(',', begin), text.size());
    const auto name = text.substr(begin, end - begin);
    begin = end + 1;
    if (name == "crashes")
      f.crashes = true;
    else if (name == "kills")
      f.kills = true;
    else if (name == "disk")
      f.disk = true;
    else if (name == "network")
      f.network = true;
    else if (name == "media")
      f.media = true;
    else
      return tl::unexpected("there is no kind of fault \"" + name + "\"");
  }
  return f;
}

input author::change_of_plan() {
  constexpr const char* queues[] = {"12315", "12345", "96333"};
  if (chance(6)) return {verb::set, agent() + ".employed", chance(3) ? "no" : "yes", 0};
  const std::string queue = one_of(queues);
  const auto& values = chance(4) ? hotline_values() : queue_values();
  const auto& what = values[dice(values.size())];
  // A queue that overflows into itself is refused by the configuration's reader.
  const auto value = std::string{what.values[dice(what.values.size())]};
  if (what.name == std::string_view{"overflow-queue"} && value == queue)
    return {verb::set, queue + ".wrap-up", "5s", 0};
  return {verb::set, queue + "." + what.name, value, 0};
}

std::vector<input> author::settings() {
  std::vector<input> all;
  for (auto n = dice(9); n > 0; --n) {
    auto s = change_of_plan();
    if (!s.who.ends_with(".employed")) all.push_back(std::move(s));
  }
  if (chance(8)) { // direct media: neither music nor recording
    all.push_back({verb::set, "12345.media", "direct", 0});
    all.push_back({verb::set, "12345.record", "off", 0});
    all.push_back({verb::set, "12345.hold-mode", "ringing", 0});
    all.push_back({verb::set, "12345.greeting", "-", 0});
  }
  return all;
}

std::vector<input> author::opening() {
  std::vector<input> all;
  for (int n = 1; n <= 6; ++n) {
    const auto account = "800" + std::to_string(n);
    if (!chance(8)) all.push_back({verb::registers, account, {}, chance(5) ? 2 : 1});
    if (!chance(4)) all.push_back({verb::agent, account, "ready", 0});
  }
  return all;
}

std::int64_t author::pause() {
  const auto n = dice(10);
  if (n < 3) return 0;
  if (n < 6) return 1;
  return static_cast<std::int64_t>(n < 9 ? 1 + dice(6) : 1 + dice(40));
}

input author::next(world& w) {
  const auto n = dice(1000);
  if (n < 275) return phone_event(w);
  if (n < 475) return caller_event(w);
  if (n < 515) return voice_event();
  if (n < 630) return time_passes();
  if (n < 720) return agent_event();
  if (n < 790) return faults_.network ? network_fault(w) : phone_event(w);
  if (n < 850) return faults_.crashes ? crash(w) : caller_event(w);
  if (n < 940) return alarm_event(w);
  if (n < 960) return faults_.disk ? disk_fault() : time_passes();
  if (n < 975) return faults_.media ? media_fault(w) : time_passes();
  if (n < 998) return operator_event(w);
  if (!faults_.kills) return time_passes();
  disk_ill_ = false;
  return {verb::kill_engine, {}, {}, static_cast<std::int64_t>(dice(3) * 2000)};
}

input author::caller_event(world& w) {
  std::vector<const network_leg*> there;
  for (const auto& [id, leg] : w.sip().legs())
    if (leg.role == leg_role::caller && leg.phase != leg_phase::over && !leg.vanished) there.push_back(&leg);
  if (there.size() < 2 || (there.size() < 8 && chance(2)))
    return {chance(10) ? verb::call_delayed : verb::call, std::to_string(++callers_), one_of(hotlines), 0};
  const auto& who = there[dice(there.size())]->who;
  const auto n = dice(8);
  if (n < 2) return {verb::hold, who, {}, 0};
  if (n < 4) return {verb::resume, who, {}, 0};
  return {verb::leave, who, {}, 0};
}

input author::phone_event(world& w) {
  std::vector<const network_leg*> ringing;
  std::vector<const network_leg*> talking;
  for (const auto& [id, leg] : w.sip().legs()) {
    if (leg.role == leg_role::caller || leg.vanished) continue;
    if (leg.phase == leg_phase::setup) ringing.push_back(&leg);
    if (leg.phase == leg_phase::answered) talking.push_back(&leg);
  }
  if (!ringing.empty() && (talking.empty() || !chance(3))) {
    const auto& leg = *ringing[dice(ringing.size())];
    const auto n = dice(10);
    if (n < 3 && !leg.rang) return {verb::phone_rings, leg.who, {}, 0};
    if (n < 8) return {verb::phone_answers, leg.who, {}, 0};
    constexpr int statuses[] = {486, 480, 503, 408, 603, 404, 600};
    return {verb::phone_refuses, leg.who, {}, one_of(statuses)};
  }
  if (talking.empty()) return time_passes();
  const auto& who = talking[dice(talking.size())]->who;
  const auto n = dice(6);
  if (n < 2) return {verb::phone_holds, who, {}, 0};
  if (n < 3) return {verb::phone_resumes, who, {}, 0};
  return {verb::phone_leaves, who, {}, 0};
}

input author::agent_event() {
  const auto who = agent();
  switch (dice(10)) {
  case 0: return {verb::agent, who, "not-ready break", 0};
  case 1: return {verb::agent, who, "log-out", 0};
  case 2: return {verb::agent, who, "end-wrap-up", 0};
  case 3: return {verb::agent, who, "more-wrap-up", 0};
  case 4: return {verb::registers, who, {}, static_cast<std::int64_t>(1 + dice(2))};
  case 5: return {verb::moves, who, {}, static_cast<std::int64_t>(1 + dice(3))};
  case 6: return {verb::unregisters, who, {}, 0};
  default: return {verb::agent, who, "ready", 0};
  }
}

input author::network_fault(world& w) {
  if (chance(4)) return {verb::lose, {}, {}, static_cast<std::int64_t>(1 + dice(2))};
  std::vector<const network_leg*> all;
  for (const auto& [id, leg] : w.sip().legs())
    all.push_back(&leg);
  if (all.empty()) return time_passes();
  // Of late ones rather.
  const auto& leg = *all[all.size() - 1 - dice(std::min<std::size_t>(all.size(), 8))];
  if (leg.cancelled) return {verb::phone_late, leg.who, {}, 0};
  if (leg.phase != leg_phase::over && chance(4))
    return {leg.role == leg_role::caller ? verb::vanish : verb::phone_vanishes, leg.who, {}, 0};
  return {verb::again, leg.who, {}, 0};
}

input author::disk_fault() {
  disk_ill_ = !disk_ill_;
  if (!disk_ill_) return {verb::disk_well, {}, {}, 0};
  if (chance(2)) return {verb::disk_stalls, {}, {}, 0};
  return {verb::disk_fails, {}, {}, static_cast<std::int64_t>(1 + dice(20))};
}

input author::media_fault(world&) {
  media_ill_ = !media_ill_;
  if (!media_ill_) return {chance(2) ? verb::media_well : verb::recorder_well, {}, {}, 0};
  constexpr verb kinds[] = {verb::media_slow, verb::media_dead, verb::prompts_stuck, verb::recorder_dead,
                            verb::recorder_full};
  return {one_of(kinds), {}, {}, 0};
}

input author::crash(world& w) {
  const auto how = chance(3) ? verb::crash_now : verb::crash;
  const auto n = dice(20);
  if (n < 8 && callers_ > 0) {
    const auto back = dice(std::min<std::uint64_t>(callers_, 6));
    return {how, "call", std::to_string(callers_ - back), 0};
  }
  if (n < 12) return {how, "agent", agent(), 0};
  if (n < 15) {
    const auto reports = w.reports();
    if (!reports.empty()) return {how, "alarm", reports[dice(reports.size())], 0};
  }
  if (n < 17) return {how, "dispatcher", {}, 0};
  if (n < 18) return {how, chance(3) ? "rescue-lines" : "calls", {}, 0};
  if (n < 19) return {how, "alarms", {}, 0};
  if (chance(2)) return {how, "voice", one_of(voices), 0};
  return {how, chance(8) ? "root" : "agents", {}, 0};
}

input author::alarm_event(world& w) {
  constexpr const char* kinds[] = {"entrapment", "entrapment", "fault",     "test",
                                   "recovered",  "reset",      "complaint", "device_failure"};
  constexpr const char* outcomes[] = {"accepted", "refused", "arrived", "completed", "no_answer",
                                      "busy",     "heard",   "failed",  "no_line"};
  constexpr const char* verbs[] = {"acknowledge", "supervise", "urge",         "confirm", "close",
                                   "dismiss",     "escalate",  "complete-for", "reopen",  "accept-for"};
  constexpr const char* words[] = {"accept", "refuse", "arrived", "completed"};
  constexpr const char* parties[] = {"firm-1", "station-1", "station-2", "fire-119"};
  const auto n = dice(10);
  if (n < 3 || reports_ == 0) {
    auto text = std::string{one_of(kinds)} + " " + one_of(lift_codes);
    if (chance(3)) text += " device";
    return {verb::report, std::to_string(++reports_), std::move(text), 0};
  }
  const auto known = std::to_string(1 + dice(reports_));
  if (n < 4) return {verb::report_again, known, {}, 0};
  if (n < 7) {
    const auto open = w.attempts();
    if (!open.empty()) return {verb::rescuer, open[dice(open.size())]->request.party, one_of(outcomes), 0};
  }
  if (n < 8) return {verb::word, known, std::string{one_of(words)} + " " + one_of(parties), 0};
  return {verb::desk, known, one_of(verbs), 0};
}

/// Rescuers on the report line, lifts' own phones, feature codes; then the keys that they press.
input author::voice_event() {
  constexpr const char* parties[] = {"firm-1", "firm-1", "station-1", "station-2", "fire-119"};
  constexpr const char* codes[] = {"*51", "*52", "*522", "*50", "*53", "*54", "*529"};
  constexpr const char* rescuers_keys[] = {"4", "5", "1", "2", "3", "9", "*", "code", "code", "14", "25", "0101"};
  // Alarm and self-test of lift 00320145, a failure of 00320146; one with a wrong checksum, one that is cut off.
  constexpr const char* packets[] = {"180032014518",    "180032014518", "38003201451A",
                                     "2B003201461001*", "180032014519", "1800320"};
  if (!spoken_.empty() && !chance(3)) {
    const auto& who = spoken_[spoken_.size() - 1 - dice(std::min<std::size_t>(spoken_.size(), 3))];
    return {verb::dials, who.name, who.lift ? one_of(packets) : one_of(rescuers_keys), 0};
  }
  auto name = std::to_string(++callers_);
  const auto n = dice(8);
  if (n < 2) return {verb::code, name, agent() + " " + one_of(codes), 0};
  spoken_.push_back({name, n < 4});
  if (n < 4) return {chance(6) ? verb::call_delayed : verb::call, name, lift_line, 0};
  return {verb::report_line, name, std::string{one_of(parties)} + (chance(3) ? " unproven" : ""), 0};
}

input author::operator_event(world& w) {
  (void)w;
  switch (dice(8)) {
  case 0: return {verb::reroute, one_of(hotlines), chance(3) ? "on" : "off", 0};
  case 1:
    if (callers_ > 0) return {verb::release, std::to_string(1 + dice(callers_)), {}, 0};
    return time_passes();
  case 2:
    if (callers_ > 0) return {verb::silent, std::to_string(1 + dice(callers_)), {}, 0};
    return time_passes();
  case 3: return {verb::reader_leaves, {}, {}, 0};
  case 4: return {verb::reader_returns, {}, {}, 0};
  case 5: return change_of_plan();
  default: return {verb::reload, {}, {}, 0};
  }
}

input author::time_passes() {
  const auto n = dice(20);
  if (n < 8) return {verb::tick, {}, {}, 0};
  if (n < 12) return {verb::pass, {}, {}, static_cast<std::int64_t>(1 + dice(50))};
  if (n < 18) return {verb::pass, {}, {}, static_cast<std::int64_t>(100 + dice(5000))};
  if (n < 19) return {verb::settle, {}, {}, 0};
  return {verb::pass, {}, {}, static_cast<std::int64_t>(5000 + dice(25000))};
}

} // namespace lifeline::simulation
