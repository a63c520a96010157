#include "support.hpp"

#include "storage/event_codec.hpp"
#include "tests/support/every_entry.hpp"

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

namespace lifeline::storage::testing {

namespace fs = std::filesystem;

namespace {

/// Anything that a type can hold.
class random_values {
public:
  explicit random_values(std::mt19937_64& random) : random_(&random) {}

  std::size_t size() { return (*random_)() % 4; }
  void value(const domain::field&, std::string& x) {
    x.resize((*random_)() % 20);
    for (auto& c : x)
      c = static_cast<char>((*random_)() & 0xff);
  }
  void value(const domain::field&, bool& x) { x = (*random_)() % 2 == 0; }
  void value(const domain::field&, double& x) { x = static_cast<double>((*random_)()) / 7; }
  void value(const domain::field&, domain::instant& x) {
    x = domain::from_micros(static_cast<std::int64_t>((*random_)() >> 12));
  }
  void value(const domain::field&, domain::span& x) { x = domain::span{static_cast<std::int64_t>((*random_)() >> 20)}; }
  template <class Tag> void value(const domain::field&, domain::basic_id<Tag>& x) { x = {(*random_)(), (*random_)()}; }
  template <class T> void value(const domain::field&, T& x) {
    if constexpr (std::is_enum_v<T>) {
      do
        x = static_cast<T>((*random_)() % 64);
      while (to_string(x) == "unknown");
    } else {
      x = static_cast<T>((*random_)());
    }
  }

private:
  std::mt19937_64* random_;
};

template <class Body> domain::event random_entry(std::mt19937_64& random) {
  Body body;
  lifeline::testing::filler fill{random_values{random}};
  domain::describe(fill, body);
  const auto at = domain::from_micros(static_cast<std::int64_t>(random() >> 12));
  return {0, at, random() % 4 == 0 ? domain::call_id{} : random_call(random), std::move(body)};
}

} // namespace

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
  return []<std::size_t... I>(std::mt19937_64 & r, std::index_sequence<I...>) {
    return std::vector<domain::event>{random_entry<std::variant_alternative_t<I, domain::event_body>>(r)...};
  }
  (random, std::make_index_sequence<std::variant_size_v<domain::event_body>>{});
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

} // namespace lifeline::storage::testing
