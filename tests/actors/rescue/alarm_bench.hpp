#pragma once
// The engine's actors with lifts, a firm, two stations and public rescue; calls to rescuers are not made but
// remembered, and the test plays how they go.

// Before CAF's macros, one of which is called `inject`.
#include "actors/rescue/rescue_call.hpp"
#include "actors/rescue/rescue_codec.hpp"
#include "domain/rescue/rescue_party.hpp"

#include "tests/actors/hotline_bench.hpp"

#include <memory>
#include <set>
#include <string>
#include <vector>

namespace lifeline::testing {

inline domain::elevator bench_lift(const std::string& code = "320145") {
  domain::elevator e;
  e.rescue_code = code;
  e.registration_code = "3110320804202006" + code.substr(2);
  e.device_id = "00" + code;
  e.name = "1号梯";
  e.kind = "3110";
  e.district = "320804";
  e.address = "淮海路12号";
  e.project_name = "淮安广场";
  e.using_unit = "淮安广场物业";
  e.maintenance_firm = "平安电梯";
  return e;
}

inline domain::rescue_party bench_party(const std::string& id, domain::party_kind kind, const std::string& phone) {
  domain::rescue_party p;
  p.id = id;
  p.name = kind == domain::party_kind::firm ? "平安电梯" : id;
  p.kind = kind;
  domain::duty_phone d;
  d.number = phone;
  p.phones = {d};
  return p;
}

class alarm_bench : public hotline_bench {
public:
  struct dialled_call {
    actors::rescue_call_request request;
    actors::attempt_done done;
    std::shared_ptr<bool> given_up;
    bool over = false;
  };

  explicit alarm_bench(domain::plan plan = small_plan());
  ~alarm_bench() override;

  /// The process ends without a word and starts anew on the same journal; everything in memory is gone.
  void restart_engine();
  /// As above, and it is down for some time.
  void restart_engine(domain::span down);

  domain::alarm_report report(domain::report_kind kind = domain::report_kind::entrapment,
                              const std::string& lift = "320145");
  /// From a device: not confirmed by a person.
  domain::alarm_report device_report(domain::report_kind kind, const std::string& lift = "320145");
  /// Nobody has handled it yet; `answers` gets what comes.
  void send(const domain::alarm_report& r);
  actors::report_answer take(const domain::alarm_report& r);
  /// An order that was opened by a report.
  domain::order_id open(const std::string& lift = "320145");

  actors::order_answer act(const domain::order_id& id, domain::order_verb verb,
                           std::map<std::string, std::string> fields = {}, std::uint64_t version = 0);
  /// As above, but nobody waits for the answer.
  void order_only(const domain::order_id& id, domain::order_verb verb);
  actors::order_answer says(const domain::order_id& id, domain::rescuer_word word, const std::string& party);
  /// The rescuer's key, or what else becomes of the last call that is still open.
  void call_ends(domain::attempt_outcome outcome);
  void call_ends(dialled_call& c, domain::attempt_outcome outcome);
  /// Calls that were neither ended by the test nor given up.
  [[nodiscard]] std::vector<dialled_call*> ringing();

  [[nodiscard]] domain::order_state state(const domain::order_id& id) const;        ///< in memory
  [[nodiscard]] domain::order_state stored_state(const domain::order_id& id) const; ///< in the journal
  [[nodiscard]] std::vector<domain::order_step> steps(const domain::order_id& id) const;
  [[nodiscard]] std::size_t count(const domain::order_id& id, domain::order_step step) const;
  [[nodiscard]] std::size_t rows(storage::table t) const;
  [[nodiscard]] storage::memory_journal& disk() { return dynamic_cast<storage::memory_journal&>(*journal); }
  /// Nothing that is active waits for nothing.
  void check_deadlines() const;
  void crash_alarm(const domain::order_id& id);
  void crash_supervisor();

  std::vector<std::unique_ptr<dialled_call>> dialled;
  bool lines_free = true; ///< a call is dialled as soon as it is begun
  std::vector<actors::report_answer> answers;
  std::uint64_t messages = 0;
  bool copy_at_restart = false;         ///< what starts anew is a restored copy that nobody has confirmed
  domain::span clock_set_at_restart{0}; ///< the wall clock was set while no engine ran

private:
  void equip();
};

} // namespace lifeline::testing
