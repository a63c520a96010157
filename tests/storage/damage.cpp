#include "damage.hpp"

#include <algorithm>

namespace lifeline::storage::testing {

namespace fs = std::filesystem;

void take_image(const std::string& journal, const std::string& image) {
  fs::remove_all(image);
  fs::create_directories(image);
  for (const auto& entry : fs::directory_iterator(journal))
    if (entry.is_regular_file()) fs::copy_file(entry.path(), fs::path(image) / entry.path().filename());
}

std::vector<std::string> wals_of(const std::string& journal) {
  std::vector<std::string> all;
  for (const auto& entry : fs::directory_iterator(journal))
    if (entry.path().extension() == ".log") all.push_back(entry.path().string());
  std::sort(all.begin(), all.end());
  return all;
}

void flip_bit(const std::string& path, std::uint64_t bit) {
  auto bytes = read_file(path);
  auto& byte = bytes.at(bit / 8);
  byte = static_cast<char>(static_cast<unsigned char>(byte) ^ (1u << bit % 8));
  write_file(path, bytes);
}

numbered_journal::numbered_journal(const std::string& where, std::chrono::milliseconds lazy_sync) : directory(where) {
  settings s;
  s.directory = where;
  s.linger = std::chrono::milliseconds(0);
  s.lazy_sync = lazy_sync;
  auto j = open_rocksdb_journal(s);
  if (!j) throw std::runtime_error(j.error().message);
  open = std::move(*j);
}

void numbered_journal::add(std::uint64_t count, durability d) {
  for (std::uint64_t i = 0; i < count; ++i) {
    const auto n = ++added;
    const auto r =
        append_and_wait(*open, {{simple_event(n)}, {{table::agents, "agent " + std::to_string(n), value_of(n)}}}, d);
    if (!r.ok || r.first_seq != n) throw std::runtime_error("not stored: " + r.error.message);
  }
}

std::string value_of(std::uint64_t n) {
  std::string text = std::to_string(n);
  if (n % 10 == 5) text.append(40'000 + n * 13, static_cast<char>('a' + n % 26));
  return text;
}

std::string wrong_content(const journal& j, std::uint64_t last,
                          const std::vector<std::pair<std::uint64_t, std::uint64_t>>& lost) {
  const auto is_lost = [&](std::uint64_t n) {
    return std::any_of(lost.begin(), lost.end(), [&](const auto& r) { return r.first <= n && n <= r.second; });
  };
  std::uint64_t next = 1;
  std::string wrong;
  const auto read = j.read_log(0, [&](const domain::event& e) {
    if (e.seq != next) wrong = "entry " + std::to_string(e.seq) + " follows " + std::to_string(next - 1);
    if (e.seq <= last && !is_lost(e.seq) && mark_of(e) != e.seq) wrong = "another entry " + std::to_string(e.seq);
    if (is_lost(e.seq) && !std::holds_alternative<domain::events_lost>(e.body))
      wrong = "entry " + std::to_string(e.seq) + " is said to be lost";
    ++next;
    return wrong.empty();
  });
  if (!read) return read.error().message;
  if (!wrong.empty()) return wrong;
  if (next <= last) return "the log ends with entry " + std::to_string(next - 1);
  for (std::uint64_t n = 1; n <= last; ++n) {
    const auto row = j.get(table::agents, "agent " + std::to_string(n));
    if (!row) return row.error().message;
    if (!is_lost(n) && *row != value_of(n)) return "the row of change " + std::to_string(n) + " is not as it was";
  }
  return {};
}

} // namespace lifeline::storage::testing
