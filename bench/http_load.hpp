#pragma once
// Requests at a set rate over kept connections. Latency runs from the moment at which a request was due, so that a slow
// answer is not hidden by the requests that it held up.

#include "bench/report.hpp"

#include <cstdint>
#include <functional>
#include <string>
#include <utility>
#include <vector>

namespace lifeline::bench {

struct http_request {
  std::string method = "POST";
  std::string target;
  std::string body;
};
struct http_load {
  std::uint16_t port = 0;
  std::string token;
  std::size_t connections = 16;
  double rate = 500;
  std::size_t count = 0;
  std::function<http_request(std::size_t)> make; ///< the nth request; called on several threads
};
struct http_load_result {
  sample latency_ms;
  std::vector<std::pair<double, double>> over_time; ///< seconds since the start, latency in ms
  std::size_t answered = 0;                         ///< with 2xx
  std::size_t refused = 0;                          ///< with anything else
  std::size_t failed = 0;                           ///< no answer
  std::string first_refusal;
  double seconds = 0;
};
http_load_result run_http_load(const http_load& l);

} // namespace lifeline::bench
