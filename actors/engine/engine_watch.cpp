#include "actors/engine/engine_watch.hpp"

#include <algorithm>

namespace lifeline::actors {

namespace {

using namespace std::chrono_literals;

constexpr auto look_interval = 200ms;

sip::shedding on_the_wire(domain::shed_level level) {
  switch (level) {
  case domain::shed_level::none: return sip::shedding::none;
  case domain::shed_level::all_but_emergency: return sip::shedding::all_but_emergency;
  case domain::shed_level::all: break;
  }
  return sip::shedding::all;
}

domain::clock_look look_at_both() {
  domain::clock_look look;
  look.before = std::chrono::steady_clock::now();
  look.wall = std::chrono::time_point_cast<domain::span>(std::chrono::system_clock::now());
  look.after = std::chrono::steady_clock::now();
  return look;
}

} // namespace

engine_watch::engine_watch(surroundings_ptr around, duties d)
    : around_(std::move(around)), duties_(std::move(d)), delay_(std::make_unique<queue_delay>(*around_->system)),
      clock_({around_->clock.monotonic, around_->clock.utc, around_->clock.monotonic}) {
  if (!duties_.clocks) duties_.clocks = look_at_both;
  watches_.assign(duties_.threads.size(), domain::hang_watch{duties_.hang_limit});
  told_.assign(duties_.threads.size(), false);
  thread_ = std::thread([this] { run(); });
}

void engine_watch::stop() {
  {
    const std::lock_guard lock{mutex_};
    ending_ = true;
  }
  wake_.notify_all();
  if (thread_.joinable()) thread_.join();
  delay_.reset();
}

void engine_watch::run() {
  std::unique_lock lock{mutex_};
  while (!wake_.wait_for(lock, look_interval, [this] { return ending_; })) {
    lock.unlock();
    look_at_load();
    look_at_threads();
    look_at_drain();
    look_at_memory();
    look_at_clock();
    lock.lock();
  }
}

void engine_watch::look_at_load() {
  domain::engine_load load;
  load.calls = around_->who.call_count();
  load.mailbox = static_cast<std::size_t>(std::max(around_->dispatcher_mailbox.load(), around_->calls_mailbox.load()));
  const auto now = queue_delay::clock::now();
  delay_->probe(now);
  around_->actor_lag = delay_->worst(now);
  load.lag =
      std::max(std::chrono::duration_cast<domain::span>(around_->sip->statistics().lag), around_->actor_lag.load());
  const auto before = around_->shedding.load();
  const auto level = domain::decide_shedding(load, around_->plan().limits, before);
  if (level == before) return;
  around_->shedding = level;
  around_->sip->shed(on_the_wire(level));
}

void engine_watch::look_at_threads() {
  const auto now = around_->now_steady();
  for (std::size_t i = 0; i < watches_.size(); ++i) {
    if (!watches_[i].hung(duties_.threads[i].heartbeat(), now) || told_[i]) continue;
    told_[i] = true;
    if (duties_.on_hung) duties_.on_hung(duties_.threads[i].name);
  }
}

void engine_watch::look_at_clock() {
  const auto found = clock_.look(duties_.clocks());
  if (!found) return;
  domain::set_clock_correction(found->correction);
  if (found->step != domain::span{0} && duties_.on_clock_set) duties_.on_clock_set(found->step);
}

void engine_watch::look_at_drain() {
  if (drained_ || !around_->draining || around_->who.call_count() > 0) return;
  drained_ = true;
  if (duties_.on_drained) duties_.on_drained();
}

void engine_watch::look_at_memory() {
  const auto now = heap_relief::clock::now();
  if (relief_.is_due(now) && relief_.wants(kept_by_allocator(), now)) give_back_memory();
}

} // namespace lifeline::actors
