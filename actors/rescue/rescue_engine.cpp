#include "actors/rescue/rescue_engine.hpp"
#include "actors/protocol/failures.hpp"
#include "actors/rescue/rescue_codec.hpp"

#include "domain/rescue/hotline_desk.hpp"
#include "storage/event_codec.hpp"
#include "storage/tables.hpp"

#include <algorithm>
#include <thread>

namespace lifeline::actors {

namespace {

using namespace std::chrono_literals;

constexpr std::size_t longest_name = 128;  // bytes, of what identifies a report
constexpr std::size_t longest_line = 1000; // bytes, of names, places and numbers
constexpr std::size_t longest_text = 4096; // bytes, of what is told in words
constexpr std::uint32_t most_persons = 1000;
constexpr domain::span allowed_skew = 1min;
constexpr int most_tries = 4;
constexpr auto pause_between_tries = 20ms;

/// At a character's end, for a reader must be able to read the rest.
void cut(std::string& text, std::size_t longest, const char* field, domain::alarm_report& r) {
  if (text.size() <= longest) return;
  auto end = longest;
  while (end > 0 && (static_cast<unsigned char>(text[end]) & 0xC0) == 0x80)
    --end;
  text.resize(end);
  r.doubts.push_back(std::string{field} + ": cut, it was too long");
}

/// Whoever hears of somebody trapped may say so. What changes an alarm that is there is for its own hotline's agents.
std::string refuse_stranger(const domain::plan& plan, const domain::alarm_report& r) {
  using domain::report_kind;
  const bool told_anew = r.kind == report_kind::entrapment || r.kind == report_kind::fault ||
                         r.kind == report_kind::complaint || r.kind == report_kind::enquiry;
  if (told_anew || r.channel != domain::report_channel::phone) return {};
  const auto& hotline = plan.rescue.hotline;
  if (domain::desk_of(plan, hotline, r.source) != domain::desk::another) return {};
  return r.source + " is no agent of " + hotline + ": only agents of that hotline say that an alarm is over or a test";
}

void doubt_number(std::uint32_t& n, const char* field, domain::alarm_report& r) {
  if (n <= most_persons) return;
  r.doubts.push_back(std::string{field} + ": " + std::to_string(n) + " is not believed");
  n = 0;
}

} // namespace

domain::result<void> clean_report(domain::alarm_report& r, domain::instant now) {
  const auto refuse = [](const char* field, const char* message) -> domain::result<void> {
    return tl::unexpected(domain::failure{domain::errc::invalid, message, field});
  };
  if (r.source.empty() || r.source.size() > longest_name || r.source.find('\0') != std::string::npos)
    return refuse("source", "a text of 1 to 128 bytes is expected");
  if (r.message_id.empty() || r.message_id.size() > longest_name)
    return refuse("message_id", "a text of 1 to 128 bytes is expected");
  if (r.received == domain::never) r.received = now;
  if (r.occurred > now + allowed_skew) {
    r.doubts.push_back("occurred: " + domain::to_rfc3339(r.occurred) + " lies in the future");
    r.occurred = domain::never;
  }
  cut(r.lift_key, longest_name, "lift", r);
  cut(r.lift, longest_name, "lift", r);
  cut(r.place, longest_line, "place", r);
  cut(r.caller_name, longest_line, "caller_name", r);
  cut(r.caller_phone, longest_name, "caller_phone", r);
  cut(r.code, longest_name, "code", r);
  cut(r.description, longest_text, "description", r);
  cut(r.raw, longest_text, "raw", r);
  doubt_number(r.trapped, "trapped", r);
  doubt_number(r.injured, "injured", r);
  return {};
}

void in_one_form(std::string& phone, const domain::numbering& numbers) {
  if (auto normal = domain::normal_number(phone, numbers); !normal.empty()) phone = std::move(normal);
}

rescue_engine::rescue_engine(caf::actor_system& system, rescue_surroundings_ptr around)
    : system_(system), around_(std::move(around)), last_(around_->journal->last_sequence()) {
  around_->journal->add_observer(this);
}

rescue_engine::~rescue_engine() {
  stop();
  around_->journal->remove_observer(this);
}

void rescue_engine::stop() {
  const std::lock_guard lock{mutex_};
  stopped_ = true;
  committed_.notify_all();
}

void rescue_engine::on_commit(const std::vector<domain::event>& events, bool stored) {
  if (!stored || events.empty()) return;
  const std::lock_guard lock{mutex_};
  last_ = std::max(last_, events.back().seq);
  committed_.notify_all();
}

void rescue_engine::wait_for_events(std::uint64_t after, std::chrono::milliseconds longest) {
  std::unique_lock lock{mutex_};
  committed_.wait_for(lock, longest, [&] { return stopped_ || last_ > after; });
}

template <class Answer, class Question> domain::result<Answer> rescue_engine::ask(Question question) const {
  const caf::scoped_actor self{system_};
  domain::result<Answer> result = tl::unexpected(domain::failure{});
  bool gone = true; // it has just crashed: the next one is there within milliseconds, and has not seen the question
  for (int tries = 0; gone && tries < most_tries; ++tries) {
    if (tries > 0) std::this_thread::sleep_for(pause_between_tries);
    const auto whom = around_->who_rescues.alarms.get();
    if (!whom)
      return tl::unexpected(domain::failure{domain::errc::unavailable, "the alarms' supervisor is not running", {}});
    gone = false;
    self->request(whom, operation_timeout, question)
        .receive([&](Answer& a) { result = std::move(a); },
                 [&](caf::error& e) {
                   gone = e == caf::sec::request_receiver_down;
                   result = tl::unexpected(domain::failure{
                       domain::errc::unavailable, "the alarms' supervisor did not answer: " + system_.render(e), {}});
                 });
  }
  return result;
}

// ---- intake ------------------------------------------------------------------------------------------------------

domain::result<report_receipt> rescue_engine::report(domain::alarm_report r) {
  if (auto why = refuse_stranger(around_->plan(), r); !why.empty())
    return tl::unexpected(domain::failure{domain::errc::forbidden, std::move(why), "kind"});
  in_one_form(r.caller_phone, around_->plan().numbers);
  if (const auto clean = clean_report(r, around_->now_steady()); !clean) return tl::unexpected(clean.error());
  auto answer = ask<report_answer>(take_report{std::move(r)});
  if (!answer) return tl::unexpected(answer.error());
  if (answer->refused) return tl::unexpected(std::move(*answer->refused));
  return std::move(answer->receipt);
}

domain::result<report_receipt> rescue_engine::receipt(const std::string& source, const std::string& message_id) {
  const auto key = storage::report_key{source, message_id}.encode();
  domain::result<report_receipt> receipt;
  if (const auto known = around_->reports.get(key); known && known->stored) {
    receipt = known->receipt;
  } else {
    const auto row = around_->journal->get(storage::table::reports, key);
    if (!row) return tl::unexpected(unreadable(row.error()));
    if (!*row)
      return tl::unexpected(domain::failure{domain::errc::not_found, "no such report is stored", "message_id"});
    auto stored = decode_receipt(**row);
    if (!stored) return tl::unexpected(unreadable(stored.error()));
    receipt = std::move(*stored);
  }
  if (!receipt->order.is_nil())
    if (const auto state = state_of(receipt->order)) receipt->status = state->status;
  return receipt;
}

// ---- orders ------------------------------------------------------------------------------------------------------

order_view rescue_engine::view(domain::order_state s) const {
  order_view v;
  v.next_deadline = domain::next_deadline(s);
  v.live = static_cast<bool>(around_->who_rescues.orders.find(s.id));
  v.state = std::move(s);
  return v;
}

domain::result<order_view> rescue_engine::view_of(order_answer a) const {
  if (a.refused) return tl::unexpected(std::move(*a.refused));
  return view(std::move(a.state));
}

domain::result<domain::order_id> rescue_engine::id_of(const std::string& key) const {
  if (const auto id = domain::parse_id<domain::order_id>(key)) return *id;
  if (const auto order = around_->orders.find_number(key)) return order->id;
  std::optional<domain::order_id> found;
  if (!key.empty() && key.size() <= longest_name && key.find('\0') == std::string::npos) {
    const auto first = storage::order_index_key{storage::order_index_kind::number, key, {}}.prefix();
    const auto scanned = around_->journal->scan(storage::table::order_index, first, first + std::string(17, '\xff'),
                                                false, [&](auto row, auto) {
                                                  if (const auto index = storage::order_index_key::decode(row))
                                                    found = index->order;
                                                  return !found;
                                                });
    if (!scanned) return tl::unexpected(unreadable(scanned.error()));
  }
  if (found) return *found;
  return tl::unexpected(domain::failure{domain::errc::not_found, "no order \"" + key + "\"", {}});
}

domain::result<domain::order_state> rescue_engine::state_of(const domain::order_id& id) const {
  if (const auto live = around_->orders.get(id)) return *live;
  const auto row = around_->journal->get(storage::table::orders, storage::order_key{id}.encode());
  if (!row) return tl::unexpected(unreadable(row.error()));
  if (!*row)
    return tl::unexpected(domain::failure{domain::errc::not_found, "no order \"" + domain::to_string(id) + "\"", {}});
  auto state = decode_order(**row);
  if (!state) return tl::unexpected(unreadable(state.error()));
  return std::move(*state);
}

domain::result<order_view> rescue_engine::act(const std::string& key, domain::order_action action) {
  if (const auto phone = action.fields.find("caller_phone"); phone != action.fields.end())
    in_one_form(phone->second, around_->plan().numbers);
  const auto id = id_of(key);
  if (!id) return tl::unexpected(id.error());
  if (action.verb == domain::order_verb::link_lift && !action.lift) {
    const auto named = action.fields.find("lift");
    if (named == action.fields.end())
      return tl::unexpected(domain::failure{domain::errc::invalid, "one of the lift's codes is needed", "lift"});
    action.lift = around_->lifts.find(named->second);
    if (!action.lift)
      return tl::unexpected(domain::failure{domain::errc::invalid, "there is no lift with this code", "lift"});
  }
  auto answer = ask<order_answer>(order_request{*id, std::move(action)});
  if (!answer) return tl::unexpected(answer.error());
  return view_of(std::move(*answer));
}

domain::result<order_view> rescue_engine::rescuer_says(const std::string& key, const domain::rescuer_report& r) {
  const auto id = id_of(key);
  if (!id) return tl::unexpected(id.error());
  auto answer = ask<order_answer>(rescuer_words{*id, r});
  if (!answer) return tl::unexpected(answer.error());
  return view_of(std::move(*answer));
}

domain::result<order_story> rescue_engine::order(const std::string& key) {
  const auto id = id_of(key);
  if (!id) return tl::unexpected(id.error());
  around_->journal->barrier(operation_timeout); // what is shown includes what has just happened
  auto state = state_of(*id);
  if (!state) return tl::unexpected(state.error());
  order_story story;
  story.order = view(std::move(*state));
  const auto read = around_->journal->read_order(*id, [&](const domain::event& e) {
    story.events.push_back(e);
    return true;
  });
  if (!read) return tl::unexpected(unreadable(read.error()));
  for (const auto& call : story.order.state.calls) {
    const auto row = around_->journal->get(storage::table::records, storage::call_key{call}.encode());
    if (!row) return tl::unexpected(unreadable(row.error()));
    if (!*row) continue; // it has not ended
    auto record = storage::decode_record(**row);
    if (!record) return tl::unexpected(unreadable(record.error()));
    story.calls.push_back(std::move(*record));
  }
  return story;
}

// ---- lifts and parties -------------------------------------------------------------------------------------------

void rescue_engine::registry_has_changed() const {
  if (const auto alarms = around_->who_rescues.alarms.get()) caf::anon_send(alarms, registry_changed{});
}

domain::result<domain::elevator> rescue_engine::elevator(const std::string& key) {
  if (auto found = around_->lifts.find(key)) return std::move(*found);
  return tl::unexpected(domain::failure{domain::errc::not_found, "no lift \"" + key + "\"", {}});
}

domain::result<std::vector<domain::elevator>>
rescue_engine::search_elevators(const std::string& text, const std::string& district, std::size_t limit) {
  return around_->lifts.search(text, district, limit);
}

domain::result<domain::elevator> rescue_engine::put_elevator(const domain::elevator& e, const std::string& by) {
  auto done = around_->lifts.put(e, by, around_->now_steady());
  if (done) registry_has_changed();
  return done;
}

domain::result<import_report> rescue_engine::import_elevators(const std::string& csv, const import_options& options) {
  auto done = around_->lifts.import(csv, options, around_->now_steady());
  if (done && done->applied) registry_has_changed();
  return done;
}

domain::result<std::vector<domain::elevator>> rescue_engine::list_elevators(const elevator_list_order& o) {
  return around_->lifts.list(o);
}

std::uint64_t rescue_engine::elevator_count() { return around_->lifts.size(); }

domain::result<std::vector<domain::rescue_party>> rescue_engine::parties() { return around_->lifts.book()->all(); }

domain::result<domain::rescue_party> rescue_engine::put_party(const domain::rescue_party& p, const std::string& by) {
  auto done = around_->lifts.put_party(p, by, around_->now_steady());
  if (done) registry_has_changed();
  return done;
}

domain::result<import_report> rescue_engine::import_parties(const std::string& csv, const import_options& options) {
  auto done = around_->lifts.import_parties(csv, options, around_->now_steady());
  if (done && done->applied) registry_has_changed();
  return done;
}

domain::result<void> rescue_engine::remove_party(const std::string& id, const std::string& by) {
  auto done = around_->lifts.remove_party(id, by, around_->now_steady());
  if (done) registry_has_changed();
  return done;
}

} // namespace lifeline::actors
