#include "actors/supervision/supervisor.hpp"

#include "actors/supervision/supervisor_table.hpp"

#include <algorithm>
#include <memory>
#include <optional>
#include <set>
#include <stdexcept>

namespace lifeline::actors {

namespace {

using shared_spec = std::shared_ptr<const supervisor_spec>;

void check(const supervisor_spec& spec) {
  std::set<std::string> names;
  for (const auto& child : spec.children) {
    if (child.name.empty()) throw std::invalid_argument("supervisor " + spec.name + ": a child has no name");
    if (!child.start) throw std::invalid_argument("supervisor " + spec.name + ": " + child.name + " has no factory");
    if (!names.insert(child.name).second) {
      throw std::invalid_argument("supervisor " + spec.name + ": two children are named " + child.name);
    }
  }
}

std::vector<child_table::child> table_entries(const supervisor_spec& spec) {
  std::vector<child_table::child> result;
  for (const auto& child : spec.children)
    result.push_back({child.restart, child.shutdown_grace});
  return result;
}

/// Carries out what the table decides.
class supervisor_state {
public:
  static inline const char* name = "lifeline.supervisor";

  explicit supervisor_state(caf::event_based_actor* self) : self_(self) {}

  /// However the supervisor ends (it may be killed): no child outlives it.
  ~supervisor_state() {
    for (const auto& child : children_) {
      if (child.handle) kill(child.handle);
    }
  }

  caf::behavior behave(shared_spec spec);

private:
  struct child_state {
    caf::strong_actor_ptr handle;
    bool was_started = false;
    std::uint32_t restarts = 0;
    std::string last_reason;
  };

  void set_handlers();
  void drain();
  void carry_out(const table_command& command);
  void start(std::size_t index);
  void forget(std::size_t index, std::string reason);
  void on_down(const caf::down_msg& down);
  void abandon(std::size_t index);
  void finish();
  [[nodiscard]] std::vector<child_status> list() const;
  [[nodiscard]] caf::result<caf::actor> find(const std::string& name) const;

  caf::event_based_actor* self_;
  shared_spec spec_;
  std::optional<child_table> table_;
  std::vector<child_state> children_;
  caf::error exit_reason_;
  std::uint32_t abandoned_ = 0;
};

caf::behavior supervisor_state::behave(shared_spec spec) {
  spec_ = std::move(spec);
  children_.resize(spec_->children.size());
  table_.emplace(spec_->strategy, domain::restart_rules{spec_->intensity, spec_->backoff}, spec_->kill_grace,
                 table_entries(*spec_));
  set_handlers();
  table_->open();
  drain();
  return {
      [this](supervisor_timer timer) {
        table_->timer(timer.generation);
        drain();
      },
      [this](list_children) { return list(); },
      [this](const child_named& query) { return find(query.name); },
  };
}

void supervisor_state::set_handlers() {
  self_->set_down_handler([this](caf::down_msg& down) { on_down(down); });
  self_->set_exit_handler([this](caf::exit_msg& exit) {
    if (!exit.reason || exit.reason == caf::exit_reason::normal) return;
    if (!table_->closing()) exit_reason_ = exit.reason;
    table_->close();
    drain();
  });
  // A refused or unknown message must not end a supervisor.
  self_->set_error_handler([](caf::error&) {});
  self_->set_default_handler(caf::drop);
}

void supervisor_state::drain() {
  while (const auto command = table_->next())
    carry_out(*command);
}

void supervisor_state::carry_out(const table_command& command) {
  switch (command.what) {
  case table_command::kind::start: return start(command.child);
  case table_command::kind::ask: return ask_to_end(*self_, children_[command.child].handle);
  case table_command::kind::kill: return kill(children_[command.child].handle);
  case table_command::kind::abandon: return abandon(command.child);
  case table_command::kind::arm: return arm_timer(*self_, command.delay, command.generation);
  case table_command::kind::finish: return finish();
  }
}

void supervisor_state::start(std::size_t index) {
  const auto& spec = spec_->children[index];
  auto& child = children_[index];
  auto outcome = try_start([&] { return spec.start(self_); });
  if (auto* failure = std::get_if<std::string>(&outcome)) {
    child.last_reason = std::move(*failure);
    child.was_started = true; // the next start is a restart
    return table_->start_failed(index, steady_now(*self_));
  }
  const auto& handle = std::get<caf::actor>(outcome);
  child.handle = caf::actor_cast<caf::strong_actor_ptr>(handle);
  self_->monitor(handle);
  table_->started(index, handle.id());
  if (child.was_started) {
    ++child.restarts;
    if (spec_->hooks.on_restart) spec_->hooks.on_restart({spec_->name, spec.name, child.last_reason, child.restarts});
  }
  child.was_started = true;
}

void supervisor_state::forget(std::size_t index, std::string reason) {
  auto& child = children_[index];
  child.handle = nullptr;
  child.last_reason = std::move(reason);
}

void supervisor_state::on_down(const caf::down_msg& down) {
  const auto index = table_->down(down.source.id(), is_normal_end(down.reason), steady_now(*self_));
  if (!index) return;
  forget(*index, reason_text(self_->system(), down.reason));
  drain();
}

void supervisor_state::abandon(std::size_t index) {
  ++abandoned_;
  forget(index, "abandoned: it survived a kill");
  if (spec_->hooks.on_abandoned) spec_->hooks.on_abandoned({spec_->name, spec_->children[index].name, abandoned_});
}

void supervisor_state::finish() {
  self_->quit(table_->escalated() ? caf::make_error(supervision_errc::restart_intensity_exceeded) : exit_reason_);
}

std::vector<child_status> supervisor_state::list() const {
  std::vector<child_status> result;
  for (std::size_t i = 0; i < children_.size(); ++i) {
    result.push_back({spec_->children[i].name, table_->alive(i), children_[i].restarts, children_[i].last_reason});
  }
  return result;
}

caf::result<caf::actor> supervisor_state::find(const std::string& name) const {
  const auto& specs = spec_->children;
  const auto found =
      std::find_if(specs.begin(), specs.end(), [&](const child_spec& each) { return each.name == name; });
  if (found == specs.end()) return caf::make_error(supervision_errc::no_such_child, name);
  const auto& handle = children_[static_cast<std::size_t>(found - specs.begin())].handle;
  if (!handle) return caf::make_error(supervision_errc::child_not_running, name);
  return caf::actor_cast<caf::actor>(handle);
}

} // namespace

caf::actor spawn_supervisor(caf::actor_system& system, supervisor_spec spec) {
  check(spec);
  return system.spawn([](caf::stateful_actor<supervisor_state>* self,
                         shared_spec its_spec) { return self->state.behave(std::move(its_spec)); },
                      std::make_shared<const supervisor_spec>(std::move(spec)));
}

} // namespace lifeline::actors
