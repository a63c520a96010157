#include "config/check_plan.hpp"
#include "config/names.hpp"

#include <boost/asio/ip/address.hpp>

#include <charconv>

namespace lifeline::config {

namespace {

bool is_loopback(const std::string& address) {
  boost::system::error_code error;
  const auto parsed = boost::asio::ip::make_address(address, error);
  return !error && parsed.is_loopback();
}

/// The host of "https://host:port/path", "http://[::1]".
std::string host_of(const std::string& url) {
  auto rest = url.substr(url.find("://") + 3);
  rest = rest.substr(0, rest.find('/'));
  if (rest.starts_with('[')) return rest.substr(1, rest.find(']') - 1);
  return rest.substr(0, rest.find(':'));
}

position place(const node& root, const char* table, const char* key) {
  const auto* found = root.find(table);
  return found == nullptr ? position{1, 1} : place_of(*found, key);
}

void warn_of_api(const engine_config& c, const node& root, problem_list& warnings) {
  if (is_loopback(c.http.bind_address)) return;
  warnings.add(place(root, "http", "bind"),
               "bind: the API is open to the network without encryption: whoever is on the way reads callers' numbers "
               "and the token, and can then do everything. Expected \"127.0.0.1\", with a proxy that speaks TLS before "
               "it");
}

void warn_of_links(const engine_config& c, const node& root, problem_list& warnings) {
  const auto& url = c.plan.rescue.public_url;
  if (url.empty()) return;
  const auto host = host_of(url);
  if (host == "localhost" || host.ends_with(".localhost") || is_loopback(host)) {
    warnings.add(place(root, "public", "url"),
                 "url: nobody's telephone reaches " + quote(host) +
                     ": QR codes and links that begin with it lead nowhere. Expected the address that the public sees");
  } else if (url.starts_with("http://")) {
    warnings.add(place(root, "public", "url"),
                 "url: passengers' and rescuers' pages go over the network unencrypted, and links with their "
                 "signatures with them. Expected https://, with a proxy that speaks TLS");
  }
}

} // namespace

bool is_wide_network(const std::string& cidr) {
  const auto slash = cidr.find('/');
  int bits = 0;
  if (slash == std::string::npos ||
      std::from_chars(cidr.data() + slash + 1, cidr.data() + cidr.size(), bits).ec != std::errc{})
    return false;
  // Nobody is given more than that; two halves are the whole as well.
  return bits < (cidr.find(':') == std::string::npos ? 8 : 16);
}

void warn_of_dangers(const engine_config& c, const plan_source& source, const node& root, problem_list& warnings) {
  for (std::size_t i = 0; i < c.plan.trunks.size(); ++i) {
    const auto& t = c.plan.trunks[i];
    for (std::size_t n = 0; n < t.cidrs.size(); ++n)
      if (is_wide_network(t.cidrs[n]))
        warnings.add(place_of(*source.trunks[i], "cidrs", n), "cidrs: trunk " + quote(t.name) +
                                                                  " is open: whoever sends from " + t.cidrs[n] +
                                                                  " may call, and is believed who it says it is");
  }
  warn_of_api(c, root, warnings);
  warn_of_links(c, root, warnings);
  const auto& free = c.sip.guard.never_banned;
  for (std::size_t i = 0; i < free.size(); ++i)
    if (is_wide_network(free[i]))
      warnings.add(place(root, "sip", "guard"),
                   "never_banned: with " + free[i] + " nobody who guesses passwords is ever banned");
  if (c.testing.fault_injection)
    warnings.add(place(root, "testing", "fault_injection"),
                 "fault_injection: with an administrator's token the engine can be crashed: for drills only");
}

} // namespace lifeline::config
