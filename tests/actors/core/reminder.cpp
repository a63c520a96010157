#include "tests/actors/core/reminder.hpp"

#include "storage/tables.hpp"

#include <sstream>
#include <stdexcept>

namespace lifeline::testing {

using namespace std::chrono_literals;

// ---- the rules -----------------------------------------------------------------------------------------------------

domain::result<std::vector<reminding::output>> reminding::step(reminder& r, const event& e, domain::instant now) {
  if (std::holds_alternative<time_passes>(e)) {
    if (r.due == domain::never || r.due > now) return std::vector<output>{};
    ++r.version;
    ++r.rung;
    r.due = now + again_after;
    return std::vector<output>{note{r.text + " rings"}, ring{}};
  }
  if (r.due == domain::never) return tl::unexpected(domain::failure{domain::errc::conflict, "it is over", {}});
  ++r.version;
  r.due = domain::never;
  r.until = now;
  return std::vector<output>{note{r.text + " is dismissed"}};
}

namespace {

std::string encode(const reminder& r) {
  std::ostringstream out;
  out << r.id.hi << ' ' << r.id.lo << ' ' << r.version << ' ' << r.due.time_since_epoch().count() << ' ' << r.rung
      << ' ' << r.text;
  return out.str();
}

constexpr actors::kept_tables reminder_tables{storage::table::orders, storage::table::open_orders,
                                              storage::table::order_index};

struct reminder_thing {
  using state = reminder;
  using event = reminding::event;
  using output = reminding::output;
  using tick = reminding::time_passes;
  static constexpr actors::kept_tables tables = reminder_tables;

  reminder_surroundings_ptr around;

  static actors::kept_rows rows(const reminder& r) {
    return {storage::order_key{r.id}.encode(), encode(r), r.due != domain::never, index(r)};
  }
  static std::set<std::string> index(const reminder& r) {
    return {storage::order_index_key{storage::order_index_kind::number, r.text, r.id}.encode()};
  }
  static bool is_over(const reminder& r) { return r.due == domain::never; }
  static domain::instant next_deadline(const reminder& r) { return r.due; }
  domain::result<std::vector<output>> step(reminder& r, const event& e, domain::instant now) const {
    if (around->crashes_at_step > 0) {
      --around->crashes_at_step;
      throw std::runtime_error("no step");
    }
    return reminding::step(r, e, now);
  }
  static std::vector<output> resume(reminder&, domain::instant) { return {}; }
  static void log(storage::change& c, const std::vector<output>& outputs, domain::instant now) {
    for (const auto& o : outputs)
      if (const auto* n = std::get_if<reminding::note>(&o))
        c.events.push_back({0, now, {}, domain::actor_restarted{"reminder", n->text}});
  }
  void carry_out(const reminder& r, const std::vector<output>& outputs) const {
    for (const auto& o : outputs)
      if (std::holds_alternative<reminding::ring>(o)) around->rings.push_back(r.text);
  }
  void show(const reminder& r) const {
    const std::lock_guard lock{around->mutex};
    around->last[r.id] = std::make_shared<const reminder>(r);
  }
  std::function<bool()> still_newest(const reminder& r) const {
    return [around = around.get(), id = r.id, version = r.version] {
      const auto known = around->find(id);
      return known && known->version == version;
    };
  }
  struct nothing {};
  static nothing facts(const reminder&) { return {}; }
  static void moved(const reminder&, const nothing&) {}
};

// ---- its actor -----------------------------------------------------------------------------------------------------

struct reminder_state {
  static constexpr const char* name = "reminder";
  actors::kept<reminder_thing> mine;
};
using reminder_self = reminder_actor::stateful_pointer<reminder_state>;

reminder_actor::behavior_type remind(reminder_self self, const reminder_surroundings_ptr& around, const reminder_ptr& r,
                                     actors::birth how) {
  actors::harden(self);
  auto& mine = self->state.mine;
  mine.hold({around}, *r);
  mine.take_up(self, how, {});
  if (how != actors::birth::opened) (void)mine.apply(self, reminding::time_passes{});
  return {
      [self](const dismiss_reminder& d) {
        auto promise = self->make_response_promise<reminder_answer>();
        const auto done = [promise, d](bool stored, const std::string& error) mutable {
          promise.deliver(reminder_answer{stored, error, d.which});
        };
        if (const auto applied = self->state.mine.apply(self, reminding::dismiss{}, {}, done); !applied)
          promise.deliver(reminder_answer{false, applied.error().message, d.which});
        return promise;
      },
      [self](const actors::rows_stored& s) { self->state.mine.on_stored(self, s); },
      [](const actors::crash_order& c) { throw std::runtime_error(c.why); },
      [self](const actors::wake& w) { self->state.mine.on_wake(self, w); },
  };
}

// ---- its supervisor ------------------------------------------------------------------------------------------------

struct reminder_kind {
  using id = reminder_id;
  using actor = reminder_actor;
  using answer = reminder_answer;
  using state_ptr = reminder_ptr;
  static constexpr actors::kept_tables tables = reminder_tables;

