#pragma once
// A request and its answer as values: what the routes work on, without sockets.

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
};

struct response {
  int status = 200;
  std::string content_type = "application/json";
  std::string body;
  std::vector<std::pair<std::string, std::string>> headers;
  std::string file; ///< not empty: the body is this file instead
};

/// {"error":{"code":...,"message":...,"field":...}}; `field` is left out when empty.
response error_response(int status, std::string_view code, std::string_view message, std::string_view field = {});

} // namespace lifeline::cti
