#pragma once
// The actor of one leg that the engine itself speaks with: carries out a script (domain/voice/leg_script.hpp). It owns
// the leg, its endpoint and the one timer; what the script asks of somebody outside, an Outlet does. An actor of its
// own, temporary: when the script is over, so is the actor.
//
// An Outlet is a value that has
//   name, script      of the actor; the type of script that it serves
//   begin(v)          before anything else: whom the actor watches
//   handlers(v)       for messages of its own, most of which bring replies: v.tell(reply)
//   carry_out(v, r)   for each type of request; may reply at once

#include "actors/core/timer.hpp"
#include "actors/supervision/supervisor_messages.hpp"
#include "actors/voice/prepared_speech.hpp"
#include "actors/voice/spoken_leg.hpp"

#include <caf/all.hpp>

#include <deque>
#include <functional>
#include <memory>
#include <optional>
#include <stdexcept>
#include <utility>
#include <variant>

namespace lifeline::actors {

/// What a voice is made of.
template <class Outlet> struct voice_setup {
  surroundings_ptr around;
  std::shared_ptr<held_leg> held;
  std::optional<domain::session_description> offer; ///< of a leg that has come in
  spoken_leg::manner manner;
  typename Outlet::script script;
  Outlet outlet;
  std::function<void()> at_end; ///< once the actor has ended, also by a crash
};

template <class Outlet> class voice {
public:
  using script_type = typename Outlet::script;
  using reply = typename script_type::reply;
  static_assert(domain::voice::script<script_type>);

  voice(caf::event_based_actor* self, voice_setup<Outlet> s)
      : self_(self), around_(std::move(s.around)), script_(std::move(s.script)), outlet_(std::move(s.outlet)),
        leg_(s.offer ? spoken_leg{around_, std::move(s.held), std::move(*s.offer), std::move(s.manner)}
                     : spoken_leg{around_, std::move(s.held), std::move(s.manner)}) {}

  void begin() {
    outlet_.begin(*this);
    leg_.attach(me());
    tell(domain::voice::begins{leg_.begins()});
  }
  [[nodiscard]] caf::message_handler handlers() { return outlet_.handlers(*this); }

  void tell(domain::voice::news n) { put(event{std::in_place_index<0>, std::move(n)}); }
  /// Also from within a request: it is heard after what else the same step wanted.
  void tell(reply r) { put(event{std::in_place_index<1>, std::move(r)}); }
  template <class Event> void hear(const Event& e) {
    if (over_) return;
    if (auto heard = leg_.hear(e)) tell(std::move(*heard));
  }
  void on_wake(const wake& w) {
    if (clock_.came(w)) tell(domain::voice::clock{});
  }
  /// The leg is somebody else's, or has been dealt with.
  void quit() {
    over_ = true;
    self_->quit();
  }

  [[nodiscard]] caf::event_based_actor* self() const { return self_; }
  [[nodiscard]] caf::actor me() const { return caf::actor_cast<caf::actor>(self_); }
  [[nodiscard]] domain::instant now() const { return around_->now(self_); }
  [[nodiscard]] spoken_leg& leg() { return leg_; }
  [[nodiscard]] const script_type& script() const { return script_; }
  [[nodiscard]] bool over() const { return over_; }
  [[nodiscard]] domain::instant due() const { return next_deadline(script_); }
  [[nodiscard]] domain::instant armed() const { return clock_.armed(); }

private:
  using event = std::variant<domain::voice::news, reply>;

  void put(event e) {
    waiting_.push_back(std::move(e));
    if (busy_) return;
    busy_ = true;
    while (!waiting_.empty() && !over_) {
      const auto next = std::move(waiting_.front());
      waiting_.pop_front();
      const auto t = now();
      for (const auto& c : std::visit([&](const auto& what) { return step(script_, what, t); }, next))
        std::visit([&](const auto& what) { carry_out(what); }, c);
    }
    busy_ = false;
    if (!over_) clock_.arm(self_, *around_, next_deadline(script_), now());
  }

  void carry_out(const typename script_type::request& r) {
    std::visit([&](const auto& what) { outlet_.carry_out(*this, what); }, r);
  }
  void carry_out(const domain::voice::prepare& c) { prepare_speech(around_, me(), c); }
  void carry_out(const domain::voice::end& c) {
    leg_.carry_out(c);
    quit();
  }
  template <class Command> void carry_out(const Command& c) { leg_.carry_out(c); }

  caf::event_based_actor* self_;
  surroundings_ptr around_;
  script_type script_;
  Outlet outlet_;
  spoken_leg leg_;
  timer clock_;
  std::deque<event> waiting_;
  bool busy_ = false;
  bool over_ = false;
};

/// What can be seen of any of these actors from outside, between its steps.
class speaking_actor {
public:
  virtual ~speaking_actor() = default;
  [[nodiscard]] virtual bool over() const = 0;
  /// By when its script wants to be given the clock.
  [[nodiscard]] virtual domain::instant due() const = 0;
  /// When it will be woken.
  [[nodiscard]] virtual domain::instant armed() const = 0;
};

template <class Outlet> class voice_actor final : public caf::event_based_actor, public speaking_actor {
public:
  voice_actor(caf::actor_config& cfg, voice_setup<Outlet> setup)
      : caf::event_based_actor(cfg), setup_(std::move(setup)) {}

  const char* name() const override { return Outlet::name; }
  [[nodiscard]] bool over() const override { return !voice_ || voice_->over(); }
  [[nodiscard]] domain::instant due() const override { return voice_->due(); }
  [[nodiscard]] domain::instant armed() const override { return voice_->armed(); }

protected:
  caf::behavior make_behavior() override {
    harden(this);
    if (setup_->at_end) attach_functor([done = setup_->at_end](const caf::error&) { done(); });
    voice_ = std::make_unique<voice<Outlet>>(this, std::move(*setup_));
    setup_.reset();
    auto& v = *voice_;
    set_down_handler([&v](const caf::down_msg& down) { // of whoever lives as long as the engine
      if (is_normal_end(down.reason)) v.tell(domain::voice::engine_stops{});
    });
    v.begin();
    if (v.over()) return {};
    caf::message_handler common{
        [&v](const sip::leg_event& e) { v.hear(e); },
        [&v](const media::endpoint_event& e) { v.hear(e); },
        [&v](const speech_prepared& p) {
          v.tell(domain::voice::prepared{p.tag, p.files});
        },
        [](const crash_order& c) { throw std::runtime_error(c.why); },
        [&v](const wake& w) { v.on_wake(w); },
    };
    return v.handlers().or_else(common); // an outlet may hear something itself
  }
  void on_exit() override { // whatever it holds may hold this actor
    voice_.reset();
    setup_.reset();
  }

private:
  std::optional<voice_setup<Outlet>> setup_; ///< until it runs
  std::unique_ptr<voice<Outlet>> voice_;
};

template <class Outlet> caf::actor spawn_voice(caf::actor_system& system, voice_setup<Outlet> setup) {
  return system.spawn<voice_actor<Outlet>>(std::move(setup));
}

/// Of a call that has come in, and that ends with its actor, however that ends.
template <class Outlet>
caf::actor spawn_voice(caf::actor_system& system, const surroundings_ptr& around, const sip::incoming_call& in,
                       typename Outlet::script script, Outlet outlet, bool takes_keys = true) {
  auto held = std::make_shared<held_leg>(around, in.leg, true);
  return spawn_voice(system, voice_setup<Outlet>{around,
                                                 held,
                                                 in.offer,
                                                 {.takes_keys = takes_keys, .sink = {}, .described = {}},
                                                 std::move(script),
                                                 std::move(outlet),
                                                 [held] { held->abandon(); }});
}

} // namespace lifeline::actors
