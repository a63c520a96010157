// What is shown of the orders: searches, the live picture, the figures.

#include "actors/protocol/failures.hpp"
#include "actors/rescue/rescue_codec.hpp"
#include "actors/rescue/rescue_engine.hpp"

#include "domain/rescue/mass_event.hpp"
#include "storage/tables.hpp"

#include <algorithm>
#include <map>
#include <set>
#include <tuple>

namespace lifeline::actors {

namespace {

using domain::order_state;

bool has_text(const order_state& o, const std::string& text) {
  const auto in = [&](const std::string& where) { return where.find(text) != std::string::npos; };
  return in(o.address) || in(o.project) || in(o.using_unit) || in(o.description) ||
         std::any_of(o.notes.begin(), o.notes.end(), [&](const auto& n) { return in(n.text); });
}

bool matches(const order_state& o, const order_filter& f, const domain::numbering& numbers) {
  const auto wrong = [](const std::string& wanted, const std::string& is) { return !wanted.empty() && wanted != is; };
  if (wrong(f.lift, o.lift) || wrong(f.district, o.district) || wrong(f.agent, o.agent) || wrong(f.number, o.number))
    return false;
  if (f.from != domain::never && o.created < f.from) return false;
  if (f.until != domain::never && o.created >= f.until) return false;
  if (f.active_only && !domain::is_active(o.status)) return false;
  if (!f.statuses.empty() && std::find(f.statuses.begin(), f.statuses.end(), o.status) == f.statuses.end())
    return false;
  if ((f.type && *f.type != o.type) || (f.level != 0 && f.level != o.level)) return false;
  if (!f.before.is_nil() && o.id >= f.before) return false;
  const auto called = [&](const auto& c) { return domain::same_number(c.phone, f.caller, numbers); };
  if (!f.caller.empty() && std::none_of(o.callers.begin(), o.callers.end(), called)) return false;
  const auto engaged = [&](const auto& d) { return d.party == f.party; };
  if (!f.party.empty() && std::none_of(o.deployments.begin(), o.deployments.end(), engaged)) return false;
  return f.text.empty() || has_text(o, f.text);
}

/// The orders that may match, newest first, each once; stops when `visit` returns false.
class order_search {
public:
  order_search(const rescue_surroundings& around, const order_filter& filter) : around_(around), filter_(filter) {}

  domain::result<std::vector<order_state>> run() {
    const auto done = filter_.active_only && !indexed() ? among_live() : among_stored();
    if (!done) return tl::unexpected(done.error());
    return std::move(found_);
  }

private:
  [[nodiscard]] bool indexed() const {
    return !filter_.number.empty() || !filter_.lift.empty() || !filter_.caller.empty();
  }

  bool take(const order_state& o) {
    if (matches(o, filter_, around_.plan().numbers)) found_.push_back(o);
    return found_.size() < filter_.limit;
  }

  domain::result<void> among_live() {
    auto all = around_.orders.all();
    std::sort(all.begin(), all.end(), [](const auto& a, const auto& b) { return a->id > b->id; });
    for (const auto& o : all)
      if (!take(*o)) break;
    return {};
  }

  domain::result<void> among_stored() {
    if (!indexed()) return scan(storage::table::orders, lower_bound(), upper_bound());
    if (!filter_.number.empty()) return among_indexed(storage::order_index_kind::number, filter_.number);
    if (!filter_.lift.empty()) return among_indexed(storage::order_index_kind::lift, filter_.lift);
    return among_callers();
  }

  domain::result<void> among_indexed(storage::order_index_kind by, const std::string& value) {
    if (value.find('\0') != std::string::npos) return {};
    const auto first = storage::order_index_key{by, value, {}}.prefix();
    return scan(storage::table::order_index, first, first + std::string(17, '\xff'));
  }

  /// Older orders are filed under the number as it was written: each way of writing it is looked up, and the newest of
  /// all are kept.
  domain::result<void> among_callers() {
    std::vector<order_state> all;
    for (const auto& form : domain::spellings(filter_.caller, around_.plan().numbers)) {
      found_.clear();
      if (auto done = among_indexed(storage::order_index_kind::caller, form); !done) return done;
      std::move(found_.begin(), found_.end(), std::back_inserter(all));
    }
    std::sort(all.begin(), all.end(), [](const auto& a, const auto& b) { return a.id > b.id; });
    const auto same = [](const auto& a, const auto& b) { return a.id == b.id; };
    all.erase(std::unique(all.begin(), all.end(), same), all.end());
    if (all.size() > filter_.limit) all.erase(all.begin() + static_cast<std::ptrdiff_t>(filter_.limit), all.end());
    found_ = std::move(all);
    return {};
  }

  [[nodiscard]] std::string lower_bound() const {
    return filter_.from == domain::never ? std::string{} : storage::order_key::first_at(filter_.from).encode();
  }
  [[nodiscard]] std::string upper_bound() const {
    std::string last;
    // An order is created a moment after its id was made, never before.
    if (filter_.until != domain::never) last = storage::order_key::first_at(filter_.until).encode();
    if (filter_.before.is_nil()) return last;
    const auto before = storage::order_key{filter_.before}.encode();
    return last.empty() ? before : std::min(last, before);
  }

