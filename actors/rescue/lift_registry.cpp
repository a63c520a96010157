#include "actors/rescue/lift_registry.hpp"

#include "actors/rescue/rescue_codec.hpp"
#include "domain/lifts/elevator_csv.hpp"
#include "domain/rescue/party_csv.hpp"

#include <algorithm>
#include <future>
#include <utility>

namespace lifeline::actors {

namespace {

using namespace std::chrono_literals;

constexpr std::size_t shown_problems = 100;
constexpr auto longest_import = 60000ms;
constexpr std::size_t published_at_once = 200;

storage::mutation row_of(const domain::elevator& e) {
  return {storage::table::elevators, e.rescue_code, encode_elevator(e)};
}

void take_problems(import_report& r, const std::vector<domain::csv_problem>& problems) {
  for (const auto& p : problems) {
    if (r.problems.size() >= shown_problems) break;
    r.problems.push_back({p.row, p.field, p.message});
  }
}

template <class List, class Plan> import_report counts_of(const List& list, const Plan& plan) {
  import_report r;
  r.rows = list.rows;
  r.added = plan.added.size();
  r.changed = plan.changed.size();
  r.unchanged = plan.unchanged;
  r.encoding = list.encoding;
  return r;
}

import_report report_of(const domain::elevator_list& list, const domain::elevator_plan& plan) {
  auto r = counts_of(list, plan);
  r.bad_rows = plan.bad_rows; // those that do not go with what is there as well
  take_problems(r, plan.problems);
  return r;
}

import_report report_of(const domain::party_list& list, const domain::party_plan& plan) {
  auto r = counts_of(list, plan);
  r.bad_rows = list.bad_rows;
  take_problems(r, list.problems);
  return r;
}

/// Who reads the preview shall see which firms are still to be entered.
void tell_gaps(import_report& r, const domain::elevator_list& list, const domain::rescue_book& book) {
  std::vector<const domain::elevator*> lifts;
  for (const auto& each : list.lifts)
    lifts.push_back(&each.lift);
  auto gaps = domain::find_firm_gaps(lifts, book);
  r.without_firm = gaps.lifts;
  r.unknown_firms = std::move(gaps.firms);
  if (r.unknown_firms.size() > shown_problems) r.unknown_firms.resize(shown_problems);
}

} // namespace

lift_registry::lift_registry() : book_(std::make_shared<const domain::rescue_book>()) {}

std::size_t lift_registry::load(storage::journal& journal, domain::span utc_offset) {
  const std::unique_lock lock{mutex_};
  journal_ = &journal;
  utc_offset_ = utc_offset;
  std::size_t unreadable = 0;
  const auto lifts = journal.scan(storage::table::elevators, {}, {}, false, [&](auto, auto value) {
    if (const auto e = decode_elevator(value))
      index_.put(*e);
    else
      ++unreadable;
    return true;
  });
  std::vector<domain::rescue_party> parties;
  const auto read = journal.scan(storage::table::parties, {}, {}, false, [&](auto, auto value) {
    if (auto p = decode_party(value))
      parties.push_back(std::move(*p));
    else
      ++unreadable;
    return true;
  });
  book_ = std::make_shared<const domain::rescue_book>(std::move(parties), utc_offset_);
  return unreadable + (lifts ? 0 : 1) + (read ? 0 : 1);
}

void lift_registry::set_utc_offset(domain::span utc_offset) {
  const std::lock_guard one{writing_};
  {
    const std::unique_lock lock{mutex_};
    utc_offset_ = utc_offset;
  }
  publish(book()->all());
}

std::optional<domain::elevator> lift_registry::find(const std::string& code) const {
  if (code.empty()) return std::nullopt;
  const std::shared_lock lock{mutex_};
  const auto* found = index_.find(code);
  if (found == nullptr) return std::nullopt;
  return *found;
}

std::vector<domain::elevator> lift_registry::search(const std::string& text, const std::string& district,
                                                    std::size_t limit) const {
  const std::shared_lock lock{mutex_};
  std::vector<domain::elevator> found;
  for (const auto* e : index_.search(text, district, limit))
    found.push_back(*e);
  return found;
}

std::vector<domain::elevator> lift_registry::list(const elevator_list_order& o) const {
  const auto parties = book();
  const std::shared_lock lock{mutex_};
  std::vector<domain::elevator> found;
  for (const auto* e : index_.all()) {
    if (found.size() >= o.limit) break;
    if (e->rescue_code > o.after && (!o.without_firm || domain::lacks_firm(*e, *parties))) found.push_back(*e);
  }
  return found;
}

std::size_t lift_registry::size() const {
  const std::shared_lock lock{mutex_};
  return index_.size();
}

std::vector<std::pair<std::string, std::string>> lift_registry::devices() const {
  const std::shared_lock lock{mutex_};
  std::vector<std::pair<std::string, std::string>> all;
  for (const auto* e : index_.all())
    if (!e->device_id.empty()) all.emplace_back(e->rescue_code, e->device_id);
  return all;
}

std::shared_ptr<const domain::rescue_book> lift_registry::book() const {
  const std::shared_lock lock{mutex_};
  return book_;
}

domain::result<void> lift_registry::store(storage::change c, std::chrono::milliseconds longest) const {
  if (journal_ == nullptr)
    return tl::unexpected(domain::failure{domain::errc::unavailable, "there is no registry", {}});
  auto promise = std::make_shared<std::promise<storage::commit_result>>();
  auto stored = promise->get_future();
  journal_->append(std::move(c), storage::durability::durable,
                   [promise](const storage::commit_result& r) { promise->set_value(r); });
  if (stored.wait_for(longest) != std::future_status::ready)
    return tl::unexpected(domain::failure{
        domain::errc::unavailable, "the disk did not answer in time: it is not known whether it is stored", {}});
  const auto result = stored.get();
  if (result.ok) return {};
  return tl::unexpected(domain::failure{domain::errc::unavailable, "nothing was changed: " + result.error.message, {}});
}

domain::result<void> lift_registry::store_and_publish(storage::change c,
                                                      const std::vector<const domain::elevator*>& lifts,
                                                      std::chrono::milliseconds longest) {
  for (const auto* e : lifts)
    c.state.push_back(row_of(*e));
  if (auto stored = store(std::move(c), longest); !stored) return stored;
  // A few at a time: an alarm that names a lift must not wait for thirty thousand others.
  for (auto next = lifts.begin(); next != lifts.end();) {
    const std::unique_lock lock{mutex_};
    for (std::size_t n = 0; n < published_at_once && next != lifts.end(); ++n, ++next)
      index_.put(**next);
  }
  return {};
}

domain::result<domain::elevator> lift_registry::put(const domain::elevator& e, const std::string& by,
                                                    domain::instant now) {
  if (const auto problems = domain::check_elevator(e); !problems.empty())
    return tl::unexpected(domain::failure{domain::errc::invalid, problems.front().message, problems.front().field});
  const std::lock_guard one{writing_};
  domain::elevators_imported entry{"api", by, 0, 0, 0, 0};
  {
    const std::shared_lock lock{mutex_};
    if (const auto clash = index_.clash(e))
      return tl::unexpected(domain::failure{domain::errc::conflict, clash->message, clash->field});
    const auto* known = index_.find_rescue_code(e.rescue_code);
    if (known != nullptr && *known == e) return e;
    ++(known == nullptr ? entry.added : entry.changed);
  }
  storage::change c;
  c.events.push_back({0, now, {}, std::move(entry)});
  if (auto stored = store_and_publish(std::move(c), {&e}, operation_timeout); !stored)
    return tl::unexpected(stored.error());
  return e;
}

domain::result<import_report> lift_registry::import(const std::string& csv, const import_options& options,
                                                    domain::instant now) {
  const auto list = domain::read_elevator_csv(csv);
  if (!list) return tl::unexpected(domain::failure{domain::errc::invalid, list.error(), "csv"});
  const std::lock_guard one{writing_};
  domain::elevator_plan plan;
  {
    const std::shared_lock lock{mutex_};
    plan = domain::plan_import(*list, index_);
  }
  auto report = report_of(*list, plan);
  tell_gaps(report, *list, *book());
  if (options.dry_run || (plan.bad_rows > 0 && !options.skip_bad_rows)) return report;
  std::vector<const domain::elevator*> lifts;
  for (const auto& e : plan.added)
    lifts.push_back(&e);
  for (const auto& e : plan.changed)
    lifts.push_back(&e);
  storage::change c;
  c.events.push_back({0,
                      now,
                      {},
                      domain::elevators_imported{options.source, options.by, report.added, report.changed,
                                                 report.unchanged, report.bad_rows}});
  if (auto stored = store_and_publish(std::move(c), lifts, longest_import); !stored)
    return tl::unexpected(stored.error());
  report.applied = true;
  return report;
}

void lift_registry::publish(std::vector<domain::rescue_party> parties) {
  const std::unique_lock lock{mutex_};
  book_ = std::make_shared<const domain::rescue_book>(std::move(parties), utc_offset_);
}

domain::result<domain::rescue_party> lift_registry::put_party(const domain::rescue_party& p, const std::string& by,
                                                              domain::instant now) {
  if (const auto problems = domain::check_party(p); !problems.empty())
    return tl::unexpected(domain::failure{domain::errc::invalid, problems.front().message, problems.front().field});
  const std::lock_guard one{writing_};
  auto parties = book()->all();
  const auto known = std::find_if(parties.begin(), parties.end(), [&](const auto& x) { return x.id == p.id; });
  if (known != parties.end() && *known == p) return p;
  if (known == parties.end())
    parties.push_back(p);
  else
    *known = p;
  storage::change c;
  c.events.push_back({0, now, {}, domain::party_changed{p.id, p.name, false, by}});
  c.state.push_back({storage::table::parties, p.id, encode_party(p)});
  if (auto stored = store(std::move(c), operation_timeout); !stored) return tl::unexpected(stored.error());
  publish(std::move(parties));
  return p;
}

domain::result<import_report> lift_registry::import_parties(const std::string& csv, const import_options& options,
                                                            domain::instant now) {
  const std::lock_guard one{writing_};
  auto parties = book()->all();
  const auto list = domain::read_party_csv(csv, parties);
  if (!list) return tl::unexpected(domain::failure{domain::errc::invalid, list.error(), "csv"});
  const auto plan = domain::plan_party_import(*list, parties);
  auto report = report_of(*list, plan);
  if (options.dry_run || report.bad_rows > 0) return report;
  storage::change c;
  for (const auto* part : {&plan.added, &plan.changed}) {
    for (const auto& p : *part) {
      c.events.push_back({0, now, {}, domain::party_changed{p.id, p.name, false, options.by}});
      c.state.push_back({storage::table::parties, p.id, encode_party(p)});
      std::erase_if(parties, [&](const auto& old) { return old.id == p.id; });
      parties.push_back(p);
    }
  }
  if (!c.events.empty()) {
    if (auto stored = store(std::move(c), longest_import); !stored) return tl::unexpected(stored.error());
    publish(std::move(parties));
  }
  report.applied = true;
  return report;
}

domain::result<void> lift_registry::remove_party(const std::string& id, const std::string& by, domain::instant now) {
  const std::lock_guard one{writing_};
  auto parties = book()->all();
  const auto known = std::find_if(parties.begin(), parties.end(), [&](const auto& x) { return x.id == id; });
  if (known == parties.end())
    return tl::unexpected(domain::failure{domain::errc::not_found, "no party \"" + id + "\"", "id"});
  storage::change c;
  c.events.push_back({0, now, {}, domain::party_changed{id, known->name, true, by}});
  c.state.push_back({storage::table::parties, id, std::nullopt});
  if (auto stored = store(std::move(c), operation_timeout); !stored) return stored;
  parties.erase(known);
  publish(std::move(parties));
  return {};
}

} // namespace lifeline::actors
