#pragma once
// Which trunk a packet comes from: source addresses against CIDR blocks (RFC 4632, RFC 4291).

#include "domain/plan/plan.hpp"

#include <tl/expected.hpp>

#include <array>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace lifeline::sip {

/// An IPv4 or IPv6 address; IPv4 as ::ffff:a.b.c.d, so that a dual-stack socket's sources match IPv4 blocks.
struct ip_address {
  std::array<std::uint8_t, 16> bytes{};
  bool operator==(const ip_address&) const = default;
};

/// Textual address without port or brackets.
std::optional<ip_address> parse_address(std::string_view text);
bool is_ipv4(const ip_address& address);

struct cidr {
  ip_address network;
  unsigned prefix = 128; ///< in bits of the 128-bit form: an IPv4 /24 is 120

  /// "192.0.2.0/24", "2001:db8::/32", or an address alone for a single host. Errors say what is wrong.
  static tl::expected<cidr, std::string> parse(std::string_view text);
  [[nodiscard]] bool contains(const ip_address& address) const;
};

/// All trunks' blocks; the longest matching prefix decides.
class trunk_table {
public:
  static tl::expected<trunk_table, std::string> make(const std::vector<domain::trunk_plan>& trunks);
  /// The trunk's name or nullptr.
  [[nodiscard]] const std::string* find(const ip_address& source) const;

private:
  struct entry {
    cidr block;
    std::string trunk;
  };
  std::vector<entry> entries_; // longest prefix first
};

} // namespace lifeline::sip
