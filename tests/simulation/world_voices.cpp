// Callers with whom the engine speaks itself: rescuers on the report line, lifts' own phones, agents who dial codes.

#include "tests/simulation/world.hpp"

#include "domain/lifts/p100.hpp"
#include "domain/rescue/order_code.hpp"
#include "storage/tables.hpp"

#include <algorithm>

namespace lifeline::simulation {

using namespace std::chrono_literals;

namespace {

/// As devices dial (P100), and slower than one press is heard twice.
constexpr auto between_keys = 450ms;
constexpr std::size_t most_keys = 40;

} // namespace

bool world::play_voices(const input& i) {
  switch (i.what) {
  case verb::report_line: call_report_line(i.who, i.text); return true;
  case verb::code: dial_code(i.who, i.text); return true;
  case verb::dials: press_keys(i.who, i.text); return true;
  default: return false;
  }
}

/// PARTY [unproven]: nobody vouches for the number.
void world::call_report_line(const std::string& name, const std::string& words) {
  const auto blank = std::min(words.find(' '), words.size());
  const auto all = parties();
  const auto party =
      std::find_if(all.begin(), all.end(), [&](const auto& p) { return p.id == words.substr(0, blank); });
  if (party == all.end() || callers_.contains(name)) return;
  sip::incoming_call in;
  in.trunk = "carrier";
  in.caller.number = party->phones.front().number;
  in.caller.verified = blank == words.size();
  in.called = report_line;
  numbers_[name] = in.caller.number;
  outside_.note("rescuer calls the report line");
  ring_at_engine(name, std::move(in), false);
}

/// ACCOUNT CODE
void world::dial_code(const std::string& name, const std::string& words) {
  const auto blank = words.find(' ');
  if (blank == std::string::npos || callers_.contains(name)) return;
  sip::incoming_call in;
  in.agent = in.caller.number = words.substr(0, blank);
  in.called = words.substr(blank + 1);
  states_.ordered(in.agent, now());
  outside_.note("feature code dialled");
  ring_at_engine(name, std::move(in), false);
}

std::string world::code_for(const std::string& caller) const {
  const auto number = numbers_.find(caller);
  if (number == numbers_.end() || !rescue_) return {};
  const auto orders = rescue_->orders_of_phone(number->second);
  return orders.empty() ? std::string{} : domain::short_code(orders.front().order);
}

void world::press_keys(const std::string& caller, std::string keys) {
  const auto leg = callers_.find(caller);
  if (leg == callers_.end()) return;
  if (keys == "code") keys = code_for(caller);
  auto when = 0ms;
  for (const char key : keys.substr(0, most_keys)) {
    outside_.after(when, [this, id = leg->second, key] {
      const auto* there = sip_.leg(id);
      if (there == nullptr || there->phase != leg_phase::answered || there->vanished) return;
      keyed_[id] += key;
      media_.press(id, key);
    });
    when += between_keys;
  }
}

/// A lift's phone believes that it was understood: its report is on the disk.
void world::on_tone(const domain::leg_id& leg, char tone) {
  if (!looks_ || tone != domain::p100_acknowledge) return;
  outside_.note("lift acknowledged");
  const auto* there = sip_.leg(leg);
  const auto& keyed = keyed_[leg];
  bool stored = false;
  for (std::size_t n = 0; n < keyed.size() && there != nullptr; ++n)
    for (std::size_t length = 12; length <= 15 && n + length <= keyed.size(); ++length) {
      const storage::report_key key{"lift-phone", "call-" + there->who + "/" + keyed.substr(n, length)};
      const auto row = disk_.get(storage::table::reports, key.encode());
      stored = stored || (row && *row);
    }
  if (!stored) found_.add("alarm", "a lift's phone was acknowledged and its report is not on the disk");
}

/// The engine ends: nobody reaches its alarms any more.
void world::unplug_rescues() {
  if (around_) around_->set_rescue(nullptr);
  rescue_.reset();
}

} // namespace lifeline::simulation
