#pragma once
// An engine of values: two agents, one queue, one hotline, two trunks, one ban, one live and one ended call. Counts
// what it is asked to change.

#include "actors/engine/operations.hpp"

#include <atomic>
#include <functional>
#include <mutex>
#include <string>
#include <vector>

namespace lifeline::testing {

using namespace std::chrono_literals;

inline const domain::call_id live_call{0x0192000000007000, 0x8000000000000001};
inline const domain::call_id ended_call{0x0192000000007000, 0x8000000000000002};
inline const domain::instant noon = domain::from_micros(1'795'435'200'000'000); // 2026-11-23T12:00:00Z

class fake_engine final : public actors::operations {
public:
  fake_engine();

  domain::result<actors::engine_status> status() override;
  domain::result<actors::listing<actors::queue_status>> queues() override;
  domain::result<actors::listing<actors::agent_status>> agents() override;
  domain::result<actors::agent_status> agent(const domain::agent_id& account) override;
  domain::result<actors::agent_status> agent_ready(const domain::agent_id& account) override;
  domain::result<actors::agent_status> agent_not_ready(const domain::agent_id& account,
                                                       const std::string& reason) override;
  domain::result<actors::agent_status> agent_logout(const domain::agent_id& account) override;
  domain::result<actors::agent_status> agent_end_wrap_up(const domain::agent_id& account) override;
  domain::result<actors::listing<actors::call_status>> live_calls() override;
  domain::result<actors::call_journey> call(const domain::call_id& id) override;
  domain::result<void> release_call(const domain::call_id& id) override;
  domain::result<std::vector<domain::call_record>> records(const actors::record_filter& filter) override;
  domain::result<std::vector<actors::cut_call_status>> cut_calls() override;
  domain::result<void> rung_back(const domain::call_id& id, const std::string& by, const std::string& note) override;
  domain::result<actors::stored_recording> fetch_recording(const domain::recording_id& id,
                                                           const actors::recording_reader& reader) override;
  domain::result<std::vector<domain::event>> events(std::uint64_t from_seq, std::size_t limit) override;
  domain::result<actors::agent_status> agent_more_wrap_up(const domain::agent_id& account, domain::span extra) override;
  domain::result<actors::listing<actors::hotline_status>> hotlines() override;
  domain::result<actors::hotline_status> reroute(const std::string& hotline, bool on,
                                                 const std::string& reason) override;
  domain::result<std::vector<sip::trunk_state>> trunks() override;
  domain::result<std::vector<sip::ban>> bans() override;
  domain::result<void> ban_source(const std::string& address, std::chrono::seconds duration) override;
  domain::result<void> unban(const std::string& address) override;
  domain::result<actors::reload_report> reload(bool dry_run) override;
  domain::result<void> drain() override;
  domain::result<void> resume_outbound(const std::string& by) override;
  domain::result<actors::backup_report> backup(const std::string& folder) override;
  domain::result<actors::log_report> verify_log() override;
  domain::result<void> inject(const actors::fault_order& fault) override;
  domain::result<void> stop() override;
  bool alive() override { return is_alive; }
  bool ready() override { return is_ready; }
  std::string not_ready_because() override { return is_ready ? "" : "the journal is opening"; }

  std::atomic<bool> is_alive{true};
  std::atomic<bool> is_ready{true};
  std::vector<std::string> silent;  ///< who of those in a list does not answer
  std::function<void()> hang;       ///< called by agents(): an actor that does not answer in time
  std::atomic<bool> is_down{false}; ///< every operation fails with `unavailable`
  std::atomic<int> changes{0};
  actors::record_filter last_filter;
  domain::span last_extra{0};
  std::chrono::seconds last_ban{0};
  std::string last_folder;
  std::string last_note;
  actors::fault_order last_fault;
  actors::reload_report next_reload; ///< `applied` is set by the engine
  std::string unreadable;            ///< not empty: what is wrong with the file that a reload reads
  actors::log_report log;
  std::string recording_path;
  std::vector<std::pair<domain::recording_id, actors::recording_reader>> fetched;
  std::string held;       ///< why nobody outside is called
  std::string resumed_by; ///< who has ended that

  void append(const domain::event& e); ///< to the log, while others read it

  domain::call_record record;
  std::vector<domain::event> journey;

private:
  domain::result<actors::agent_status> change(const domain::agent_id& account, domain::agent_state to,
                                              const std::string& reason);
  std::mutex mutex_;
  std::vector<actors::agent_status> agents_;
  actors::hotline_status hotline_;
  std::vector<sip::ban> bans_;
};

} // namespace lifeline::testing
