#pragma once
// What an alarm is for what keeps it: its own side (actors/core/kept.hpp) and its supervisor's
// (actors/core/keeper.hpp).

#include "actors/core/keeper.hpp"
#include "actors/core/kept.hpp"
#include "actors/rescue/rescue_surroundings.hpp"
#include "domain/rescue/mass_event.hpp"
#include "domain/rescue/order_machine.hpp"

#include <functional>
#include <optional>
#include <string>
#include <string_view>
#include <tuple>
#include <vector>

namespace lifeline::actors {

inline constexpr kept_tables order_tables{storage::table::orders, storage::table::open_orders,
                                          storage::table::order_index};

struct alarm_thing {
  using state = domain::order_state;
  using event = domain::order_event;
  using output = domain::order_output;
  using tick = domain::order_clock;
  static constexpr kept_tables tables = order_tables;

  rescue_surroundings_ptr around;
  domain::id_source ids;

  static kept_rows rows(const state& s);
  static std::set<std::string> index(const state& s);
  static bool is_over(const state& s) { return domain::is_over(s.status); }
  static domain::instant next_deadline(const state& s) { return domain::next_deadline(s); }
  domain::order_step_result step(state& s, const event& e, domain::instant now);
  std::vector<output> resume(state& s, domain::instant now);
  static void log(storage::change& c, const std::vector<output>& outputs, domain::instant now);
  void carry_out(const state& s, const std::vector<output>& outputs);
  void show(const state& s) { around->orders.put(std::make_shared<const state>(s)); }
  std::function<bool()> still_newest(const state& s) const { return newest_check(around, s.id); }

  /// What decides whether it belongs to a mass event, and whether the alert desk has to look.
  struct told {
    std::tuple<std::string, bool, bool, bool> mass;
    domain::alert_stage stage = domain::alert_stage::none;
    std::uint8_t reasons = 0;
  };
  static told facts(const state& s);
  void moved(const state& s, const told& before) const;

  /// Whether memory knows nothing newer of the order than now.
  static std::function<bool()> newest_check(const rescue_surroundings_ptr& around, const domain::order_id& order);
};

struct alarms_state;

struct alarm_kind {
  using id = domain::order_id;
  using actor = alarm_actor;
  using answer = order_answer;
  using state_ptr = order_ptr;
  static constexpr kept_tables tables = order_tables;

  rescue_surroundings_ptr around;
  alarms_state* supervisor = nullptr;

  static std::string key_of(const id& order);
  static std::optional<id> read_key(std::string_view key);
  static tl::expected<domain::order_state, storage::failure> decode(std::string_view bytes, domain::instant now);
  [[nodiscard]] order_ptr last(const id& order) const { return around->orders.get(order); }
  [[nodiscard]] std::vector<order_ptr> all() const { return around->orders.all(); }
  void show(order_ptr order) const { around->orders.put(std::move(order)); }
  [[nodiscard]] alarm_actor living(const id& order) const { return around->who_rescues.orders.find(order); }
  alarm_actor spawn(caf::actor_system& system, order_ptr order, birth how) const;
  void lost(const id& order) const { around->who_rescues.orders.remove(order); }
  void gone(const id& order) const;
  void taken_up(const order_ptr& order) const;
  void crashed(const id& order, const caf::error& reason) const;
  /// The order's own timeline says that its actor fails, for a person to see.
  void fails(const id& order, const std::string& why) const;
  void unreadable(std::string_view key, const std::string& why) const;
  void not_loaded(const std::string& why) const;
  void loaded() const { around->alarms_loaded = true; }
  static std::string held() { return "this is a restored copy: its orders wait for lifelinectl resume-outbound"; }
  static order_answer unanswered(const not_answered& n);

private:
  void log(domain::event_body body) const;
};

} // namespace lifeline::actors
