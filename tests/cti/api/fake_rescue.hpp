#pragma once
// A rescue part without actors or disk: the real rules of orders, lifts and parties, on a clock that the test sets. Two
// lifts, one firm, one station, public rescue.

#include "actors/rescue/rescue_operations.hpp"
#include "domain/lifts/elevator_index.hpp"

#include <atomic>
#include <condition_variable>
#include <map>
#include <mutex>
#include <set>
#include <string>
#include <utility>
#include <vector>

namespace lifeline::testing {

inline const std::string lift_code = "080001";
inline const std::string lift_registration = "31103208032018060001";
inline const std::string other_lift = "080002";

class fake_rescue final : public actors::rescue_operations {
public:
  fake_rescue();

  domain::result<actors::report_receipt> report(domain::alarm_report r) override;
  domain::result<actors::report_receipt> receipt(const std::string& source, const std::string& message_id) override;
  domain::result<actors::order_view> act(const std::string& key, domain::order_action action) override;
  domain::result<actors::order_view> rescuer_says(const std::string& key, const domain::rescuer_report& r) override;
  domain::result<actors::order_story> order(const std::string& key) override;
  domain::result<std::vector<actors::order_view>> orders(const actors::order_filter& filter) override;
  domain::result<actors::alarm_board> board() override;
  domain::result<std::vector<actors::device_view>> silent_devices() override;
  domain::result<std::vector<actors::rescuer_recording>> recordings(const actors::recording_search& search) override;
  domain::result<void> note_link(const domain::rescuer_link_made& link) override;
  domain::result<domain::elevator> elevator(const std::string& key) override;
  domain::result<std::vector<domain::elevator>> search_elevators(const std::string& text, const std::string& district,
                                                                 std::size_t limit) override;
  domain::result<domain::elevator> put_elevator(const domain::elevator& e, const std::string& by) override;
  domain::result<actors::import_report> import_elevators(const std::string& csv,
                                                         const actors::import_options& options) override;
  std::uint64_t elevator_count() override { return index_.size(); }
  domain::result<std::vector<domain::elevator>> list_elevators(const actors::elevator_list_order& o) override;
  domain::result<std::vector<domain::rescue_party>> parties() override;
  domain::result<domain::rescue_party> put_party(const domain::rescue_party& p, const std::string& by) override;
  domain::result<void> remove_party(const std::string& id, const std::string& by) override;
  domain::result<actors::import_report> import_parties(const std::string& csv,
                                                       const actors::import_options& options) override;
  void wait_for_events(std::uint64_t after, std::chrono::milliseconds longest) override;

  /// The number of the last event that wait_for_events knows of.
  void set_last_event(std::uint64_t number);

  domain::instant now;
  domain::rescue_plan plan;
  bool lines_free = false;          ///< the calls of a new order are dialled at once
  std::atomic<bool> is_down{false}; ///< every operation fails with `unavailable`
  std::atomic<int> changes{0};      ///< reports taken in, steps made, records put
  std::vector<domain::alarm_report> reports;
  domain::order_action last_action;
  domain::rescuer_report last_word;
  actors::order_filter last_filter;
  actors::import_options last_import;
  std::string last_csv;
  std::string last_by;
  std::set<std::string> strangers; ///< agents of other hotlines
  actors::recording_search last_search;
  std::vector<actors::rescuer_recording> recorded;
  std::vector<domain::rescuer_link_made> links;

private:
  using key = std::pair<std::string, std::string>;
  domain::order_environment env_of(const domain::rescue_book& book);
  domain::order_state* find(const std::string& key);
  actors::order_view view(const domain::order_state& s) const;
  void log(const domain::order_state& s, const std::vector<domain::order_output>& outputs);
  domain::result<actors::order_view> apply(const std::string& key, const domain::order_event& e);
  actors::report_receipt take(domain::alarm_report& r, const domain::elevator* lift);
  actors::report_receipt open(domain::alarm_report& r, const domain::elevator* lift);

  std::mutex mutex_;
  std::condition_variable grown_;
  std::uint64_t last_event_ = 0;
  domain::elevator_index index_;
  std::vector<domain::rescue_party> parties_;
  domain::id_source ids_{1};
  std::vector<domain::order_state> orders_; ///< oldest first
  std::map<std::string, std::vector<domain::event>> logs_;
  std::map<key, actors::report_receipt> receipts_;
};

} // namespace lifeline::testing
