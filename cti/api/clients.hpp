#pragma once
// Who may ask the API: each client has a token and a role; what a role may do is said with every route.

#include "domain/rescue/order_state.hpp"

#include <cstdint>
#include <initializer_list>
#include <string>
#include <string_view>
#include <vector>

namespace lifeline::cti {

struct api_client {
  std::string name; ///< "operator", "desk-1", "authority"
  domain::role role = domain::role::integration;
  std::string token;
  std::string agent; ///< the account that it works for, or empty
};

/// Roles that may use a route; an admin may use every one.
class role_set {
public:
  constexpr role_set() = default; ///< admins only
  constexpr role_set(std::initializer_list<domain::role> roles) {
    for (const auto r : roles)
      bits_ = static_cast<std::uint8_t>(bits_ | bit(r));
  }
  [[nodiscard]] constexpr bool has(domain::role r) const { return r == domain::role::admin || (bits_ & bit(r)) != 0; }
  /// "agent, supervisor or admin".
  [[nodiscard]] std::string text() const;

private:
  static constexpr std::uint8_t bit(domain::role r) {
    return static_cast<std::uint8_t>(1u << static_cast<unsigned>(r));
  }
  std::uint8_t bits_ = 0;
};

namespace roles {
using domain::role;
inline constexpr role_set admins{};
inline constexpr role_set supervisors{role::supervisor};
inline constexpr role_set operators{role::agent, role::supervisor};
inline constexpr role_set reviewers{role::supervisor, role::quality, role::integration};
inline constexpr role_set reporters{role::agent, role::supervisor, role::integration};
inline constexpr role_set everyone{role::agent, role::supervisor, role::quality, role::integration};
} // namespace roles

/// The client that the header "Authorization: Bearer <token>" belongs to; null: none. Takes as long for one client as
/// for another.
const api_client* find_client(const std::vector<api_client>& clients, std::string_view authorization);

/// Why these clients cannot be served (an empty or repeated name or token), or empty.
std::string check_clients(const std::vector<api_client>& clients);

} // namespace lifeline::cti
