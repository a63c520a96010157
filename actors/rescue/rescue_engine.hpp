#pragma once
// The rescue side's operations and port, on top of the actors, the live orders and the journal. Thread-safe. Outlives
// the actors; ends before the journal.

#include "actors/rescue/rescue_figures.hpp"
#include "actors/rescue/rescue_operations.hpp"
#include "actors/rescue/rescue_port.hpp"
#include "actors/rescue/rescue_surroundings.hpp"

#include <caf/all.hpp>

#include <condition_variable>
#include <memory>
#include <mutex>
#include <string>
#include <vector>

namespace lifeline::actors {

class rescue_engine final : public rescue_operations, public rescue_port, private storage::commit_observer {
public:
  rescue_engine(caf::actor_system& system, rescue_surroundings_ptr around);
  ~rescue_engine() override;

  // rescue_operations
  domain::result<report_receipt> report(domain::alarm_report r) override;
  domain::result<report_receipt> receipt(const std::string& source, const std::string& message_id) override;
  domain::result<order_view> act(const std::string& key, domain::order_action action) override;
  domain::result<order_view> rescuer_says(const std::string& key, const domain::rescuer_report& r) override;
  domain::result<order_story> order(const std::string& key) override;
  domain::result<std::vector<order_view>> orders(const order_filter& filter) override;
  domain::result<alarm_board> board() override;
  domain::result<std::vector<device_view>> silent_devices() override;
  domain::result<std::vector<rescuer_recording>> recordings(const recording_search& search) override;
  domain::result<void> note_link(const domain::rescuer_link_made& link) override;
  domain::result<domain::elevator> elevator(const std::string& key) override;
  domain::result<std::vector<domain::elevator>> search_elevators(const std::string& text, const std::string& district,
                                                                 std::size_t limit) override;
  domain::result<domain::elevator> put_elevator(const domain::elevator& e, const std::string& by) override;
  domain::result<import_report> import_elevators(const std::string& csv, const import_options& options) override;
  std::uint64_t elevator_count() override;
  domain::result<std::vector<domain::elevator>> list_elevators(const elevator_list_order& o) override;
  domain::result<std::vector<domain::rescue_party>> parties() override;
  domain::result<domain::rescue_party> put_party(const domain::rescue_party& p, const std::string& by) override;
  domain::result<void> remove_party(const std::string& id, const std::string& by) override;
  domain::result<import_report> import_parties(const std::string& csv, const import_options& options) override;
  void wait_for_events(std::uint64_t after, std::chrono::milliseconds longest) override;

  // rescue_port
  void report(domain::alarm_report r, receipt_callback done) override;
  std::vector<order_brief> orders_of_phone(const std::string& number) override;
  void rescuer_says(const domain::order_id& order, const domain::rescuer_report& r, word_callback done) override;
  std::optional<domain::elevator> lift(const std::string& code) override;
  domain::order_id open_order_of(const std::string& rescue_code) override;
  domain::order_id open_order_of_caller(const std::string& number) override;
  void link_call(const domain::order_id& order, const domain::call_id& call) override;
  void call_answered(const domain::order_id& order, const domain::call_id& call, domain::instant at,
                     const domain::agent_id& agent) override;

  [[nodiscard]] rescue_figures figures() const;
  /// Nobody waits for events any more, and nothing more is taken in.
  void stop();

private:
  void on_commit(const std::vector<domain::event>& events, bool stored) override;
  template <class Answer, class Question> domain::result<Answer> ask(Question question) const;
  domain::result<order_view> view_of(order_answer a) const;
  domain::result<domain::order_id> id_of(const std::string& key) const;
  domain::result<domain::order_state> state_of(const domain::order_id& id) const;
  [[nodiscard]] order_view view(domain::order_state s) const;
  domain::result<void> recordings_of(const domain::order_state& order, const recording_search& search,
                                     std::vector<rescuer_recording>& found) const;
  void registry_has_changed() const;

  caf::actor_system& system_;
  rescue_surroundings_ptr around_;
  std::mutex mutex_; ///< of the next two
  std::condition_variable committed_;
  std::uint64_t last_ = 0;
  bool stopped_ = false;
};

/// Refuses what cannot be kept apart from other reports; what is too long is cut, what cannot be is doubted: an alarm
/// is never dropped for its details.
[[nodiscard]] domain::result<void> clean_report(domain::alarm_report& r, domain::instant now);
/// A telephone number as it is kept and compared; what is none stays.
void in_one_form(std::string& phone, const domain::numbering& numbers);

} // namespace lifeline::actors
