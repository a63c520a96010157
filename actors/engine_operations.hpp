#pragma once
// The questions and orders of operators, answered by the actors and the journal. Base of the engine; not for others.

#include "actors/engine.hpp"
#include "actors/surroundings.hpp"

#include <caf/all.hpp>

namespace lifeline::actors {

class engine_operations : public engine {
public:
  operation_result<std::vector<queue_status>> queues() override;
  operation_result<std::vector<agent_status>> agents() override;
  operation_result<agent_status> agent(const domain::agent_id& account) override;
  operation_result<agent_status> agent_ready(const domain::agent_id& account) override;
  operation_result<agent_status> agent_not_ready(const domain::agent_id& account, const std::string& reason) override;
  operation_result<agent_status> agent_logout(const domain::agent_id& account) override;
  operation_result<agent_status> agent_end_wrap_up(const domain::agent_id& account) override;
  operation_result<agent_status> agent_more_wrap_up(const domain::agent_id& account, domain::span extra) override;
  operation_result<std::vector<call_status>> live_calls() override;
  operation_result<call_journey> call(const domain::call_id& id) override;
  operation_result<void> release_call(const domain::call_id& id) override;
  operation_result<std::vector<domain::call_record>> records(const record_filter& filter) override;
  operation_result<std::vector<cut_call_status>> cut_calls() override;
  operation_result<void> rung_back(const domain::call_id& id, const std::string& by, const std::string& note) override;
  operation_result<std::string> recording_file(const domain::call_id& id) override;
  operation_result<std::vector<domain::event>> events(std::uint64_t from_seq, std::size_t limit) override;

protected:
  engine_operations(caf::actor_system& system, surroundings_ptr around, std::string recordings)
      : system_(system), around_(std::move(around)), recordings_(std::move(recordings)) {}

  /// Asks an actor and waits.
  template <class Answer, class Handle, class Question>
  operation_result<Answer> ask(const Handle& whom, Question question, const std::string& name) const {
    if (!whom) return tl::unexpected(operation_failure{operation_errc::unavailable, name + " is not running"});
    operation_result<Answer> result = tl::unexpected(operation_failure{});
    const caf::scoped_actor self{system_};
    self->request(whom, operation_timeout, std::move(question))
        .receive([&](Answer& a) { result = std::move(a); },
                 [&](caf::error& e) {
                   result = tl::unexpected(
                       operation_failure{operation_errc::unavailable, name + " did not answer: " + system_.render(e)});
                 });
    return result;
  }

  caf::actor_system& system_;
  surroundings_ptr around_;
  std::string recordings_;

private:
  operation_result<agent_status> order(const domain::agent_id& account, domain::agent_verb verb,
                                       const std::string& reason, domain::span extra = domain::span{0});
  operation_result<std::optional<domain::call_record>> record_of(const domain::call_id& id) const;
};

} // namespace lifeline::actors
