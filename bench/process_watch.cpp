#include "bench/process_watch.hpp"

#include <algorithm>
#include <charconv>
#include <cstdio>
#include <filesystem>
#include <fstream>
#include <iterator>
#include <sstream>

#include <unistd.h>

namespace lifeline::bench {

namespace {

std::string text_of(const std::string& file) {
  std::ifstream in(file);
  std::ostringstream text;
  text << in.rdbuf();
  return text.str();
}

} // namespace

std::optional<double> cpu_ticks_in(std::string_view stat) {
  const auto name_ends = stat.rfind(") "); // a name may hold anything
  if (name_ends == std::string_view::npos) return std::nullopt;
  const std::string rest{stat.substr(name_ends + 2)};
  unsigned long long user = 0;
  unsigned long long kernel = 0;
  // state ppid pgrp session tty tpgid flags minflt cminflt majflt cmajflt utime stime
  if (std::sscanf(rest.c_str(), "%*c %*d %*d %*d %*d %*d %*u %*u %*u %*u %*u %llu %llu", &user, &kernel) != 2)
    return std::nullopt;
  return static_cast<double>(user + kernel);
}

std::optional<double> resident_kb_in(std::string_view status) {
  constexpr std::string_view name = "VmRSS:";
  const auto at = status.starts_with(name) ? 0 : status.find("\nVmRSS:");
  if (at == std::string_view::npos) return std::nullopt;
  auto rest = status.substr(status.find(':', at) + 1);
  rest.remove_prefix(std::min(rest.size(), rest.find_first_not_of(" \t")));
  double kb = 0;
  if (std::from_chars(rest.data(), rest.data() + rest.size(), kb).ec != std::errc{}) return std::nullopt;
  return kb;
}

std::optional<process_sample> sample_process(int pid) {
  const auto base = "/proc/" + std::to_string(pid);
  const auto ticks = cpu_ticks_in(text_of(base + "/stat"));
  const auto kb = resident_kb_in(text_of(base + "/status")); // a zombie has none
  if (!ticks || !kb) return std::nullopt;
  process_sample s;
  s.cpu_ms = *ticks * 1000 / static_cast<double>(::sysconf(_SC_CLK_TCK));
  s.resident_kb = *kb;
  std::error_code gone;
  const std::filesystem::directory_iterator files(base + "/fd", gone);
  if (!gone) s.descriptors = static_cast<double>(std::distance(begin(files), end(files)));
  return s;
}

double cpu_ms_of(int pid) {
  const auto s = sample_process(pid);
  return s ? s->cpu_ms : 0;
}

double resident_kb_of(int pid) {
  const auto s = sample_process(pid);
  return s ? s->resident_kb : 0;
}

process_watch::process_watch(int pid, std::chrono::milliseconds period) : pid_(pid), period_(period) {
  thread_ = std::thread([this] { run(); });
}

process_watch::~process_watch() {
  {
    const std::lock_guard lock(mutex_);
    stopping_ = true;
  }
  stop_.notify_all();
  thread_.join();
}

std::vector<process_sample> process_watch::samples() const {
  const std::lock_guard lock(mutex_);
  return samples_;
}

void process_watch::run() {
  const auto begun = std::chrono::steady_clock::now();
  std::unique_lock lock(mutex_);
  for (auto due = begun; !stopping_; due += period_) {
    stop_.wait_until(lock, due, [&] { return stopping_; });
    if (auto s = sample_process(pid_)) {
      s->at = std::chrono::duration<double>(std::chrono::steady_clock::now() - begun).count();
      samples_.push_back(*s);
    }
  }
}

points cpu_percent(const std::vector<process_sample>& s) {
  points p;
  for (std::size_t i = 1; i < s.size(); ++i)
    if (const auto wall = s[i].at - s[i - 1].at; wall > 0)
      p.emplace_back(s[i].at, (s[i].cpu_ms - s[i - 1].cpu_ms) / wall / 10);
  return p;
}

points resident_mb(const std::vector<process_sample>& s) {
  points p;
  for (const auto& x : s)
    p.emplace_back(x.at, x.resident_kb / 1024);
  return p;
}

points descriptors(const std::vector<process_sample>& s) {
  points p;
  for (const auto& x : s)
    p.emplace_back(x.at, x.descriptors);
  return p;
}

double slope(const points& p) {
  double mean_x = 0;
  double mean_y = 0;
  for (const auto& [x, y] : p) {
    mean_x += x / static_cast<double>(p.size());
    mean_y += y / static_cast<double>(p.size());
  }
  double xx = 0;
  double xy = 0;
  for (const auto& [x, y] : p) {
    xx += (x - mean_x) * (x - mean_x);
    xy += (x - mean_x) * (y - mean_y);
  }
  return xx > 0 ? xy / xx : 0;
}

double largest(const points& p) {
  double most = 0;
  for (const auto& [x, y] : p)
    most = std::max(most, y);
  return most;
}

} // namespace lifeline::bench
