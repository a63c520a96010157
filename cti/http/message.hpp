#pragma once
// A request and its answer as values: what the routes work on, without sockets.

#include <cstdint>
#include <map>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

namespace lifeline::cti {

struct request {
  std::string method; ///< "GET", "POST", ...
  std::string target; ///< path and query as they came, percent-encoded
  std::string authorization;
  std::string body;
  std::string peer = {};                           ///< the address at the other end of the connection
  std::map<std::string, std::string> headers = {}; ///< by name in lower case; of a repeated one the last

  // For answers that wait for the event log (response::after); set by the session.
  bool is_last_try = false;      ///< the time to wait is over: answer with what there is
  std::uint64_t resume_from = 0; ///< of a stream: the event to go on with; 0 = it begins

  /// Empty when it was not sent. `name` in lower case.
  [[nodiscard]] std::string header(const std::string& name) const {
    const auto found = headers.find(name);
    return found == headers.end() ? std::string{} : found->second;
  }
};

/// Not yet an answer: the same request is asked again when the log has grown past `after`, and with `is_last_try` after
/// the time.
struct waiting {
  std::uint64_t after = 0;
  std::uint32_t longest_ms = 0; ///< 0 = it does not wait
};

struct response {
  int status = 200;
  std::string content_type = "application/json";
  std::string body;
  std::vector<std::pair<std::string, std::string>> headers;
  std::string file; ///< not empty: the body is this file instead
  waiting wait;
  std::uint64_t stream_next = 0; ///< not 0: `body` is a piece of a stream that goes on with this event
};

/// {"error":{"code":...,"message":...,"field":...}}; `field` is left out when empty.
response error_response(int status, std::string_view code, std::string_view message, std::string_view field = {});

} // namespace lifeline::cti
