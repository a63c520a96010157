#include "storage/memory_journal.hpp"

#include "storage/event_codec.hpp"

#include <algorithm>

namespace lifeline::storage {

memory_journal::memory_journal() {
  tables_[index_of(table::meta)].emplace(meta_schema_version, encode_u64(schema_version));
  tables_[index_of(table::meta)].emplace(meta_last_sequence, encode_u64(0));
}

void memory_journal::fail_next(std::size_t n, failure error) {
  const std::lock_guard lock(mutex_);
  failures_left_ = n;
  failure_ = std::move(error);
}

void memory_journal::set_stalled(bool stalled) {
  const std::lock_guard lock(mutex_);
  stalled_ = stalled;
  health_.writable = !stalled;
  if (stalled) health_.last_error = "stalled";
  work();
}

std::size_t memory_journal::lose_queued() {
  const std::lock_guard lock(mutex_);
  const auto lost = queue_.size();
  queue_.clear();
  promised_ = last_;
  failures_left_ = 0;
  stalled_ = false;
  health_.writable = true;
  return lost;
}

void memory_journal::append(change c, durability d, completion done) {
  auto p = prepare(std::move(c), d, std::move(done));
  const std::lock_guard lock(mutex_);
  queue_.push_back(std::move(p));
  work();
}

bool memory_journal::barrier(std::chrono::milliseconds) {
  const std::lock_guard lock(mutex_);
  work();
  return queue_.empty();
}

// A completion may append: that change waits its turn in the queue, so that observers see the order of the numbers.
void memory_journal::work() {
  if (working_ || stalled_) return;
  working_ = true;
  while (!queue_.empty() && !stalled_) {
    if (failures_left_ > 0) {
      --failures_left_;
      ++health_.failures;
      health_.writable = false;
      health_.last_error = failure_.message;
      auto waiting = std::move(queue_);
      queue_.clear();
      for (auto& p : waiting)
        fail(p);
      break;
    }
    auto p = std::move(queue_.front());
    queue_.pop_front();
    write(p);
  }
  working_ = false;
}

void memory_journal::write(prepared_change& p) {
  last_ = give_numbers(p, last_ + 1) - 1;
  promised_ = std::max(promised_, last_);
  for_each_row(
      p,
      [&](table t, const std::string& key, std::string_view value) {
        tables_.at(index_of(t)).insert_or_assign(key, std::string(value));
      },
      [&](table t, const std::string& key) { tables_.at(index_of(t)).erase(key); });
  tables_[index_of(table::meta)].insert_or_assign(std::string(meta_last_sequence), encode_u64(last_));
  ++health_.commits;
  health_.writable = true;
  if (p.done) p.done(written(p));
  if (!p.shown) show(p.what.events, true);
}

void memory_journal::fail(prepared_change& p) {
  if (p.how == durability::durable) {
    if (p.done) p.done({false, 0, {failure_.code, "not stored: " + failure_.message}});
    return;
  }
  if (!p.shown) {
    promised_ = give_numbers(p, promised_ + 1) - 1;
    show(p.what.events, false);
    p.shown = true;
  }
  queue_.push_back(std::move(p));
}

void memory_journal::show(const std::vector<domain::event>& events, bool stored) {
  if (events.empty()) return;
  for (auto* o : observers_)
    o->on_commit(events, stored);
}

tl::expected<std::optional<std::string>, failure> memory_journal::get(table t, std::string_view key) const {
  const std::lock_guard lock(mutex_);
  const auto it = rows_of(t).find(key);
  if (it == rows_of(t).end()) return std::nullopt;
  return it->second;
}

tl::expected<void, failure> memory_journal::scan(table t, std::string_view first, std::string_view last, bool reverse,
                                                 const row_visitor& visit) const {
  const std::lock_guard lock(mutex_);
  // A copy, for the visitor may append.
  const auto& all = rows_of(t);
  const auto begin = all.lower_bound(first);
  const auto end = last.empty() ? all.end() : all.lower_bound(last);
  std::vector<std::pair<std::string, std::string>> found;
  if (last.empty() || first < last) found.assign(begin, end);
  if (reverse) std::reverse(found.begin(), found.end());
  for (const auto& [key, value] : found)
    if (!visit(key, value)) break;
  return {};
}

tl::expected<void, failure> memory_journal::read_log(std::uint64_t from_seq, const event_visitor& visit) const {
  tl::expected<void, failure> result;
  const auto rows = scan(table::log, sequence_key{from_seq}.encode(), {}, false, [&](auto key, auto value) {
    auto e = decode_event(sequence_key::decode(key).value().seq, value);
    if (!e) result = tl::unexpected(e.error());
    return e && visit(*e);
  });
  return rows ? result : rows;
}

std::uint64_t memory_journal::last_sequence() const {
  const std::lock_guard lock(mutex_);
  return last_;
}

journal_health memory_journal::health() const {
  const std::lock_guard lock(mutex_);
  auto h = health_;
  h.queued = queue_.size();
  return h;
}

void memory_journal::add_observer(commit_observer* observer) {
  const std::lock_guard lock(mutex_);
  observers_.push_back(observer);
}

void memory_journal::remove_observer(commit_observer* observer) {
  const std::lock_guard lock(mutex_);
  std::erase(observers_, observer);
}

std::unique_ptr<journal> make_memory_journal() { return std::make_unique<memory_journal>(); }

} // namespace lifeline::storage
