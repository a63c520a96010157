#pragma once
// The part that the private and the public server share: a port, its connections, and an application that answers.

#include "cti/message.hpp"
#include "cti/server.hpp"

namespace lifeline::cti {

/// All are called from several threads at once. `answer` must be there, the others may be empty.
struct application {
  std::function<response(const request&)> answer;   ///< may take its time
  std::function<bool(const request&)> is_immediate; ///< can be answered on the network's thread
  std::function<bool(const request&)> is_slow;      ///< takes long: is answered one at a time, beside the others
  std::function<bool(const request&)> is_probe;     ///< about the engine's health: is answered beside the others, too
  std::function<std::uint64_t(const request& head, std::uint64_t usual)> body_limit; ///< bytes
  std::function<void(std::uint64_t after, std::chrono::milliseconds longest)> wait_for_events;
  std::function<void(int status)> count_http; ///< once per answer
  /// How an error of the server's own is shown. The head is empty when none was read; called on the network's thread.
  std::function<response(const request& head, response error)> dress;
};

[[nodiscard]] tl::expected<std::unique_ptr<server>, std::string> start_listener(const listen_settings& settings,
                                                                                application app);

} // namespace lifeline::cti
