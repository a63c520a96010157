#pragma once
// What the SIP stack's TLS lacks: the newest TLS versions only, certificates that can be renewed while connections go
// on, and freeing connections at all. The stack offers no door to its OpenSSL contexts; they are met through OpenSSL's
// own hook for new objects (CRYPTO_get_ex_new_index), on the SIP thread only. No file is copied anywhere.

#include "sip/gateway.hpp"

#include <tl/expected.hpp>

#include <chrono>
#include <memory>
#include <string>
#include <vector>

using SSL_CTX = struct ssl_ctx_st;
using SSL = struct ssl_st;
using BIO = struct bio_st;

namespace lifeline::sip {

/// A certificate with its chain and key, and whom we trust; read from files, never changed afterwards.
class tls_identity {
public:
  /// Errors are sentences with the file's name: unreadable, no PEM, a key that does not fit.
  static tl::expected<std::shared_ptr<const tls_identity>, std::string> read(const tls_settings& s);
  virtual ~tls_identity() = default;
  [[nodiscard]] virtual std::chrono::system_clock::time_point expires() const = 0;
  /// For a handshake that begins.
  virtual bool use_in(SSL* connection) const = 0;
  /// Trusted authorities, as the context's verification and as the list shown to clients.
  virtual void trust_in(SSL_CTX* context) const = 0;
};

/// Watches what the stack makes on this thread. Everything runs on the SIP thread.
class tls_endpoint {
public:
  /// From now on the contexts and connections made by this thread are looked after.
  explicit tls_endpoint(std::shared_ptr<const tls_identity> identity);
  /// To be destroyed after the stack.
  ~tls_endpoint();
  tls_endpoint(const tls_endpoint&) = delete;
  tls_endpoint& operator=(const tls_endpoint&) = delete;

  /// Once the stack has made its contexts. False: it made none.
  bool configure();
  /// New handshakes use it.
  void renew(std::shared_ptr<const tls_identity> identity);
  /// Frees the connections that the stack has let go of (it never frees them itself). To be called now and then.
  void collect();
  /// Connections that are alive or not yet collected.
  [[nodiscard]] std::size_t connections() const { return alive_; }

private:
  friend struct tls_hooks;
  struct dropped {
    SSL* connection;
    BIO* socket;
  };

  std::shared_ptr<const tls_identity> identity_;
  std::vector<SSL_CTX*> contexts_;
  std::vector<BIO*> fresh_; // sockets that were just given to a connection
  std::vector<dropped> dropped_;
  BIO* newest_ = nullptr;
  std::size_t alive_ = 0;
};

} // namespace lifeline::sip
