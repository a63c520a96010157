#pragma once
// The log of a run that is killed again and again, folded as it grows: what must hold at any moment of it.

#include <cstdint>
#include <map>
#include <set>
#include <string>
#include <vector>

#include <nlohmann/json.hpp>

namespace lifeline::chaos {

using json = nlohmann::json;

class log_fold {
public:
  /// An entry as the API gives it, in order.
  void apply(const json& event);
  /// After the engine has taken calls again: what an engine before it left open is a violation, once.
  void settle();
  /// After the last engine has stopped: what is open at all.
  void finish();

  [[nodiscard]] std::uint64_t last() const { return last_; }
  [[nodiscard]] std::uint64_t arrived() const { return arrived_; }
  [[nodiscard]] std::uint64_t ended() const { return ended_.size(); }
  [[nodiscard]] std::uint64_t cut() const { return cut_; }
  [[nodiscard]] std::uint64_t starts() const { return starts_; }
  [[nodiscard]] const std::vector<std::string>& violations() const { return violations_; }

private:
  struct live_call {
    std::uint64_t start = 0; ///< the engine's that let it in
    std::string agent;       ///< talking to
  };
  struct open_offer {
    std::uint64_t start = 0;
    std::string agent;
    std::string call;
  };
  void violate(const std::string& what);
  void on_reserved(const json& e);
  void on_released(const json& e);
  void stop_talking(const std::string& agent, const std::string& call);
  void on_ended(const std::string& call, const json& e);

  std::uint64_t last_ = 0;
  std::uint64_t starts_ = 0;
  std::uint64_t arrived_ = 0;
  std::uint64_t cut_ = 0;
  std::map<std::string, live_call> live_;
  std::map<std::string, open_offer> open_;
  std::map<std::string, std::string> reserved_; ///< agent → reservation
  std::map<std::string, std::string> talking_;  ///< agent → call
  std::set<std::string> ended_;
  std::set<std::string> closed_;
  std::vector<std::string> violations_;
};

} // namespace lifeline::chaos
