#pragma once
// The questions and orders of operators, answered by the actors and the journal. Base of the engine; not for others.

#include "actors/core/cut_calls.hpp"
#include "actors/engine/engine.hpp"
#include "actors/engine/silence_board.hpp"
#include "actors/rescue/rescue_surroundings.hpp"

#include <caf/all.hpp>

namespace lifeline::actors {

class engine_operations : public engine {
public:
  domain::result<listing<queue_status>> queues() override;
  domain::result<listing<agent_status>> agents() override;
  domain::result<agent_status> agent(const domain::agent_id& account) override;
  domain::result<agent_status> agent_ready(const domain::agent_id& account) override;
  domain::result<agent_status> agent_not_ready(const domain::agent_id& account, const std::string& reason) override;
  domain::result<agent_status> agent_logout(const domain::agent_id& account) override;
  domain::result<agent_status> agent_end_wrap_up(const domain::agent_id& account) override;
  domain::result<agent_status> agent_more_wrap_up(const domain::agent_id& account, domain::span extra) override;
  domain::result<listing<call_status>> live_calls() override;
  domain::result<call_journey> call(const domain::call_id& id) override;
  domain::result<void> release_call(const domain::call_id& id) override;
  domain::result<std::vector<domain::call_record>> records(const record_filter& filter) override;
  domain::result<std::vector<cut_call_status>> cut_calls() override;
  domain::result<void> rung_back(const domain::call_id& id, const std::string& by, const std::string& note) override;
  domain::result<stored_recording> fetch_recording(const domain::recording_id& id,
                                                   const recording_reader& reader) override;
  domain::result<std::vector<domain::event>> events(std::uint64_t from_seq, std::size_t limit) override;

protected:
  engine_operations(caf::actor_system& system, rescue_surroundings_ptr around, std::string recordings)
      : system_(system), around_(std::move(around)), recordings_(std::move(recordings)) {}

  /// Asks an actor and waits.
  template <class Answer, class Handle, class Question>
  domain::result<Answer> ask(const Handle& whom, Question question, const std::string& name) const {
    if (!whom) return tl::unexpected(domain::failure{domain::errc::unavailable, name + " is not running"});
    domain::result<Answer> result = tl::unexpected(domain::failure{});
    const caf::scoped_actor self{system_};
    self->request(whom, operation_timeout, std::move(question))
        .receive([&](Answer& a) { result = std::move(a); },
                 [&](caf::error& e) {
                   result = tl::unexpected(
                       domain::failure{domain::errc::unavailable, name + " did not answer: " + system_.render(e)});
                 });
    return result;
  }

  /// Asks all at once, so that it takes no longer than one of them may. `names` are theirs, for `silence_`.
  template <class Answer, class Handle, class Question>
  std::vector<std::optional<Answer>> ask_all(const std::vector<Handle>& whom, const std::vector<std::string>& names,
                                             const Question& question) {
    std::vector<std::optional<Answer>> answers(whom.size());
    const caf::scoped_actor self{system_};
    using pending = decltype(self->request(whom.front(), operation_timeout, question));
    std::vector<std::pair<std::size_t, pending>> asked;
    for (std::size_t i = 0; i < whom.size(); ++i)
      if (whom[i]) asked.emplace_back(i, self->request(whom[i], silence_.patience(names[i]), question));
    for (auto& [i, answer] : asked)
      answer.receive([&, at = i](Answer& a) { answers[at] = std::move(a); }, [](caf::error&) {});
    for (std::size_t i = 0; i < whom.size(); ++i)
      silence_.note(names[i], answers[i].has_value() || !whom[i]);
    return answers;
  }

  caf::actor_system& system_;
  rescue_surroundings_ptr around_;
  std::string recordings_;
  cut_list cut_;
  silence_board silence_;

private:
  domain::result<agent_status> order(const domain::agent_id& account, domain::agent_verb verb,
                                     const std::string& reason, domain::span extra = domain::span{0});
  void ask_about(const domain::call_id& id, const call_actor& actor, call_journey& journey);
  domain::result<std::optional<domain::call_record>> record_of(const domain::call_id& id) const;
};

} // namespace lifeline::actors
