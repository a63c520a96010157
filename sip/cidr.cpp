#include "sip/cidr.hpp"

#include <arpa/inet.h>

#include <algorithm>
#include <charconv>

namespace lifeline::sip {

namespace {

constexpr unsigned mapped_bits = 96;

} // namespace

std::optional<ip_address> parse_address(std::string_view text) {
  if (text.find('\0') != std::string_view::npos) return std::nullopt; // the system's parser would stop there
  const std::string copy{text};
  ip_address address;
  in_addr v4{};
  if (inet_pton(AF_INET, copy.c_str(), &v4) == 1) {
    address.bytes[10] = address.bytes[11] = 0xFF;
    const auto* octets = reinterpret_cast<const std::uint8_t*>(&v4);
    std::copy(octets, octets + 4, address.bytes.begin() + 12);
    return address;
  }
  in6_addr v6{};
  if (inet_pton(AF_INET6, copy.c_str(), &v6) != 1) return std::nullopt;
  std::copy(std::begin(v6.s6_addr), std::end(v6.s6_addr), address.bytes.begin());
  return address;
}

bool is_ipv4(const ip_address& address) {
  return std::all_of(address.bytes.begin(), address.bytes.begin() + 10, [](std::uint8_t b) { return b == 0; }) &&
         address.bytes[10] == 0xFF && address.bytes[11] == 0xFF;
}

tl::expected<cidr, std::string> cidr::parse(std::string_view text) {
  const auto slash = text.find('/');
  const auto host = text.substr(0, slash);
  const auto address = parse_address(host);
  if (!address) return tl::unexpected("\"" + std::string{text} + "\" is not an IPv4 or IPv6 address block");
  const bool v4 = host.find(':') == std::string_view::npos;
  const unsigned width = v4 ? 32 : 128;
  unsigned prefix = width;
  if (slash != std::string_view::npos) {
    const auto digits = text.substr(slash + 1);
    const auto* end = digits.data() + digits.size();
    const auto parsed = std::from_chars(digits.data(), end, prefix);
    if (digits.empty() || parsed.ec != std::errc{} || parsed.ptr != end || prefix > width)
      return tl::unexpected("\"" + std::string{text} + "\" has a prefix that is not a number from 0 to " +
                            std::to_string(width));
  }
  cidr block{*address, v4 ? prefix + mapped_bits : prefix};
  for (unsigned bit = block.prefix; bit < 128; ++bit)
    if (block.network.bytes[bit / 8] & (0x80u >> (bit % 8)))
      return tl::unexpected("\"" + std::string{text} + "\" has address bits beyond its prefix");
  return block;
}

bool cidr::contains(const ip_address& address) const {
  const auto whole = prefix / 8;
  if (!std::equal(network.bytes.begin(), network.bytes.begin() + whole, address.bytes.begin())) return false;
  const auto rest = prefix % 8;
  if (rest == 0) return true;
  const auto mask = static_cast<std::uint8_t>(0xFFu << (8 - rest));
  return ((network.bytes[whole] ^ address.bytes[whole]) & mask) == 0;
}

tl::expected<trunk_table, std::string> trunk_table::make(const std::vector<domain::trunk_plan>& trunks) {
  trunk_table table;
  for (const auto& trunk : trunks) {
    for (const auto& text : trunk.cidrs) {
      auto block = cidr::parse(text);
      if (!block) return tl::unexpected("trunk \"" + trunk.name + "\": " + block.error());
      table.entries_.push_back({*block, trunk.name});
    }
  }
  std::stable_sort(table.entries_.begin(), table.entries_.end(),
                   [](const entry& a, const entry& b) { return a.block.prefix > b.block.prefix; });
  return table;
}

const std::string* trunk_table::find(const ip_address& source) const {
  for (const auto& entry : entries_)
    if (entry.block.contains(source)) return &entry.trunk;
  return nullptr;
}

} // namespace lifeline::sip
