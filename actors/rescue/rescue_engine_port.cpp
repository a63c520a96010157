// How lift phones and the report line reach the alarms: nothing here waits.

#include "actors/rescue/rescue_engine.hpp"

#include <algorithm>

namespace lifeline::actors {

namespace {

template <class Answer> using answer_to = std::function<void(tl::expected<Answer, std::string>)>;

constexpr int most_tries = 4;
constexpr auto pause_between_tries = std::chrono::milliseconds{20};

/// An actor for one question: `done` is called once, with the answer or with what went wrong. A supervisor that has
/// just crashed has not seen the question; the next one is there within milliseconds.
template <class Answer, class Question>
void put_question(caf::event_based_actor* self, const rescue_surroundings_ptr& around, const Question& question,
                  const answer_to<Answer>& done, int tries) {
  const auto whom = around->who_rescues.alarms.get();
  if (!whom) return done(tl::unexpected(std::string{"the alarms' supervisor is not running"}));
  self->request(whom, operation_timeout, question)
      .then(
          [done, self](Answer& a) {
            done(std::move(a));
            self->quit();
          },
          [=](caf::error& e) {
            if (e == caf::sec::request_receiver_down && tries < most_tries) {
              self->become([=](const wake&) { put_question<Answer>(self, around, question, done, tries + 1); });
              self->delayed_send(self, pause_between_tries, wake{});
              return;
            }
            done(tl::unexpected("the alarms' supervisor did not answer: " + self->system().render(e)));
            self->quit();
          });
}

template <class Answer, class Question>
void ask_once(caf::actor_system& system, const rescue_surroundings_ptr& around, Question question,
              answer_to<Answer> done) {
  system.spawn([around, question = std::move(question), done = std::move(done)](caf::event_based_actor* self) {
    harden(self);
    put_question<Answer>(self, around, question, done, 1);
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
  in_one_form(r.caller_phone, around_->plan().numbers);
  if (const auto clean = clean_report(r, around_->now_steady()); !clean)
    return done(tl::unexpected(clean.error().field + ": " + clean.error().message));
  ask_once<report_answer>(system_, around_, take_report{std::move(r)},
                          [done](tl::expected<report_answer, std::string> a) {
                            if (!a) return done(tl::unexpected(a.error()));
                            if (a->refused) return done(tl::unexpected(a->refused->message));
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
  ask_once<order_answer>(system_, around_, rescuer_words{order, r},
                         [done](const tl::expected<order_answer, std::string>& a) {
                           if (!a) return done(false, a.error());
                           done(!a->refused, a->refused ? a->refused->message : std::string{});
                         });
}

std::optional<domain::elevator> rescue_engine::lift(const std::string& code) { return around_->lifts.find(code); }

domain::order_id rescue_engine::open_order_of(const std::string& rescue_code) {
  const auto order = around_->orders.alarm_of_lift(rescue_code);
  return order ? order->id : domain::order_id{};
}

domain::order_id rescue_engine::open_order_of_caller(const std::string& number) {
  const auto order = around_->orders.alarm_reported_by(number);
  return order ? order->id : domain::order_id{};
}

void rescue_engine::call_answered(const domain::order_id& order, const domain::call_id& call, domain::instant at,
                                  const domain::agent_id& agent) {
  ask_once<order_answer>(system_, around_, order_call_answered{order, call, at, agent}, [](const auto&) {});
}

void rescue_engine::link_call(const domain::order_id& order, const domain::call_id& call) {
  domain::order_action a;
  a.verb = domain::order_verb::link_call;
  a.by = "engine";
  a.role = domain::role::admin;
  a.via = domain::step_via::engine;
  a.fields["call"] = domain::to_string(call);
  ask_once<order_answer>(system_, around_, order_request{order, std::move(a)}, [](const auto&) {});
}

} // namespace lifeline::actors
