#pragma once
// The demonstration's second act: from a trapped passenger's call to a closed order.

#include "tests/peers/harness/baresip.hpp"
#include "tests/peers/harness/engine.hpp"

#include <functional>
#include <string>

namespace lifeline::demo {

/// The phone behind which the firm, the station and public rescue have their numbers.
peers::baresip_options town_exchange();

class rescue_story {
public:
  using teller = std::function<void(const std::string&)>;
  using judge = std::function<void(bool ok, const std::string& what)>;
  rescue_story(peers::engine& e, peers::baresip& exchange, teller say, judge check)
      : engine_(e), exchange_(exchange), say_(std::move(say)), check_(std::move(check)) {}

  /// Lifts and rescuers are made known.
  void prepare();
  /// The agent creates the order by the lift's rescue code; its number.
  std::string create(const std::string& caller, const std::string& call);
  /// The firm's phone refuses, the station's accepts by key.
  void find_rescuers(const std::string& order);
  /// The station calls the report number: arrived, and done.
  void report_from_site(const std::string& order);
  /// The agent confirms with the passenger, follows up and closes; the timeline is printed.
  void close(const std::string& order);

private:
  void answer_with(char key, const std::string& who);
  void report(char key, const std::string& order, const std::string& status);

  peers::engine& engine_;
  peers::baresip& exchange_;
  teller say_;
  judge check_;
  int calls_ = 0;
};

} // namespace lifeline::demo
