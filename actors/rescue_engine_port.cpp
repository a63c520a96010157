// How lift phones and the report line reach the alarms: nothing here waits.

#include "actors/rescue_engine.hpp"

#include <algorithm>

namespace lifeline::actors {

namespace {

/// Asks the supervisor of alarms once and calls `done` with the answer, or with what went wrong.
template <class Answer, class Question>
void ask_once(caf::actor_system& system, const alarms_actor& whom, Question question,
              std::function<void(tl::expected<Answer, std::string>)> done) {
  if (!whom) return done(tl::unexpected(std::string{"the supervisor of alarms is not running"}));
  system.spawn([whom, question = std::move(question), done](caf::event_based_actor* self) {
    self->set_error_handler([](caf::scheduled_actor*, caf::error&) {});
    self->request(whom, operation_timeout, question)
        .then([done](Answer& a) { done(std::move(a)); },
              [done, self](caf::error& e) {
                done(tl::unexpected("the supervisor of alarms did not answer: " + self->system().render(e)));
              });
  });
}

bool has_number(const domain::deployment& d, const std::string& number) {
  return std::find(d.phones.begin(), d.phones.end(), number) != d.phones.end();
}

/// The deployment that this phone may speak for: still at work for the order.
const domain::deployment* deployment_of(const domain::order_state& o, const std::string& number,
                                        const std::string& party) {
  using domain::deployment_phase;
  for (const auto& d : o.deployments) {
    if (d.phase == deployment_phase::withdrawn || d.phase == deployment_phase::completed) continue;
    if (has_number(d, number) || (!party.empty() && d.party == party)) return &d;
  }
  return nullptr;
}

} // namespace

void rescue_engine::report(domain::alarm_report r, receipt_callback done) {
  if (const auto clean = clean_report(r, around_->now_steady()); !clean)
    return done(tl::unexpected(clean.error().field + ": " + clean.error().message));
  ask_once<report_answer>(system_, around_->who.alarms(), take_report{std::move(r)},
                          [done](tl::expected<report_answer, std::string> a) {
                            if (!a) return done(tl::unexpected(a.error()));
                            if (!a->ok) return done(tl::unexpected(a->error));
                            done(std::move(a->receipt));
                          });
}

std::vector<order_brief> rescue_engine::orders_of_phone(const std::string& number) {
  const auto book = around_->lifts.book();
  const auto* owner = book->find_by_phone(number);
  std::vector<order_brief> found;
  for (const auto& o : around_->orders.all()) {
    if (!domain::is_active(o->status)) continue;
    if (const auto* d = deployment_of(*o, number, owner == nullptr ? std::string{} : owner->id))
      found.push_back({o->id, o->number, d->party, d->phase, *o});
  }
  std::sort(found.begin(), found.end(), [](const auto& a, const auto& b) { return a.order < b.order; });
  return found;
}

void rescue_engine::rescuer_says(const domain::order_id& order, const domain::rescuer_report& r, word_callback done) {
  ask_once<order_answer>(system_, around_->who.alarms(), rescuer_words{order, r},
                         [done](const tl::expected<order_answer, std::string>& a) {
                           if (!a) return done(false, a.error());
                           done(a->ok, a->error);
                         });
}

std::optional<domain::elevator> rescue_engine::lift(const std::string& code) { return around_->lifts.find(code); }

domain::order_id rescue_engine::open_order_of(const std::string& rescue_code) {
  const auto order = around_->orders.alarm_of_lift(rescue_code);
  return order ? order->id : domain::order_id{};
}

void rescue_engine::link_call(const domain::order_id& order, const domain::call_id& call) {
  domain::order_action a;
  a.verb = domain::order_verb::link_call;
  a.role = domain::role::admin; // the engine itself
  a.via = domain::step_via::engine;
  a.fields["call"] = domain::to_string(call);
  ask_once<order_answer>(system_, around_->who.alarms(), order_request{order, std::move(a)}, [](const auto&) {});
}

} // namespace lifeline::actors
