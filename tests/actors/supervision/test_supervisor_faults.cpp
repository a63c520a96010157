// Random faults in a tree of three levels. Once in lockstep with a model that counts in the slow and obvious way, once
// with everything that can go wrong at the same time.

#include "tests/actors/supervision/supervised_plant.hpp"

#include <algorithm>
#include <array>
#include <random>

using namespace lifeline::actors;
using namespace lifeline::testing;
using namespace std::chrono_literals;
using lifeline::domain::restart_intensity;
using lifeline::domain::restart_type;
using lifeline::domain::supervision_strategy;

namespace {

using time = std::chrono::steady_clock::time_point;

struct dice {
  std::mt19937 generator;
  std::size_t below(std::size_t n) { return generator() % n; }
  supervision_strategy strategy() { return static_cast<supervision_strategy>(below(3)); }
  restart_type type() { return static_cast<restart_type>(below(3)); }
};

/// The restarts of one supervisor, all of them kept.
struct counted_restarts {
  restart_intensity limit;
  std::vector<time> at;
  bool admit(time now) {
    const auto within = std::count_if(at.begin(), at.end(), [&](time each) { return now - each <= limit.period; });
    if (static_cast<std::uint32_t>(within) >= limit.max_restarts) return false;
    at.push_back(now);
    return true;
  }
};

struct model_worker {
  std::string name;
  restart_type type = restart_type::permanent;
  bool alive = false;
  bool gone = false;
};

struct model_group {
  supervision_strategy strategy = supervision_strategy::one_for_one;
  counted_restarts restarts;
  std::vector<model_worker> workers;

  void start_all() {
    restarts.at.clear();
    for (auto& each : workers)
      each.alive = true, each.gone = false;
  }
  void end_all() {
    for (auto& each : workers)
      each.alive = false;
  }
  /// False: too many restarts.
  bool ended(std::size_t index, bool normal, time now) {
    auto& culprit = workers[index];
    culprit.alive = false;
    if (culprit.type == restart_type::temporary) culprit.gone = true;
    if (culprit.gone || (culprit.type == restart_type::transient && normal)) return true;
    if (!restarts.admit(now)) return false;
    if (strategy == supervision_strategy::one_for_one) return culprit.alive = true;
    for (auto i = strategy == supervision_strategy::one_for_all ? 0 : index; i < workers.size(); ++i) {
      auto& each = workers[i];
      if (each.type == restart_type::temporary && each.alive) each.gone = true;
      each.alive = !each.gone;
    }
    return true;
  }
};

struct model_tree {
  supervision_strategy strategy = supervision_strategy::one_for_one;
  counted_restarts restarts;
  std::vector<model_group> groups;
  bool alive = true;

  void ended(std::size_t group, std::size_t worker, bool normal, time now) {
    if (groups[group].ended(worker, normal, now)) return;
    groups[group].end_all();
    alive = restarts.admit(now);
    for (std::size_t i = 0; i < groups.size(); ++i) {
      const auto concerned = i == group || strategy == supervision_strategy::one_for_all ||
                             (strategy == supervision_strategy::rest_for_one && i > group);
      if (!alive) {
        groups[i].end_all();
      } else if (concerned) {
        groups[i].start_all();
      }
    }
  }
};

restart_intensity random_intensity(dice& any) {
  return {static_cast<std::uint32_t>(any.below(4)), std::chrono::milliseconds{1 + any.below(3000)}};
}

model_tree random_tree(dice& any) {
  model_tree tree;
  tree.strategy = any.strategy();
  tree.restarts.limit = random_intensity(any);
  for (std::size_t g = 0; g < 1 + any.below(3); ++g) {
    auto& group = tree.groups.emplace_back();
    group.strategy = any.strategy();
    group.restarts.limit = random_intensity(any);
    for (std::size_t w = 0; w < 1 + any.below(4); ++w) {
      group.workers.push_back({std::to_string(g) + "." + std::to_string(w), any.type()});
    }
    group.start_all();
  }
  return tree;
}

supervisor_spec real_tree(plant& in, const model_tree& tree, lifeline::domain::backoff delays = {}) {
  supervisor_spec root;
  root.name = "root";
  root.strategy = tree.strategy;
  root.intensity = tree.restarts.limit;
  root.backoff = delays;
  for (const auto& group : tree.groups) {
    supervisor_spec spec;
    spec.name = "group " + std::to_string(root.children.size());
    spec.strategy = group.strategy;
    spec.intensity = group.restarts.limit;
    spec.backoff = delays;
    for (const auto& each : group.workers) {
      spec.children.push_back(child(in, each.name, each.type));
      spec.children.back().shutdown_grace = 500ms;
    }
    root.children.push_back(nested(spec));
  }
  return root;
}

} // namespace

