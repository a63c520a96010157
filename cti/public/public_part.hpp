#pragma once
// What the public routes have in common. Only for cti/public_*.cpp and their tests.

#include "cti/http/message.hpp"
#include "cti/http/rate_limit.hpp"
#include "cti/http/target.hpp"
#include "cti/public/public_server.hpp"
#include "cti/public/vendor_limit.hpp"

#include <mutex>
#include <optional>

namespace lifeline::cti {

class public_part {
public:
  public_part(const public_settings& s, actors::rescue_operations& r, public_hooks h);

  /// Answers any request, errors included; never throws for what a peer can send. What a person would see is a page.
  response answer(const request& r);
  /// The error as a page, if a person asked for one.
  response dress(const request& r, response error) const;

  actors::rescue_operations& rescue() const { return rescue_; }
  const public_settings& settings() const { return settings_; }
  [[nodiscard]] domain::instant now() const;
  [[nodiscard]] domain::rescue_plan plan() const;
  /// Empty: there is none.
  [[nodiscard]] std::string vendor_secret(const std::string& vendor) const;
  void count(std::string_view why) const;

  /// The address that the request came from, or the network that stands for it.
  [[nodiscard]] std::string source(const request& r) const;
  /// 429 when the name has asked too often.
  std::optional<response> refuse_often(const std::string& name);
  /// A request whose signature or link is wrong: 429 for who guesses, else `refusal`.
  response refuse_stranger(const request& r, std::string_view why, response refusal);

  /// The platform's limit of messages that are not understood: nothing when it may send one more, else how long to
  /// wait.
  std::optional<std::chrono::seconds> refuse_unclear(const domain::vendor_plan& vendor);

  /// The alarm page's limit for each lift.
  bool is_first(const std::string& rescue_code); ///< no new message lately: it is always taken
  bool may_report(const std::string& rescue_code);
  void reported(const std::string& rescue_code);
  std::chrono::seconds until_report(const std::string& rescue_code);

private:
  [[nodiscard]] std::chrono::steady_clock::time_point steady() const;
  response route(const request& r);

  const public_settings settings_;
  actors::rescue_operations& rescue_;
  const public_hooks hooks_;
  std::mutex mutex_; ///< of the limits
  rate_limiter sources_;
  rate_limiter lifts_;
  vendor_limit vendors_;
};

struct public_call {
  const request& message;
  const target& to;
  std::vector<std::string> arguments; ///< what stood for "*" in the pattern
  public_part& part;
};
using public_handler = response (*)(const public_call&);
struct public_route {
  std::string_view method;
  std::string_view pattern;
  public_handler answer;
};

const std::vector<public_route>& alarm_page_routes();
const std::vector<public_route>& push_routes();
const std::vector<public_route>& rescuer_routes();

response too_often(std::chrono::seconds wait, std::string_view message);
/// A page whose content security policy allows its own style and script and nothing else.
struct page_content {
  std::string_view title;
  std::string_view style;
  std::string body; ///< markup; texts in it are escaped
  std::string_view script;
};
response page_response(const page_content& p, int status = 200);

} // namespace lifeline::cti
