#pragma once
// Children for the tests of supervision: each does as it is told, and the plant sees who lives.

#include "actors/supervision/supervisor.hpp"
#include "actors/supervision/supervisor_pool.hpp"
#include "tests/actors/caf_dsl.hpp"

#include <chrono>
#include <map>
#include <stdexcept>
#include <string>
#include <utility>
#include <vector>

namespace lifeline::testing {

struct plant {
  std::vector<std::string> log;             // "+name" at a start, "-name" at an end
  std::map<std::string, int> living;        // instances of a name right now
  std::map<std::string, caf::actor> latest; // the newest instance
  std::map<std::string, int> failing;       // so many starts of that name throw
  bool doubled = false;                     // two instances of one name ever lived at once

  std::vector<std::string> take_log() { return std::exchange(log, {}); }
  void enter(const std::string& name) {
    log.push_back("+" + name);
    doubled = doubled || ++living[name] > 1;
  }
  void leave(const std::string& name) {
    log.push_back("-" + name);
    --living[name];
  }
};

struct worker_state {
  static inline const char* name = "worker";
  plant* in = nullptr;
  std::string called;
  worker_state() = default;
  worker_state(const worker_state&) = delete;
  worker_state& operator=(const worker_state&) = delete;
  ~worker_state() {
    if (in != nullptr) in->leave(called);
  }
};

/// Understands "crash" (throws), "fail" (quits with an error), "end" (quits), "stubborn" (ignores exit messages).
inline caf::behavior worker(caf::stateful_actor<worker_state>* self, plant* in, const std::string& called) {
  self->state.in = in;
  self->state.called = called;
  self->set_exception_handler(
      [](std::exception_ptr&) { return caf::make_error(caf::exit_reason::unhandled_exception); });
  return {[self](const std::string& order) {
    if (order == "crash") throw std::runtime_error("told to crash");
    if (order == "fail") self->quit(caf::sec::runtime_error);
    if (order == "end") self->quit();
    if (order == "stubborn") self->set_exit_handler([](caf::exit_msg&) {});
  }};
}

inline caf::actor make_worker(caf::actor_system& system, plant& in, const std::string& called) {
  if (in.failing[called] > 0) {
    --in.failing[called];
    throw std::runtime_error("no room for " + called);
  }
  in.enter(called);
  return in.latest[called] = system.spawn(worker, &in, called);
}

inline actors::child_spec child(plant& in, const std::string& called,
                                domain::restart_type restart = domain::restart_type::permanent) {
  actors::child_spec spec;
  spec.name = called;
  spec.restart = restart;
  spec.start = [&in, called](caf::event_based_actor* parent) { return make_worker(parent->system(), in, called); };
  return spec;
}

/// A supervisor as a child of another one.
inline actors::child_spec nested(const actors::supervisor_spec& inner) {
  actors::child_spec spec;
  spec.name = inner.name;
  spec.start = [inner](caf::event_based_actor* parent) { return actors::spawn_supervisor(parent->system(), inner); };
  spec.shutdown_grace = std::chrono::seconds{30};
  return spec;
}

/// A deterministic system with supervision's messages and a plant.
class supervision_fixture : public deterministic_system {
public:
  supervision_fixture() : deterministic_system(actors::add_supervision_errors) {}
  // The actors write to the plant when they end, which must be before it does.
  ~supervision_fixture() override {
    for (auto& [name, actor] : in.latest)
      caf::anon_send_exit(actor, caf::exit_reason::kill);
    in.latest.clear();
    for (auto& actor : supervisors_)
      caf::anon_send_exit(actor, caf::exit_reason::kill);
    supervisors_.clear();
    run();
    sched.clock().cancel_all();
    run();
  }

  caf::actor supervise(actors::supervisor_spec spec) {
    const auto result = actors::spawn_supervisor(sys, std::move(spec));
    supervisors_.push_back(result);
    run();
    return result;
  }

  void tell(const std::string& name, const std::string& order) {
    caf::anon_send(in.latest.at(name), order);
    run();
  }

  void stop(const caf::actor& supervisor) {
    caf::anon_send_exit(supervisor, caf::exit_reason::user_shutdown);
    run();
  }

  std::vector<std::string> log() { return in.take_log(); }

  plant in;

protected:
  std::vector<caf::actor> supervisors_;
};

} // namespace lifeline::testing
