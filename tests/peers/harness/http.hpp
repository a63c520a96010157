#pragma once
// A small HTTP client.

#include <cstdint>
#include <string>

namespace lifeline::peers {

struct http_reply {
  int status = 0; ///< 0: no connection, or no answer within 5 s
  std::string body;
};
http_reply http_get(const std::string& address, std::uint16_t port, const std::string& target,
                    const std::string& token = {});

/// The value of a sample in Prometheus's text format, by its name with labels as written ("up",
/// "x_total{queue=\"a\"}"). When only a name is given, the sum over all of its samples. −1 when there is none.
double sample_of(const std::string& metrics, const std::string& name);

} // namespace lifeline::peers