  reminder_surroundings_ptr around;

  static std::string key_of(const id& which) { return storage::order_key{which}.encode(); }
  static std::optional<id> read_key(std::string_view key) {
    const auto read = storage::order_key::decode(key);
    if (!read) return std::nullopt;
    return read->order;
  }
  static tl::expected<reminder, storage::failure> decode(std::string_view bytes, domain::instant) {
    reminder r;
    std::istringstream in{std::string{bytes}};
    domain::span::rep due = 0;
    if (!(in >> r.id.hi >> r.id.lo >> r.version >> due >> r.rung >> r.text))
      return tl::unexpected(storage::failure{storage::errc::corrupt, "no reminder"});
    r.due = domain::instant{domain::span{due}};
    return r;
  }
  [[nodiscard]] reminder_ptr last(const id& which) const { return around->find(which); }
  [[nodiscard]] std::vector<reminder_ptr> all() const {
    std::vector<reminder_ptr> result;
    for (const auto& [key, r] : around->last)
      result.push_back(r);
    return result;
  }
  void show(const reminder_ptr& r) const { around->last[r->id] = r; }
  [[nodiscard]] reminder_actor living(const id& which) const {
    const auto found = around->living.find(which);
    return found == around->living.end() ? reminder_actor{} : found->second;
  }
  reminder_actor spawn(caf::actor_system& system, const reminder_ptr& r, actors::birth how) const {
    return around->living[r->id] = system.spawn(remind, around, r, how);
  }
  void lost(const id& which) const { around->living.erase(which); }
  void gone(const id& which) const {
    around->living.erase(which);
    around->last.erase(which);
  }
  void taken_up(const reminder_ptr&) const { ++around->taken_up; }
  void crashed(const id&, const caf::error&) const {}
  void fails(const id&, const std::string&) const { around->complaints.emplace_back("crashes too often"); }
  void unreadable(std::string_view, const std::string& why) const { around->complaints.push_back(why); }
  void not_loaded(const std::string& why) const { around->complaints.push_back(why); }
  void loaded() const { around->loaded = true; }
  static std::string held() { return "held"; }
  static reminder_answer unanswered(const actors::not_answered& n) {
    using because = actors::not_answered::because;
    if (n.what == because::asleep) return {false, n.why, {}};
    return {false, n.what == because::unknown ? "unknown" : "silent", {}};
  }
};

struct reminders_state {
  static constexpr const char* name = "reminders";
  reminder_surroundings_ptr around;
  std::optional<actors::errands> to_do;
  std::optional<actors::keeper<reminder_kind>> all;
  actors::pending_writes writes;
};
using reminders_self = reminders_actor::stateful_pointer<reminders_state>;

/// In force at once, answered when it is on disk.
caf::typed_response_promise<reminder_answer> on_set(reminders_self self, const set_reminder& s) {
  auto& around = self->state.around;
  const auto now = around->now(self);
  auto r = std::make_shared<reminder>();
  r->id = around->ids.next<reminder_id>(now);
  r->text = s.text;
  r->due = s.due;
  storage::change c;
  std::set<std::string> none;
  actors::put_rows(c, reminder_tables, reminder_thing::rows(*r), none);
  auto promise = self->make_response_promise<reminder_answer>();
  const auto done = [promise, id = r->id](bool stored, const std::string& error) mutable {
    promise.deliver(reminder_answer{stored, error, id});
  };
  const reminder_kind kind{around};
  kind.show(r);
  actors::append_durably(around, std::move(c), reminder_thing{around}.still_newest(*r),
                         self->state.writes.begin(caf::strong_actor_ptr{self->ctrl()}, {false, done}));
  self->state.all->watch(r->id, kind.spawn(self->system(), r, actors::birth::opened));
  return promise;
}

reminders_actor::behavior_type supervise(reminders_self self, const reminder_surroundings_ptr& around) {
  actors::harden(self);
  auto& s = self->state;
  s.around = around;
  s.to_do.emplace(self);
  s.all.emplace(self, around, *s.to_do, reminder_kind{around});
  self->set_down_handler([self](const caf::down_msg& d) { self->state.all->down(d); });
  s.all->open(around->loaded);
  return {
      [self](const set_reminder& r) { return on_set(self, r); },
      [self](const dismiss_reminder& d) { return self->state.all->hand_on(self, d.which, d); },
      [self](const actors::rows_stored& r) { self->state.writes.came(r); },
      [self](const actors::plan_changed&) { self->state.all->end_hold(); },
      [](const actors::crash_order& c) { throw std::runtime_error(c.why); },
      [self](const actors::supervisor_timer& t) { self->state.all->timer(t); },
      [self](const actors::wake& w) { self->state.to_do->came(w); },
  };
}

} // namespace

reminders_actor spawn_reminders(caf::actor_system& system, const reminder_surroundings_ptr& around) {
  return around->supervisor = system.spawn(supervise, around);
}

} // namespace lifeline::testing
