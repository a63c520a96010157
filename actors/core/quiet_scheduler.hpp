#pragma once
// CAF's work sharing with fewer wake-ups; what each of them saves is in docs/decisions/0032.
// - Who brings work wakes a worker only if one sleeps, and after letting go of the queue: else the woken one runs into
//   the lock. A worker that brings work for itself wakes nobody for the first piece: it takes that next.
// - An actor that ends takes its timeouts back. CAF wakes the clock's thread for that, whether the actor ever had one;
//   calls have none, they use the timekeeper.

#include <caf/actor_system.hpp>
#include <caf/detail/thread_safe_actor_clock.hpp>
#include <caf/policy/unprofiled.hpp>
#include <caf/scheduler/coordinator.hpp>

#include <condition_variable>
#include <deque>
#include <mutex>
#include <unordered_set>

namespace lifeline::actors {

/// One queue for all workers.
class shared_queue : public caf::policy::unprofiled {
public:
  struct coordinator_data {
    explicit coordinator_data(caf::scheduler::abstract_coordinator*) {}
    std::mutex lock;
    std::condition_variable work;
    std::deque<caf::resumable*> jobs; ///< guarded by lock, as `idle`
    /// Workers that sleep, less those that were woken: one who wakes of itself counts on, and costs a vain call later.
    std::size_t idle = 0;
  };
  struct worker_data {
    explicit worker_data(caf::scheduler::abstract_coordinator*) {}
  };

  template <class Coordinator> void central_enqueue(Coordinator* self, caf::resumable* job) { put(d(self), job, 0); }
  template <class Worker> void external_enqueue(Worker* self, caf::resumable* job) { put(d(self->parent()), job, 0); }
  template <class Worker> void internal_enqueue(Worker* self, caf::resumable* job) { put(d(self->parent()), job, 1); }
  template <class Worker> void resume_job_later(Worker* self, caf::resumable* job) { put(d(self->parent()), job, 1); }

  template <class Worker> caf::resumable* dequeue(Worker* self) {
    auto& shared = d(self->parent());
    std::unique_lock lock{shared.lock};
    while (shared.jobs.empty()) {
      ++shared.idle;
      shared.work.wait(lock);
    }
    auto* job = shared.jobs.front();
    shared.jobs.pop_front();
    return job;
  }

  template <class Worker, class F> void foreach_resumable(Worker*, F) {}
  template <class Coordinator, class F> void foreach_central_resumable(Coordinator* self, F f) {
    auto& shared = d(self);
    const std::lock_guard lock{shared.lock};
    for (auto* job : shared.jobs)
      f(job);
    shared.jobs.clear();
  }

private:
  /// `own`: so many of the jobs are taken by who brings this one.
  static void put(coordinator_data& shared, caf::resumable* job, std::size_t own) {
    bool wake = false;
    {
      const std::lock_guard lock{shared.lock};
      shared.jobs.push_back(job);
      wake = shared.idle > 0 && shared.jobs.size() > own;
      if (wake) --shared.idle;
    }
    if (wake) shared.work.notify_one();
  }
};

/// The scheduler's own clock; those who never asked it for anything have nothing taken back.
class quiet_clock final : public caf::detail::thread_safe_actor_clock {
public:
  void set_ordinary_timeout(time_point t, caf::abstract_actor* self, caf::atom_value type, std::uint64_t id) override;
  void set_request_timeout(time_point t, caf::abstract_actor* self, caf::message_id id) override;
  void set_multi_timeout(time_point t, caf::abstract_actor* self, caf::atom_value type, std::uint64_t id) override;
  void cancel_timeouts(caf::abstract_actor* self) override;

private:
  void note(caf::abstract_actor* self);

  std::mutex lock_;
  std::unordered_set<caf::abstract_actor*> asked_; ///< and not ended since
};

class quiet_scheduler final : public caf::scheduler::coordinator<shared_queue> {
public:
  using super = caf::scheduler::coordinator<shared_queue>;
  using super::super;

  quiet_clock& clock() noexcept override { return clock_; }

protected:
  void start() override;
  void stop() override;

private:
  quiet_clock clock_;
  std::thread hands_; ///< of the clock
};

/// To be called before the system is made.
void use_quiet_scheduler(caf::actor_system_config& config);

} // namespace lifeline::actors
