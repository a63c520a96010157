#pragma once
// A small HTTP client.

#include <cstdint>
#include <map>
#include <string>

namespace lifeline::peers {

struct http_reply {
  int status = 0; ///< 0: no connection, or no answer within 5 s
  std::string body;
};
http_reply http_get(const std::string& address, std::uint16_t port, const std::string& target,
                    const std::string& token = {});

/// Any method, with a body and headers of one's own ("Content-Type" is JSON unless given).
struct http_ask {
  std::string method = "GET";
  std::string target = {};
  std::string token = {};
  std::string body = {};
  std::map<std::string, std::string> headers = {};
};
http_reply http_send(const std::string& address, std::uint16_t port, const http_ask& ask);

/// The value of a sample in Prometheus's text format, by its name with labels as written ("up",
/// "x_total{queue=\"a\"}"). When only a name is given, the sum over all of its samples. −1 when there is none.
double sample_of(const std::string& metrics, const std::string& name);

} // namespace lifeline::peers
