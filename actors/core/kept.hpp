#pragma once
// A long-lived thing's own side: an actor that holds its state, steps it, writes each step to the journal before
// anybody is told, is woken at its next deadline, and leaves the memory some time after it is over. Whoever asks for
// something is answered when it is on disk; what the thing does about its steps never waits for the disk. The side of
// its supervisor is keeper.hpp; what is decided here stands in domain/base/keeping.hpp.
//
// `kept` is a part of the actor's state, not an actor. What the thing is, a Thing says: see `long_lived`.

#include "actors/core/durable_rows.hpp"
#include "actors/core/timer.hpp"
#include "domain/base/failure.hpp"
#include "domain/base/keeping.hpp"

#include <concepts>
#include <functional>
#include <optional>
#include <set>
#include <string>
#include <utility>
#include <vector>

namespace lifeline::actors {

/// How the actor came to life.
enum class birth : std::uint8_t {
  opened,  ///< what it decided at its opening is to be carried out
  crashed, ///< in the place of one that crashed: what it began goes on
  loaded,  ///< from the journal: what was begun is lost
};

/// A value that an actor's `kept` owns and asks. Its state can be copied and has a `version` that grows with each
/// change that others see; its `around` points to the surroundings, or to something derived from them.
template <class T>
concept long_lived = requires(T& thing, typename T::state& changing, const typename T::state& state,
                              const typename T::event& event, const std::vector<typename T::output>& outputs,
                              storage::change& c, domain::instant now) {
  typename T::tick; // the event that time has passed
  { state.version + 1 } -> std::convertible_to<std::uint64_t>;
  { thing.around->now_steady() } -> std::same_as<domain::instant>;
  { T::tables } -> std::convertible_to<kept_tables>;
  { T::rows(state) } -> std::same_as<kept_rows>;              // its encoding, index keys, and whether it is open
  { T::index(state) } -> std::same_as<std::set<std::string>>; // the index keys alone
  { T::is_over(state) } -> std::same_as<bool>;
  { T::next_deadline(state) } -> std::same_as<domain::instant>;
  { thing.step(changing, event, now) } -> std::same_as<domain::result<std::vector<typename T::output>>>;
  { thing.resume(changing, now) } -> std::same_as<std::vector<typename T::output>>; // after a restart of the engine
  T::log(c, outputs, now);         // those outputs that are entries of the log, into the change
  thing.carry_out(state, outputs); // the others, when the change has been handed to the journal
  thing.show(state);               // in memory: to others, and to who replaces a crashed one
  // Whether memory shows nothing newer than now when it is asked, on the journal's thread.
  std::function<bool()>{thing.still_newest(state)};
  thing.moved(state, thing.facts(state)); // others are told of a step, by what `facts` said before it
};

template <long_lived Thing> class kept {
public:
  using state = typename Thing::state;
  using event = typename Thing::event;
  using outputs = std::vector<typename Thing::output>;

  /// To be called first. Nothing happens yet.
  void hold(Thing thing, state s) {
    thing_ = std::move(thing);
    state_ = std::move(s);
    indexed_ = Thing::index(state_);
  }
  [[nodiscard]] const state& operator*() const { return state_; }
  [[nodiscard]] const state* operator->() const { return &state_; }
  [[nodiscard]] Thing& thing() { return *thing_; }
  /// For when its next wake is set.
  [[nodiscard]] domain::instant armed() const { return clock_.armed(); }

  /// `todo`: of an opened one. The owner gives a tick to the others afterwards, for what came due meanwhile.
  template <class Self> void take_up(Self* self, birth how, const outputs& todo) {
    last_work_ = now(self);
    if (how == birth::loaded) {
      const auto version = state_.version;
      const auto decided = thing_->resume(state_, last_work_);
      return settle(self, decided, {}, {}, state_.version != version);
    }
    if (how == birth::crashed) return store_again(self); // what the lost actor had not come to write
    thing_->carry_out(state_, todo);
    arm(self);
  }

  /// Decide, persist, tell. A refusal changes nothing, and `done` is not called. `c`: what else is part of the change.
  template <class Self>
  domain::result<void> apply(Self* self, const event& e, storage::change c = {}, written done = {}) {
    const auto version = state_.version;
    const auto before = thing_->facts(state_);
    auto decided = thing_->step(state_, e, now(self));
    if (!decided) return tl::unexpected(std::move(decided.error()));
    settle(self, *decided, std::move(c), std::move(done), state_.version != version);
    thing_->moved(state_, before);
    return {};
  }

  /// Persist, tell: of something that is no step of the thing's own.
  template <class Self> void settle(Self* self, const outputs& decided, storage::change c, written done, bool changed) {
    if (!decided.empty() || !c.events.empty() || !c.state.empty() || done || changed) {
      last_work_ = now(self);
      Thing::log(c, decided, last_work_);
      store(self, std::move(c), std::move(done));
      thing_->carry_out(state_, decided);
    }
    arm(self);
  }

  template <class Self> void on_stored(Self* self, const rows_stored& r) {
    auto write = writes_.take(r);
    if (!write) return;
    if (!r.ok && !write->again) {
      store_again(self);
    } else if (!r.ok) { // the next wake tries again
      given_up_ = true;
    }
    if (write->done) write->done(r.ok, r.error);
    arm(self); // it may rest now
  }

  template <class Self> void on_wake(Self* self, const wake& w) {
    if (!clock_.came(w)) return;
    if (std::exchange(given_up_, false)) store_again(self);
    switch (domain::on_wake(facts(), now(self))) {
    case domain::kept_wake::rest: return self->quit();
    case domain::kept_wake::due: return (void)apply(self, typename Thing::tick{});
    case domain::kept_wake::wait: return arm(self);
    }
  }

private:
  template <class Self> [[nodiscard]] domain::instant now(Self* self) const { return thing_->around->now(self); }

  [[nodiscard]] domain::kept_facts facts() const {
    return {Thing::is_over(state_), !writes_.empty(), given_up_, Thing::next_deadline(state_), last_work_};
  }

  template <class Self> void arm(Self* self) {
    const auto t = now(self);
    clock_.arm(self, *thing_->around, domain::next_wake(facts(), t), t);
  }

  /// Hands it as it is now to the journal, with what the change holds already, and shows it to everybody.
  template <class Self> void store(Self* self, storage::change c, written done) {
    put_rows(c, Thing::tables, Thing::rows(state_), indexed_);
    thing_->show(state_);
    append_durably(thing_->around, std::move(c), thing_->still_newest(state_), done_by(self, {false, std::move(done)}));
  }

  /// Once more, the rows as they are by now. Nobody waits for it: the journal may keep it until the disk takes it.
  template <class Self> void store_again(Self* self) {
    storage::change c;
    indexed_.clear();
    put_rows(c, Thing::tables, Thing::rows(state_), indexed_);
    thing_->around->journal->append(std::move(c), storage::durability::lazy, done_by(self, {true, {}}));
  }

  template <class Self> storage::completion done_by(Self* self, pending_writes::write w) {
    return writes_.begin(caf::strong_actor_ptr{self->ctrl()}, std::move(w));
  }

  std::optional<Thing> thing_;
  state state_;
  std::set<std::string> indexed_; ///< its rows in the index
  pending_writes writes_;
  bool given_up_ = false; ///< the journal had to give the rows up
  timer clock_;
  domain::instant last_work_ = domain::never;
};

} // namespace lifeline::actors
