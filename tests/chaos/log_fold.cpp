#include "tests/chaos/log_fold.hpp"

namespace lifeline::chaos {

namespace {

std::string text(const json& e, const char* key) {
  const auto value = e.find(key);
  return value == e.end() || !value->is_string() ? std::string{} : value->get<std::string>();
}

} // namespace

void log_fold::violate(const std::string& what) {
  violations_.push_back("entry " + std::to_string(last_) + ": " + what);
}

void log_fold::apply(const json& e) {
  const auto seq = e.at("seq").get<std::uint64_t>();
  if (seq != last_ + 1) violate("the next entry has the number " + std::to_string(seq));
  last_ = seq;
  const auto type = text(e, "type");
  const auto call = text(e, "call");
  if (type == "engine_started") ++starts_;
  if (type == "call_arrived") {
    ++arrived_;
    if (live_.count(call) != 0 || ended_.count(call) != 0) violate("the call " + call + " arrives twice");
    live_[call].start = starts_;
  }
  if (type == "agent_reserved") on_reserved(e);
  if (type == "reservation_ended") on_released(e);
  // A call's record may wait for the seal of its recording; its agent, free by then, does not.
  const auto talks = [&e](const char* when) { return text(e, when) == "talking" || text(e, when) == "hold"; };
  if (type == "agent_changed" && talks("from") && !talks("to")) talking_.erase(text(e, "agent"));
  if (type == "call_ended") on_ended(call, e);
}

void log_fold::on_reserved(const json& e) {
  const auto id = text(e, "reservation");
  const auto agent = text(e, "agent");
  const auto call = text(e, "call");
  if (open_.count(id) != 0 || closed_.count(id) != 0) violate("the reservation " + id + " is made twice");
  if (reserved_.count(agent) != 0) violate("the agent " + agent + " is reserved while reserved");
  if (talking_.count(agent) != 0) violate("the agent " + agent + " is reserved while talking");
  if (live_.count(call) == 0) violate("an agent is reserved for the call " + call + ", which is not there");
  open_[id] = {starts_, agent, call};
  reserved_[agent] = id;
}

void log_fold::on_released(const json& e) {
  const auto id = text(e, "reservation");
  const auto offer = open_.find(id);
  if (offer == open_.end()) return violate("the reservation " + id + " ends without being open");
  reserved_.erase(offer->second.agent);
  if (text(e, "outcome") == "connected") {
    const auto call = live_.find(offer->second.call);
    if (call != live_.end()) {
      if (!call->second.agent.empty()) violate("the call " + call->first + " has two owners");
      call->second.agent = offer->second.agent;
      talking_[offer->second.agent] = call->first;
    }
  }
  open_.erase(offer);
  closed_.insert(id);
}

void log_fold::on_ended(const std::string& call, const json& e) {
  if (!ended_.insert(call).second) violate("the call " + call + " ends twice");
  if (e.dump().find("engine_restart") != std::string::npos) ++cut_;
  const auto live = live_.find(call);
  if (live == live_.end()) return; // refused on arrival
  stop_talking(live->second.agent, call);
  live_.erase(live);
}

/// The agent may have another call by now.
void log_fold::stop_talking(const std::string& agent, const std::string& call) {
  const auto talk = talking_.find(agent);
  if (talk != talking_.end() && talk->second == call) talking_.erase(talk);
}

void log_fold::settle() {
  for (auto it = live_.begin(); it != live_.end();) {
    if (it->second.start == starts_) {
      ++it;
      continue;
    }
    violate("the call " + it->first + " of an engine before has no end");
    stop_talking(it->second.agent, it->first);
    it = live_.erase(it);
  }
  for (auto it = open_.begin(); it != open_.end();) {
    if (it->second.start == starts_) {
      ++it;
      continue;
    }
    violate("the reservation " + it->first + " of an engine before has no end");
    reserved_.erase(it->second.agent);
    it = open_.erase(it);
  }
}

void log_fold::finish() {
  for (const auto& [call, ignored] : live_)
    violate("the call " + call + " has no end");
  for (const auto& [id, ignored] : open_)
    violate("the reservation " + id + " has no end");
}

} // namespace lifeline::chaos
