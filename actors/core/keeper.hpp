#pragma once
// The supervisor's side of long-lived things of one kind: each open one has an actor (kept.hpp). At the start of the
// engine they are loaded from the journal; a supervisor that replaces a crashed one adopts those that live; one that
// rests on disk is woken when somebody wants something of it; a crashed one is started again from its last state, and
// none is ever given up. Requests to them are handed on, again if nobody has seen them.
//
// `keeper` is a part of the supervisor's state, not an actor. What is kept, a Kind says: see `kept_kind`.

#include "actors/core/durable_rows.hpp"
#include "actors/core/errands.hpp"
#include "actors/core/kept.hpp"
#include "actors/supervision/child_book.hpp"
#include "domain/base/keeping.hpp"

#include <chrono>
#include <concepts>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <type_traits>
#include <utility>
#include <vector>

namespace lifeline::actors {

/// The restart rules of each thing: more often than that it fails.
extern const child_rules kept_rules;
/// When the journal could not be read at the start.
inline constexpr domain::span load_again_after = std::chrono::seconds{5};
inline constexpr std::chrono::milliseconds kept_patience{1800}; ///< less than operation_timeout

/// Why nobody has answered a request.
struct not_answered {
  enum class because : std::uint8_t {
    unknown, ///< there is no such thing
    asleep,  ///< it cannot be woken: `why`
    silent,  ///< its actor did not answer: whether the request was carried out is not known
  } what = because::silent;
  std::string key; ///< of the thing, as text
  std::string why;
};
not_answered nobody(std::string key, std::string why);
/// How a request that got this error has failed.
domain::request_failure failure_of(const caf::error& e);

/// A value that a supervisor's `keeper` owns and asks: how the things of its kind are found on disk and in memory, and
/// who is told of what happens to them. `K::state_ptr` is a std::shared_ptr<const state>, the state has its `id`.
template <class K>
concept kept_kind = requires(K& kind, const typename K::id& id, typename K::state_ptr state, caf::actor_system& system,
                             std::string_view bytes, const std::string& why, const caf::error& reason,
                             const not_answered& none, domain::instant now) {
  { K::tables } -> std::convertible_to<kept_tables>;
  { K::key_of(id) } -> std::same_as<std::string>;
  { K::read_key(bytes) } -> std::same_as<std::optional<typename K::id>>;
  {K::decode(bytes, now)}; // tl::expected<state, storage::failure>: of the last run, to be worked on
  { kind.last(id) } -> std::same_as<typename K::state_ptr>; // in memory; null: it is not there
  { kind.all() } -> std::same_as<std::vector<typename K::state_ptr>>;
  kind.show(state);                                       // in memory from now on
  { kind.living(id) } -> std::same_as<typename K::actor>; // by the directory; null: it has no actor
  { kind.spawn(system, state, birth::loaded) } -> std::same_as<typename K::actor>; // and enters the directory
  kind.lost(id);        // its actor has crashed: out of the directory
  kind.gone(id);        // it rests: out of the directory, and of memory
  kind.taken_up(state); // what the supervisor itself has to know of one that it did not open
  kind.crashed(id, reason);
  kind.fails(id, why);                               // crashes too often: a person is to be told
  kind.unreadable(bytes, why);                       // a row that cannot be taken up, by its key
  kind.not_loaded(why);                              // the open ones cannot be read just now
  kind.loaded();                                     // they have their actors
  { K::held() } -> std::convertible_to<std::string>; // why those of a restored copy wait
  { K::unanswered(none) } -> std::same_as<typename K::answer>;
};

template <kept_kind Kind> class keeper {
public:
  using id = typename Kind::id;
  using actor = typename Kind::actor;
  using answer = typename Kind::answer;
  using state_ptr = typename Kind::state_ptr;
  using state = std::remove_const_t<typename state_ptr::element_type>;

  /// Takes nothing up yet. `later` outlives it.
  keeper(caf::scheduled_actor* self, surroundings_ptr around, errands& later, Kind kind)
      : self_(self), around_(std::move(around)), later_(later), kind_(std::move(kind)), book_(self, kept_rules) {}

  /// `loaded`: an earlier supervisor of this engine has done so, whose children are adopted.
  void open(bool loaded) {
    holding_ = around_->outbound_held;
    if (loaded)
      adopt();
    else
      load();
  }

  /// The owner has started it.
  void watch(const id& which, const actor& who) { book_.adopt(which, who); }

  /// Its actor; one that rests or waits for its restart is started. Null: there is none, or (`why` says so) it cannot
  /// be woken.
  actor wake(const id& which, std::string& why) {
    if (auto who = kind_.living(which)) return who;
    if (holding_) {
      why = Kind::held();
      return {};
    }
    if (auto known = kind_.last(which)) return start(std::move(known), birth::crashed);
    const auto row = around_->journal->get(Kind::tables.rows, Kind::key_of(which));
    if (!row) why = "the journal cannot be read: " + row.error().message;
    if (!row || !*row) return {};
    auto read = Kind::decode(**row, now());
    if (!read) {
      why = read.error().message;
      return {};
    }
    auto shared = std::make_shared<const state>(std::move(*read));
    kind_.show(shared);
    return start(std::move(shared), birth::loaded);
  }

  /// Asks the thing, woken if need be, and gives its answer to whoever has asked `self`.
  template <class Self, class Request>
  caf::typed_response_promise<answer> hand_on(Self* self, const id& which, const Request& r) {
    auto promise = self->template make_response_promise<answer>();
    hand_on(self, which, std::make_shared<const Request>(r), promise, 1);
    return promise;
  }

  /// A thing has ended, or has waited long enough for its restart.
  void down(const caf::down_msg& d) { on_news(book_.down(d)); }
  void timer(const supervisor_timer& t) { on_news(book_.timer(t)); }

  /// Things of a restored copy wait without actors until it is confirmed. To be called when that may have happened.
  void end_hold() {
    if (!holding_ || around_->outbound_held) return;
    holding_ = false;
    for (auto& each : kind_.all())
      if (!kind_.living(each->id)) start(std::move(each), birth::loaded);
  }

  /// How often it has crashed since it was started for the first time, or woken.
  [[nodiscard]] std::uint32_t crashes(const id& which) const {
    const auto* record = book_.record(which);
    return record == nullptr ? 0 : record->crashes;
  }

private:
  [[nodiscard]] domain::instant now() const { return around_->now(self_); }

  actor start(state_ptr what, birth how) {
    const auto which = what->id;
    auto who = kind_.spawn(self_->system(), std::move(what), how);
    book_.adopt(which, who);
    return who;
  }

  void load() {
    const auto keys = open_keys(*around_->journal, Kind::tables);
    if (!keys) { // nobody may wait for it; new ones are taken in meanwhile
      kind_.not_loaded(keys.error().message);
      return later_.later(load_again_after, [this] { load(); });
    }
    for (const auto& key : *keys)
      take_up(key);
    kind_.loaded();
  }

  /// One row that cannot be read must not keep the others from being taken up. It stays on disk.
  void take_up(const std::string& key) {
    if (const auto which = Kind::read_key(key); which && kind_.last(*which)) return; // opened since
    const auto row = around_->journal->get(Kind::tables.rows, key);
    if (!row) return kind_.unreadable(key, row.error().message);
    if (!*row) return kind_.unreadable(key, "it is missing");
    auto read = Kind::decode(**row, now());
    if (!read) return kind_.unreadable(key, read.error().message);
    auto shared = std::make_shared<const state>(std::move(*read));
    kind_.taken_up(shared);
    kind_.show(shared);
    if (!holding_) start(std::move(shared), birth::loaded);
  }

  /// Those of a supervisor that crashed.
  void adopt() {
    for (auto& each : kind_.all()) {
      kind_.taken_up(each);
      if (const auto who = kind_.living(each->id))
        book_.adopt(each->id, who);
      else if (!holding_)
        start(std::move(each), birth::crashed);
    }
  }

  void on_news(const child_news<id>& news) {
    if (news.what == child_verdict::none) return;
    if (news.what == child_verdict::over) return kind_.gone(news.key);
    if (news.reason) {
      kind_.lost(news.key);
      kind_.crashed(news.key, news.reason);
    }
    if (news.what == child_verdict::restart) return restart(news.key);
    if (news.what == child_verdict::too_often) {
      if (domain::person_is_told(book_.record(news.key)->too_often)) kind_.fails(news.key, to_string(news.reason));
      book_.retry(news.key, domain::stubborn_retry);
    }
  }

  void restart(const id& which) {
    if (auto known = kind_.last(which))
      start(std::move(known), birth::crashed);
    else
      book_.forget(which);
  }

  template <class Self, class Request>
  void hand_on(Self* self, const id& which, const std::shared_ptr<const Request>& r,
               caf::typed_response_promise<answer> promise, int tries) {
    std::string why;
    const auto who = wake(which, why);
    if (!who) {
      promise.deliver(Kind::unanswered(nobody(to_string(which), std::move(why))));
      return;
    }
    self->request(who, kept_patience, *r)
        .then([promise](answer& a) mutable { promise.deliver(std::move(a)); },
              [this, self, which, r, promise, tries](caf::error& e) mutable {
                if (domain::asks_again(failure_of(e), tries))
                  return later_.later(domain::pause_between_tries,
                                      [=, this] { hand_on(self, which, r, promise, tries + 1); });
                promise.deliver(Kind::unanswered({not_answered::because::silent, to_string(which), {}}));
              });
  }

  caf::scheduled_actor* self_;
  surroundings_ptr around_;
  errands& later_;
  Kind kind_;
  child_book<id> book_;
  bool holding_ = false;
};

} // namespace lifeline::actors
