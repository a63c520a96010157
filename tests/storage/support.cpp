#include "support.hpp"

#include "storage/event_codec.hpp"

#include <csignal>
#include <cstdlib>
#include <fcntl.h>
#include <fstream>
#include <future>
#include <spawn.h>
#include <sstream>
#include <stdexcept>
#include <sys/wait.h>
#include <thread>
#include <unistd.h>

extern char** environ;

namespace lifeline::storage::test {

namespace fs = std::filesystem;

temp_directory::temp_directory() {
  auto name = (fs::temp_directory_path() / "lifeline-storage-XXXXXX").string();
  if (::mkdtemp(name.data()) == nullptr) throw std::runtime_error("mkdtemp failed");
  path_ = name;
}

temp_directory::~temp_directory() {
  std::error_code ignored;
  fs::remove_all(path_, ignored);
}

void write_file(const std::string& path, const std::string& bytes) {
  std::ofstream(path, std::ios::binary | std::ios::trunc) << bytes;
}

std::string read_file(const std::string& path) {
  std::ostringstream out;
  out << std::ifstream(path, std::ios::binary).rdbuf();
  return out.str();
}

std::map<std::string, std::string> contents(const std::string& directory) {
  std::map<std::string, std::string> all;
  if (!fs::is_directory(directory)) return all;
  for (const auto& entry : fs::recursive_directory_iterator(directory))
    all[entry.path().string()] = entry.is_regular_file() ? read_file(entry.path().string()) : "";
  return all;
}

domain::call_id random_call(std::mt19937_64& random) { return {random() | 1, random()}; }

std::vector<domain::event> one_of_each(std::mt19937_64& random) {
  using namespace domain;
  const auto text = [&] {
    std::string s(random() % 20, ' ');
    for (auto& c : s)
      c = static_cast<char>(random() & 0xff);
    return s;
  };
  const auto id = [&]<class Id>(Id) { return Id{random(), random()}; };
  const auto time = [&] { return from_micros(static_cast<std::int64_t>(random() >> 12)); };
  const auto length = [&] { return span{static_cast<std::int64_t>(random() >> 20)}; };
  const auto small = [&] { return static_cast<std::uint32_t>(random()); };
  explanation why;
  why.strategy = static_cast<strategy>(random() % 9);
  for (auto n = random() % 4; n > 0; --n)
    why.considered.push_back({text(), static_cast<double>(random()) / 7});
  for (auto n = random() % 4; n > 0; --n)
    why.excluded.push_back({text(), text()});
  why.considered_count = small();
  why.excluded_count = small();
  why.waiting_ahead = small();
  why.note = text();
  const recording_info recording{text(), text(), random(), length(), random() % 2 == 0};
  call_record record;
  record.call = id(call_id{});
  for (auto* s : {&record.hotline, &record.queue, &record.caller, &record.called, &record.trunk, &record.agent,
                  &record.external, &record.caller_received})
    *s = text();
  for (auto* t : {&record.arrived, &record.queued, &record.answered, &record.ended, &record.first_queued})
    *t = time();
  for (auto* s : {&record.waited, &record.talk, &record.hold})
    *s = length();
  record.outcome = static_cast<call_outcome>(1 + random() % 5);
  record.cause = static_cast<end_cause>(1 + random() % 13);
  record.offers = small();
  record.recording = recording;
  record.stays = {{text(), length()}, {text(), length()}};
  const auto outcome = static_cast<queue_outcome>(1 + random() % 4);
  const auto ended = static_cast<reservation_outcome>(1 + random() % 11);
  const auto state = [&] { return static_cast<agent_state>(random() % agent_state_count); };
  const bool yes = random() % 2 == 0;
  const auto number = static_cast<std::int32_t>(random());

  alarm_report report;
  report.channel = report_channel::iot;
  report.kind = report_kind::recovered;
  for (auto* s : {&report.source, &report.message_id, &report.lift, &report.lift_key, &report.place,
                  &report.caller_name, &report.caller_phone, &report.description, &report.code, &report.raw})
    *s = text();
  report.occurred = time();
  report.received = time();
  report.call = id(call_id{});
  report.trapped = small();
  report.injured = small();
  report.children = report.fire = report.bypass = yes;
  report.doubts = {text(), text()};

  std::vector<event_body> bodies = {
      engine_started{text(), text()},
      engine_stopped{text()},
      call_arrived{text(), text(), text(), text(), id(leg_id{}), text()},
      call_blocked{text(), text(), number},
      queue_entered{text(), number, small(), length(), yes},
      queue_left{text(), outcome, length()},
      agent_reserved{id(reservation_id{}), text(), text(), random(), time(), why},
      agent_ringing{id(reservation_id{}), text(), id(leg_id{})},
      reservation_ended{id(reservation_id{}), text(), text(), ended, length(), number},
      call_connected{id(reservation_id{}), text(), text(), text(), length(), length()},
      call_held{yes},
      call_resumed{yes, length()},
      call_overflowed{text(), text(), text(), text()},
      call_ended{record},
      recording_started{text()},
      recording_sealed{recording},
      recording_failed{text(), text()},
      agent_changed{text(), state(), state(), text(), length()},
      registration_changed{text(), small()},
      dispatcher_started{random()},
      actor_restarted{text(), text()},
      call_escalated{text(), small(), text()},
      hotline_rerouted{text(), yes, text()},
      trunk_changed{text(), yes, !yes, text()},
      source_banned{text(), time(), text()},
      configuration_reloaded{small(), text()},
      engine_draining{text()},
      backup_made{text(), random()},
      events_lost{random(), text()},
      alarm_received{id(order_id{}), report_fate::merged, report},
      order_changed{id(order_id{}), random(), order_step::accepted, order_type::fault, order_status::open,
                    order_status::accepted, text(), text(), 2, text(), text(), text(), step_via::phone_key, text(),
                    time(), length()},
      rescuer_called{id(order_id{}), id(attempt_id{}), 1, text(), text(), text(), attempt_channel::webhook,
                     attempt_purpose::urge, yes, attempt_outcome::delivered, length(), text(), text(), time()},
      rescuer_dialled{id(order_id{}), id(attempt_id{})},
      alert_rung{id(order_id{}), id(attempt_id{}), alert_stage::backup, text(), yes, attempt_outcome::heard, length(),
                 text(), text()},
      elevators_imported{text(), text(), random(), random(), random(), random()},
      party_changed{text(), text(), yes, text()},
      recording_fetched{text(), text(), text()},
      rescuer_link_made{id(order_id{}), text(), text(), text(), time()},
      device_silence{text(), yes, time()},
      mass_event_changed{small(), text(), yes, small()},
      log_salvaged{random(), random(), random(), text(), text()},
      clock_stepped{length()},
      outbound_resumed{text(), text()},
      call_cut{text(), text(), text(), yes, text(), id(order_id{})},
      call_rung_back{text(), text(), text()},
  };
  std::vector<event> events;
  for (auto& b : bodies)
    events.push_back({0, time(), random() % 4 == 0 ? call_id{} : random_call(random), std::move(b)});
  return events;
}

domain::event simple_event(std::uint64_t mark, domain::call_id call) {
  return {0, domain::from_micros(1'700'000'000'000'000), call, domain::dispatcher_started{mark}};
}

std::uint64_t mark_of(const domain::event& e) { return std::get<domain::dispatcher_started>(e.body).epoch; }

void recorder::on_commit(const std::vector<domain::event>& events, bool stored) {
  const std::lock_guard lock(mutex_);
  for (const auto& e : events)
    seen_.push_back({e.seq, stored, encode_event(e)});
}

std::vector<recorder::seen> recorder::all() const {
  const std::lock_guard lock(mutex_);
  return seen_;
}

std::size_t recorder::count() const {
  const std::lock_guard lock(mutex_);
  return seen_.size();
}

std::vector<std::pair<std::string, std::string>> rows_of(const journal& j, table t, std::string_view first,
                                                         std::string_view last, bool reverse) {
  std::vector<std::pair<std::string, std::string>> rows;
  const auto r = j.scan(t, first, last, reverse, [&](auto key, auto value) {
    rows.emplace_back(key, value);
    return true;
  });
  if (!r) throw std::runtime_error(r.error().message);
  return rows;
}

std::vector<std::uint64_t> log_numbers(const journal& j) {
  std::vector<std::uint64_t> numbers;
  const auto r = j.read_log(0, [&](const domain::event& e) {
    numbers.push_back(e.seq);
    return true;
  });
  if (!r) throw std::runtime_error(r.error().message);
  return numbers;
}

std::vector<std::uint64_t> gapless(std::uint64_t n) {
  std::vector<std::uint64_t> numbers;
  for (std::uint64_t i = 1; i <= n; ++i)
    numbers.push_back(i);
  return numbers;
}

commit_result append_and_wait(journal& j, change c, durability d) {
  auto answer = std::make_shared<std::promise<commit_result>>();
  auto future = answer->get_future();
  j.append(std::move(c), d, [answer](const commit_result& r) { answer->set_value(r); });
  if (future.wait_for(std::chrono::seconds(10)) != std::future_status::ready)
    throw std::runtime_error("the change was not answered within 10 s");
  return future.get();
}

bool eventually(const std::function<bool()>& condition) {
  const auto end = std::chrono::steady_clock::now() + std::chrono::seconds(10);
  while (!condition()) {
    if (std::chrono::steady_clock::now() > end) return false;
    std::this_thread::sleep_for(std::chrono::milliseconds(1));
  }
  return true;
}

peer::peer(const std::string& mode, const std::string& directory) {
  int in[2];
  int out[2];
  if (::pipe2(in, O_CLOEXEC) != 0 || ::pipe2(out, O_CLOEXEC) != 0) throw std::runtime_error("pipe2 failed");
  posix_spawn_file_actions_t actions;
  posix_spawn_file_actions_init(&actions);
  posix_spawn_file_actions_adddup2(&actions, in[0], STDIN_FILENO);
  posix_spawn_file_actions_adddup2(&actions, out[1], STDOUT_FILENO);
  std::string program = STORAGE_PEER;
  std::string first = mode;
  std::string second = directory;
  char* const arguments[] = {program.data(), first.data(), second.data(), nullptr};
  const int error = ::posix_spawn(&pid_, program.c_str(), &actions, nullptr, arguments, environ);
  posix_spawn_file_actions_destroy(&actions);
  ::close(in[0]);
  ::close(out[1]);
  input_ = in[1];
  output_ = out[0];
  if (error != 0) throw std::runtime_error("the peer cannot be started");
}

peer::~peer() {
  close_input();
  if (pid_ > 0) {
    kill_hard();
    wait();
  }
  ::close(output_);
}

std::optional<std::string> peer::line() {
  for (;;) {
    if (const auto end = buffer_.find('\n'); end != std::string::npos) {
      auto text = buffer_.substr(0, end);
      buffer_.erase(0, end + 1);
      return text;
    }
    char chunk[4096];
    const auto size = ::read(output_, chunk, sizeof chunk);
    if (size <= 0) return std::nullopt;
    buffer_.append(chunk, static_cast<std::size_t>(size));
  }
}

void peer::kill_hard() { ::kill(pid_, SIGKILL); }

void peer::close_input() {
  if (input_ >= 0) ::close(std::exchange(input_, -1));
}

int peer::wait() {
  int status = 0;
  ::waitpid(pid_, &status, 0);
  pid_ = -1;
  return status;
}

} // namespace lifeline::storage::test