TEST_CASE("a tree under random crashes is, after each one, exactly what the policy says") {
  const auto seed = std::random_device{}();
  INFO("seed " << seed);
  dice any{std::mt19937{seed}};
  std::size_t escalated_roots = 0;
  for (int round = 0; round < 60; ++round) {
    CAPTURE(round);
    supervision_fixture f;
    auto tree = random_tree(any);
    const auto root = f.supervise(real_tree(f.in, tree));
    for (int event = 0; event < 60 && tree.alive; ++event) {
      CAPTURE(event);
      f.advance(std::chrono::milliseconds{any.below(800)});
      const auto g = any.below(tree.groups.size());
      const auto w = any.below(tree.groups[g].workers.size());
      if (!tree.groups[g].workers[w].alive) continue;
      const auto* order = std::array{"crash", "fail", "end"}[any.below(3)];
      tree.ended(g, w, order == std::string{"end"}, f.now());
      f.tell(tree.groups[g].workers[w].name, order);
      REQUIRE(f.is_alive(root) == tree.alive);
      for (const auto& group : tree.groups) {
        for (const auto& each : group.workers) {
          CAPTURE(each.name, static_cast<int>(each.type), static_cast<int>(group.strategy));
          REQUIRE(f.in.living[each.name] == (each.alive ? 1 : 0));
        }
      }
      REQUIRE_FALSE(f.in.doubled);
    }
    escalated_roots += tree.alive ? 0 : 1;
  }
  // The run has seen both outcomes.
  CHECK(escalated_roots > 0);
  CHECK(escalated_roots < 60);
}

TEST_CASE("under stubborn children, throwing factories and delays a tree heals or ends, and nothing lives twice") {
  const auto seed = std::random_device{}();
  INFO("seed " << seed);
  dice any{std::mt19937{seed}};
  for (int round = 0; round < 40; ++round) {
    CAPTURE(round);
    supervision_fixture f;
    auto tree = random_tree(any);
    tree.restarts.limit.max_restarts += 2;
    const auto root = f.supervise(real_tree(f.in, tree, {50ms, 2.0, 800ms}));
    for (int event = 0; event < 80; ++event) {
      const auto& group = tree.groups[any.below(tree.groups.size())];
      const auto& name = group.workers[any.below(group.workers.size())].name;
      if (any.below(6) == 0) f.in.failing[name] = 1 + static_cast<int>(any.below(3));
      const auto* order = std::array{"crash", "fail", "end", "stubborn"}[any.below(4)];
      // Some orders are handled together with whatever else is going on.
      if (f.in.latest.count(name) > 0) caf::anon_send(f.in.latest[name], std::string{order});
      if (any.below(2) == 0) f.advance(std::chrono::milliseconds{any.below(600)});
      REQUIRE_FALSE(f.in.doubled);
    }
    f.in.failing.clear();
    f.advance(120s);
    REQUIRE_FALSE(f.in.doubled);
    for (const auto& group : tree.groups) {
      for (const auto& each : group.workers) {
        CAPTURE(each.name);
        if (!f.is_alive(root)) REQUIRE(f.in.living[each.name] == 0);
        if (f.is_alive(root) && each.type == restart_type::permanent) REQUIRE(f.in.living[each.name] == 1);
      }
    }
    f.stop(root);
    f.advance(120s);
    REQUIRE_FALSE(f.is_alive(root));
    for (const auto& [name, count] : f.in.living)
      REQUIRE(count == 0);
  }
}
