#pragma once
// The whole engine in the simulation: the production tree of actors, a network and a media gateway that a script plays,
// and a disk that fails, hangs and loses power. Everything runs on the calling thread, in virtual time.

#include "tests/simulation/log_watch.hpp"
#include "tests/simulation/network.hpp"
#include "tests/simulation/outside.hpp"
#include "tests/simulation/plans.hpp"
#include "tests/simulation/routing_watch.hpp"
#include "tests/simulation/script.hpp"
#include "tests/simulation/sound.hpp"
#include "tests/simulation/state_watch.hpp"

#include "actors/engine/tree.hpp"
#include "actors/rescue/rescue_call.hpp"
#include "actors/rescue/rescue_engine.hpp"
#include "actors/rescue/rescue_surroundings.hpp"
#include "storage/memory_journal.hpp"

#include <memory>
#include <optional>
#include <string>
#include <vector>

namespace lifeline::simulation {

class world {
public:
  /// `settings`: the script's `set` inputs before anything else.
  world(std::uint64_t seed, const std::vector<input>& settings);
  ~world();
  world(const world&) = delete;
  world& operator=(const world&) = delete;

  void play(const input& i);
  /// All faults end, the callers leave, time passes; then nothing may be left over.
  void end_fairly();

  [[nodiscard]] const findings& found() const { return found_; }
  [[nodiscard]] findings& found() { return found_; }
  /// Inputs and handled messages.
  [[nodiscard]] std::uint64_t events() const { return inputs_ + time_.steps(); }
  /// Of everything that has happened, in its order.
  [[nodiscard]] std::uint64_t trace() const { return spread(time_.trace() ^ log_.trace()); }
  [[nodiscard]] const std::map<std::string, std::uint64_t, std::less<>>& situations() const {
    return outside_.situations();
  }
  [[nodiscard]] domain::instant now() const { return around_->clock.at(time_.now()); }
  [[nodiscard]] clockwork& time() { return time_; }
  [[nodiscard]] const actors::rescue_surroundings_ptr& around() const { return around_; }
  [[nodiscard]] network& sip() { return sip_; }
  [[nodiscard]] sound& media() { return media_; }
  [[nodiscard]] log_watch& log() { return log_; }
  [[nodiscard]] storage::memory_journal& disk() { return disk_; }

  /// The engine has answered to a report.
  void answered(const std::string& name, const actors::report_answer& a);

  struct attempt {
    actors::rescue_call_request request;
    bool over = false;
  };
  /// Calls to rescuers that are going on.
  [[nodiscard]] std::vector<const attempt*> attempts() const;
  [[nodiscard]] std::vector<std::string> reports() const;

private:
  struct sent_report {
    domain::alarm_report report;
    bool acknowledged = false;
    domain::order_id order;
  };

  // world.cpp
  void start_engine();
  void equip();
  void kill_engine(domain::span down);
  void after_step(caf::abstract_actor* actor);
  void look_at_rest();
  bool step();
  void settle();
  void advance_to(clockwork::time_point t);
  void pass(std::int64_t ms);
  void tick();

  // world_inputs.cpp
  bool play_network(const input& i);
  bool play_engine(const input& i);
  bool play_faults(const input& i);
  void play_rescue(const input& i);
  void call_in(const std::string& name, const std::string& number, bool delayed_offer);
  void ring_at_engine(const std::string& name, sip::incoming_call in, bool delayed_offer);
  void caller_leaves(network_leg& leg);
  void register_phones(const std::string& account, std::int64_t phones, std::int64_t address);
  void order_agent(const std::string& account, const std::string& words);
  void reload();
  void reroute(const std::string& hotline, bool on);
  void crash(const input& i, bool at_once);
  [[nodiscard]] domain::call_id call_of(const std::string& caller) const;

  // world_voices.cpp
  bool play_voices(const input& i);
  void call_report_line(const std::string& name, const std::string& party);
  void dial_code(const std::string& name, const std::string& words);
  void press_keys(const std::string& caller, std::string keys);
  [[nodiscard]] std::string code_for(const std::string& caller) const;
  void on_tone(const domain::leg_id& leg, char tone);
  void unplug_rescues();

  // world_rescue.cpp
  attempt* begin_attempt(const actors::rescue_call_request& r);
  void rescuer_does(const attempt& a, domain::attempt_outcome outcome);
  void send_report(const std::string& name);
  void new_report(const std::string& name, const std::string& words);
  [[nodiscard]] domain::order_id order_of(const std::string& report) const;
  void desk_orders(const std::string& report, const std::string& verb);
  void party_says(const std::string& report, const std::string& words);
  void check_alarms();

  // world_end.cpp
  void close_orders();
  void check_end();
  void check_tables();
  void reader_returns();

  findings found_;
  clockwork time_;
  outside outside_;
  storage::memory_journal disk_;
  network sip_;
  sound media_;
  log_watch log_;
  routing_watch routing_;
  state_watch states_;
  domain::plan wanted_;
  actors::rescue_surroundings_ptr around_;
  std::unique_ptr<actors::rescue_engine> rescue_; ///< of the running engine: what calls of lifts and rescuers reach
  caf::actor root_;
  std::uint64_t runs_ = 0; ///< of the engine
  std::uint64_t inputs_ = 0;
  bool stalled_ = false;
  bool failing_ = false;
  bool looks_ = true; ///< the watches look at living actors
  std::map<std::string, domain::leg_id> callers_;
  std::map<std::string, std::string> numbers_;  ///< of callers who are parties' phones
  std::map<domain::leg_id, std::string> keyed_; ///< what was pressed on a leg
  std::map<std::string, sent_report> reports_;
  std::vector<std::unique_ptr<attempt>> attempts_;
  std::optional<std::uint64_t> reader_; ///< the last number that the absent client has seen
};

/// "entrapment" etc., as in `report`.
std::optional<domain::attempt_outcome> outcome_named(const std::string& name);

} // namespace lifeline::simulation
