#pragma once
// <data>/endpoints.json: where a running engine is to be found. Written when calls are taken, removed at an orderly
// end.

#include <tl/expected.hpp>

#include <cstdint>
#include <optional>
#include <string>

namespace lifeline::app {

struct endpoint {
  std::string address;
  std::uint16_t port = 0;
};

/// `open`: of the server for the public, if there is one.
tl::expected<void, std::string> write_endpoints(const std::string& data, const endpoint& sip, const endpoint& http,
                                                const std::optional<endpoint>& open);
void remove_endpoints(const std::string& data);

} // namespace lifeline::app