  domain::result<void> scan(storage::table t, const std::string& first, const std::string& last) {
    const auto patience = std::chrono::steady_clock::now() + operation_timeout;
    bool late = false;
    const auto scanned = around_.journal->scan(t, first, last, true, [&](auto key, auto value) {
      late = std::chrono::steady_clock::now() > patience;
      return !late && visit(t, key, value);
    });
    if (!scanned) return tl::unexpected(unreadable(scanned.error()));
    if (late)
      return tl::unexpected(
          domain::failure{domain::errc::unavailable, "the search takes too long: a shorter time is expected", "from"});
    return {};
  }

  /// A row that cannot be read must not hide the others.
  bool visit(storage::table t, std::string_view key, std::string_view value) {
    std::optional<storage::order_key> id;
    std::optional<std::string> fetched;
    if (t == storage::table::order_index) {
      if (const auto index = storage::order_index_key::decode(key)) id = storage::order_key{index->order};
      if (!id) return true;
    } else {
      id = storage::order_key::decode(key);
    }
    if (id)
      if (const auto live = around_.orders.get(id->order)) return take(*live);
    if (t == storage::table::order_index) {
      const auto row = around_.journal->get(storage::table::orders, id->encode());
      if (!row || !*row) return true;
      fetched = **row;
      value = *fetched;
    }
    const auto state = decode_order(value);
    return state ? take(*state) : true;
  }

  const rescue_surroundings& around_;
  const order_filter& filter_;
  std::vector<order_state> found_;
};

bool by_level_and_age(const order_view& a, const order_view& b) {
  if (a.state.level != b.state.level) return a.state.level > b.state.level;
  return std::tie(a.state.received, a.state.id) < std::tie(b.state.received, b.state.id);
}

std::vector<mass_event_view> mass_events_of(const std::vector<order_view>& active) {
  std::map<std::uint32_t, mass_event_view> groups;
  for (const auto& o : active) {
    if (o.state.mass_group == 0) continue;
    auto& g = groups[o.state.mass_group];
    g.group = o.state.mass_group;
    if (g.since == domain::never || o.state.received < g.since) {
      g.since = o.state.received;
      g.area = domain::area_of(o.state);
    }
    g.orders.push_back(o);
  }
  std::vector<mass_event_view> all;
  for (auto& [number, g] : groups) {
    std::sort(g.orders.begin(), g.orders.end(),
              [](const auto& a, const auto& b) { return domain::goes_first(a.state, b.state); });
    all.push_back(std::move(g));
  }
  return all;
}

} // namespace

domain::result<std::vector<order_view>> rescue_engine::orders(const order_filter& filter) {
  around_->journal->barrier(operation_timeout);
  auto found = order_search{*around_, filter}.run();
  if (!found) return tl::unexpected(found.error());
  std::vector<order_view> views;
  for (auto& o : *found)
    views.push_back(view(std::move(o)));
  return views;
}

domain::result<alarm_board> rescue_engine::board() {
  alarm_board b;
  for (const auto& o : around_->orders.all()) {
    if (!domain::is_active(o->status) || !domain::has_ladder(o->type)) continue;
    (o->status == domain::order_status::filtered ? b.filtered : b.active).push_back(view(*o));
  }
  std::sort(b.active.begin(), b.active.end(), by_level_and_age);
  std::sort(b.filtered.begin(), b.filtered.end(), by_level_and_age);
  b.mass_events = mass_events_of(b.active);
  b.silent_devices = around_->devices.silent_count();
  return b;
}

domain::result<std::vector<device_view>> rescue_engine::silent_devices() {
  std::vector<device_view> all;
  for (auto& d : around_->devices.silent()) {
    device_view v;
    v.lift = d.lift;
    v.device_id = d.device_id;
    if (const auto lift = around_->lifts.find(d.lift)) v.address = lift->address;
    v.last_test = d.last_test;
    v.last_heard = d.last_heard;
    v.last_failure = d.last_failure;
    v.silent = true;
    all.push_back(std::move(v));
  }
  return all;
}

rescue_figures rescue_engine::figures() const {
  rescue_figures f;
  const auto now = around_->now_steady();
  std::set<std::uint32_t> groups;
  for (const auto& o : around_->orders.all()) {
    domain::count_order(f, *o, now);
    if (domain::is_active(o->status) && o->mass_group != 0) groups.insert(o->mass_group);
  }
  f.mass_events = groups.size();
  f.attempts = around_->attempts.under_way();
  f.lines = around_->plan().rescue.lines;
  f.lines_used = around_->rescue_lines_used;
  f.waiting = around_->rescue_calls_waiting;
  f.silent_devices = around_->devices.silent_count();
  f.lifts = around_->lifts.size();
  f.unreadable_orders = around_->unreadable_orders;
  return f;
}

} // namespace lifeline::actors
