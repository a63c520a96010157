#pragma once
// Certificates for tests, made by the openssl program: an authority of its own and what it has signed.

#include "tests/peers/harness/workspace.hpp"

#include <filesystem>
#include <string>

namespace lifeline::peers {

struct certificate {
  std::filesystem::path chain; ///< PEM
  std::filesystem::path key;   ///< PEM
};

class authority {
public:
  explicit authority(const workspace& place);

  [[nodiscard]] const std::filesystem::path& file() const { return chain_; }
  /// For 127.0.0.1 and localhost. `name` is the files' name and the subject's, so that one can be told from another.
  [[nodiscard]] certificate sign(const std::string& name) const;

private:
  std::filesystem::path folder_;
  std::filesystem::path chain_;
  std::filesystem::path key_;
};

/// The subject that a TLS server at 127.0.0.1:`port` shows; empty when there is no handshake.
std::string subject_shown(std::uint16_t port);

} // namespace lifeline::peers
