#pragma once
// The engine's HTTP API as seen from the command line: one request, one answer.

#include <tl/expected.hpp>

#include <chrono>
#include <cstdint>
#include <map>
#include <string>
#include <string_view>

namespace lifeline::ctl {

struct server_address {
  std::string host;
  std::string port;
};
/// "http://host:port", an IPv6 address in brackets; the port is 80 when it is not given. The error is a sentence.
tl::expected<server_address, std::string> parse_url(std::string_view url);

/// A part of a path or query, percent-encoded.
std::string encode(std::string_view text);

struct reply {
  int status = 0;
  std::string body;        ///< empty when it went into a file
  std::string sealed_as;   ///< X-Content-SHA256, lower case hex
  std::string file_sha256; ///< of what was written into the file
  std::uint64_t file_bytes = 0;
};

struct fault {
  bool no_connection = false; ///< nobody answered
  std::string message;
};

inline constexpr std::chrono::seconds usual_patience{15};

class client {
public:
  /// `agent`: the account on whose behalf all is asked, or empty.
  client(server_address where, std::string token, std::string agent = {})
      : where_(std::move(where)), token_(std::move(token)), agent_(std::move(agent)) {}

  /// `patience`: for the answer to begin.
  [[nodiscard]] tl::expected<reply, fault> get(const std::string& target,
                                               std::chrono::seconds patience = usual_patience) const;
  [[nodiscard]] tl::expected<reply, fault> post(const std::string& target, const std::string& body = {},
                                                std::chrono::seconds patience = usual_patience,
                                                const char* content_type = "application/json") const;
  [[nodiscard]] tl::expected<reply, fault> put(const std::string& target, const std::string& body) const;
  [[nodiscard]] tl::expected<reply, fault> remove(const std::string& target) const;
  /// An answer of 200 is written into `file`, which is replaced; any other is in `reply::body`.
  [[nodiscard]] tl::expected<reply, fault> fetch(const std::string& target, const std::string& file) const;

private:
  struct question {
    const char* method;
    const std::string& target;
    std::string body;
    const std::string* file = nullptr;
    std::chrono::seconds patience = usual_patience;
    const char* content_type = "application/json";
  };
  [[nodiscard]] tl::expected<reply, fault> ask(const question& q) const;
  server_address where_;
  std::string token_;
  std::string agent_;
};

} // namespace lifeline::ctl
