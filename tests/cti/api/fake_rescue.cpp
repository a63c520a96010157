#include "tests/cti/api/fake_rescue.hpp"
#include "domain/rescue/report_rules.hpp"

#include "domain/rescue/party_csv.hpp"

#include "tests/cti/api/fake_engine.hpp"

#include <algorithm>

namespace lifeline::testing {

using namespace actors;
using namespace domain;

namespace {

tl::unexpected<domain::failure> down() {
  return tl::make_unexpected(domain::failure{domain::errc::unavailable, "the alarms do not answer", ""});
}

tl::unexpected<domain::failure> unknown(const std::string& what) {
  return tl::make_unexpected(domain::failure{domain::errc::not_found, "there is no such " + what, ""});
}

elevator lift_of(const std::string& code, const std::string& project) {
  elevator e;
  e.rescue_code = code;
  e.district = "320803";
  e.address = "淮安市淮安区翔宇大道 1 号";
  e.project_name = project;
  e.maintenance_firm = "安捷电梯";
  e.using_unit = "淮安物业";
  e.using_unit_phone = "051780000001";
  e.where = geo_point{33.5, 119.1};
  return e;
}

rescue_party party_of(const std::string& id, const std::string& name, party_kind kind, const std::string& number) {
  rescue_party p;
  p.id = id;
  p.name = name;
  p.kind = kind;
  p.phones = {{number, "值班", {}}};
  p.where = geo_point{33.51, 119.11};
  return p;
}

} // namespace

fake_rescue::fake_rescue() : now(noon) {
  auto first = lift_of(lift_code, "淮安广场");
  first.registration_code = lift_registration;
  first.device_id = "12345678";
  index_.put(first);
  index_.put(lift_of(other_lift, "白马湖小区"));
  parties_ = {party_of("anjie", "安捷电梯", party_kind::firm, "13900000001"),
              party_of("fire", "119", party_kind::public_rescue, "119"),
              party_of("north", "城北救援站", party_kind::station, "13900000002")};
  plan.public_url = "https://lift.example.cn";
}

order_state* fake_rescue::find(const std::string& key) {
  const auto found = std::find_if(orders_.begin(), orders_.end(),
                                  [&](const auto& o) { return to_string(o.id) == key || o.number == key; });
  return found == orders_.end() ? nullptr : &*found;
}

order_view fake_rescue::view(const order_state& s) const { return {s, next_deadline(s), is_active(s.status)}; }

void fake_rescue::log(const order_state& s, const std::vector<order_output>& outputs) {
  auto& events = logs_[to_string(s.id)];
  for (const auto& o : outputs)
    if (const auto* entry = std::get_if<order_command::log>(&o)) {
      event e;
      e.seq = events.size() + 1;
      e.at = now;
      e.body = entry->body;
      events.push_back(std::move(e));
    }
}

order_environment fake_rescue::env_of(const rescue_book& book) {
  return {plan, book, ids_, {}, [this](const agent_id& account) {
            return strangers.contains(account) ? desk::another : desk::ours;
          }};
}

report_receipt fake_rescue::open(alarm_report& r, const domain::elevator* lift) {
  const rescue_book book{parties_, plan.utc_offset};
  const auto env = env_of(book);
  new_order n;
  n.id = ids_.next<order_id>(now);
  n.number = "JY20261123-000" + std::to_string(orders_.size() + 1);
  n.report = r;
  if (lift != nullptr) n.lift = *lift;
  n.filtered = filter_reason(r);
  order_state s;
  const auto outputs = open_order(s, n, env, now);
  log(s, outputs);
  for (const auto& o : outputs)
    if (const auto* call = std::get_if<order_command::attempt>(&o); call != nullptr && lines_free)
      if (const auto dialled = step(s, attempt_dialled{call->what.id, now}, env, now)) log(s, *dialled);
  orders_.push_back(s);
  return {n.filtered.empty() ? report_fate::opened : report_fate::filtered, s.id, s.number, s.status, false, r.doubts};
}

report_receipt fake_rescue::take(alarm_report& r, const domain::elevator* lift) {
  if (r.kind == report_kind::test || r.kind == report_kind::device_failure)
    return {report_fate::noted, {}, {}, order_status::open, false, r.doubts};
  const auto same = std::find_if(orders_.begin(), orders_.end(), [&](const auto& o) {
    return lift != nullptr && o.lift == lift->rescue_code && is_active(o.status);
  });
  if (same == orders_.end()) return open(r, lift);
  const rescue_book book{parties_, plan.utc_offset};
  const auto env = env_of(book);
  if (const auto outputs = step(*same, report_merged{r}, env, now)) log(*same, *outputs);
  return {report_fate::merged, same->id, same->number, same->status, false, r.doubts};
}

domain::result<report_receipt> fake_rescue::report(alarm_report r) {
  const std::lock_guard lock{mutex_};
  if (is_down) return down();
  const key id{r.source, r.message_id};
  if (const auto known = receipts_.find(id); known != receipts_.end()) {
    auto again = known->second;
    again.repeated = true;
    return again;
  }
  const auto* lift = r.lift_key.empty() ? nullptr : index_.find(r.lift_key);
  if (lift != nullptr)
    r.lift = lift->rescue_code;
  else if (!r.lift_key.empty())
    r.doubts.push_back("lift: no lift has the code " + r.lift_key);
  ++changes;
  reports.push_back(r);
  return receipts_[id] = take(r, lift);
}

domain::result<report_receipt> fake_rescue::receipt(const std::string& source, const std::string& message_id) {
  const std::lock_guard lock{mutex_};
  if (is_down) return down();
  const auto known = receipts_.find({source, message_id});
  if (known == receipts_.end()) return unknown("message");
  return known->second;
}

domain::result<order_view> fake_rescue::apply(const std::string& key, const order_event& e) {
  const std::lock_guard lock{mutex_};
  if (is_down) return down();
  auto* s = find(key);
  if (s == nullptr) return unknown("order");
  const rescue_book book{parties_, plan.utc_offset};
  const auto env = env_of(book);
  const auto outputs = step(*s, e, env, now);
  if (!outputs) return tl::unexpected(outputs.error());
  ++changes;
  log(*s, *outputs);
  return view(*s);
}

domain::result<order_view> fake_rescue::act(const std::string& key, order_action action) {
  if (action.verb == order_verb::link_lift && !action.lift) { // as the engine does: by any of the lift's codes
    auto lift = elevator(action.fields["lift"]);
    if (!lift) return tl::unexpected(domain::failure{domain::errc::invalid, "there is no lift with this code", "lift"});
    action.lift = std::move(*lift);
  }
  last_action = action;
  return apply(key, action);
}

domain::result<order_view> fake_rescue::rescuer_says(const std::string& key, const rescuer_report& r) {
  last_word = r;
  return apply(key, r);
}

domain::result<order_story> fake_rescue::order(const std::string& key) {
  const std::lock_guard lock{mutex_};
  if (is_down) return down();
  const auto* s = find(key);
  if (s == nullptr) return unknown("order");
  return order_story{view(*s), logs_[to_string(s->id)], {}};
}

domain::result<std::vector<rescuer_recording>> fake_rescue::recordings(const recording_search& search) {
  const std::lock_guard lock{mutex_};
  last_search = search;
  if (is_down) return down();
  if (!search.order.empty() && find(search.order) == nullptr) return unknown("order");
  return recorded;
}

domain::result<void> fake_rescue::note_link(const rescuer_link_made& link) {
  const std::lock_guard lock{mutex_};
  if (is_down) return down();
  links.push_back(link);
  return {};
}

domain::result<std::vector<order_view>> fake_rescue::orders(const order_filter& filter) {
  const std::lock_guard lock{mutex_};
  last_filter = filter;
  if (is_down) return down();
  std::vector<order_view> found;
  for (auto o = orders_.rbegin(); o != orders_.rend() && found.size() < filter.limit; ++o) {
    const bool called =
        std::any_of(o->callers.begin(), o->callers.end(), [&](const auto& c) { return c.phone == filter.caller; });
    if (!filter.lift.empty() && o->lift != filter.lift) continue;
    if (!filter.caller.empty() && !called) continue;
    if (!filter.before.is_nil() && !(o->id < filter.before)) continue;
    if (filter.active_only && !is_active(o->status)) continue;
    found.push_back(view(*o));
  }
  return found;
}

domain::result<alarm_board> fake_rescue::board() {
  const std::lock_guard lock{mutex_};
  if (is_down) return down();
  alarm_board b;
  for (const auto& o : orders_) {
    if (o.status == order_status::filtered)
      b.filtered.push_back(view(o));
    else if (is_active(o.status))
      b.active.push_back(view(o));
  }
  if (b.active.size() > 1) b.mass_events.push_back({1, "320803 淮安广场", noon, b.active});
  b.silent_devices = 1;
  return b;
}

domain::result<std::vector<device_view>> fake_rescue::silent_devices() {
  if (is_down) return down();
  return std::vector<device_view>{{lift_code, "12345678", "翔宇大道 1 号", noon - 80h, noon - 73h, "100", true}};
}

domain::result<domain::elevator> fake_rescue::elevator(const std::string& key) {
  const std::lock_guard lock{mutex_};
  if (is_down) return down();
  const auto* found = index_.find(key);
  if (found == nullptr) return unknown("lift");
  return *found;
}

domain::result<std::vector<domain::elevator>>
fake_rescue::search_elevators(const std::string& text, const std::string& district, std::size_t limit) {
  const std::lock_guard lock{mutex_};
  if (is_down) return down();
  std::vector<domain::elevator> found;
  for (const auto* e : index_.search(text, district, limit))
    found.push_back(*e);
  return found;
}

domain::result<domain::elevator> fake_rescue::put_elevator(const domain::elevator& e, const std::string& by) {
  const std::lock_guard lock{mutex_};
  if (is_down) return down();
  if (const auto clash = index_.clash(e))
    return tl::make_unexpected(domain::failure{domain::errc::conflict, clash->message, clash->field});
  index_.put(e);
  ++changes;
  last_by = by;
  return e;
}

domain::result<import_report> fake_rescue::import_elevators(const std::string& csv, const import_options& options) {
  const std::lock_guard lock{mutex_};
  if (is_down) return down();
  last_csv = csv;
  last_import = options;
  import_report r;
  r.rows = 2;
  r.added = 1;
  r.encoding = "UTF-8";
  if (csv.find("bad") != std::string::npos) {
    r.bad_rows = 1;
    r.problems.push_back({3, "rescue_code", "expected 6 digits, found \"bad\""});
  }
  if (csv.find("nofirm") != std::string::npos) {
    r.without_firm = 2;
    r.unknown_firms = {{"某某电梯", 1}, {"", 1}};
  }
  r.applied = !options.dry_run && (r.bad_rows == 0 || options.skip_bad_rows);
  if (r.applied) ++changes;
  return r;
}

domain::result<std::vector<domain::elevator>> fake_rescue::list_elevators(const actors::elevator_list_order& o) {
  const std::lock_guard lock{mutex_};
  if (is_down) return down();
  const domain::rescue_book book{parties_, 8h};
  std::vector<domain::elevator> found;
  for (const auto* e : index_.all())
    if (found.size() < o.limit && e->rescue_code > o.after && (!o.without_firm || domain::lacks_firm(*e, book)))
      found.push_back(*e);
  return found;
}

domain::result<import_report> fake_rescue::import_parties(const std::string& csv, const import_options& options) {
  if (is_down) return down();
  const auto list = domain::read_party_csv(csv, parties_);
  if (!list) return tl::make_unexpected(domain::failure{domain::errc::invalid, list.error(), "csv"});
  const auto plan = domain::plan_party_import(*list, parties_);
  import_report r;
  r.rows = list->rows;
  r.added = plan.added.size();
  r.changed = plan.changed.size();
  r.unchanged = plan.unchanged;
  r.bad_rows = list->bad_rows;
  r.encoding = list->encoding;
  for (const auto& p : list->problems)
    r.problems.push_back({p.row, p.field, p.message});
  r.applied = !options.dry_run && r.bad_rows == 0;
  if (!r.applied) return r;
  for (const auto* part : {&plan.added, &plan.changed})
    for (const auto& p : *part)
      (void)put_party(p, options.by);
  return r;
}

domain::result<std::vector<rescue_party>> fake_rescue::parties() {
  if (is_down) return down();
  return parties_;
}

domain::result<rescue_party> fake_rescue::put_party(const rescue_party& p, const std::string& by) {
  if (is_down) return down();
  std::erase_if(parties_, [&](const auto& x) { return x.id == p.id; });
  parties_.push_back(p);
  ++changes;
  last_by = by;
  return p;
}

domain::result<void> fake_rescue::remove_party(const std::string& id, const std::string& by) {
  if (is_down) return down();
  if (std::erase_if(parties_, [&](const auto& x) { return x.id == id; }) == 0) return unknown("party");
  ++changes;
  last_by = by;
  return {};
}

void fake_rescue::wait_for_events(std::uint64_t after, std::chrono::milliseconds longest) {
  std::unique_lock lock{mutex_};
  grown_.wait_for(lock, longest, [&] { return last_event_ > after; });
}

void fake_rescue::set_last_event(std::uint64_t number) {
  const std::lock_guard lock{mutex_};
  last_event_ = number;
  grown_.notify_all();
}

} // namespace lifeline::testing
