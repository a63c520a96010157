#include "tests/sip/tls_peer.hpp"

#include <arpa/inet.h>
#include <fcntl.h>
#include <netinet/in.h>
#include <openssl/err.h>
#include <openssl/evp.h>
#include <openssl/pem.h>
#include <openssl/ssl.h>
#include <openssl/x509v3.h>
#include <poll.h>
#include <sys/socket.h>
#include <sys/time.h>
#include <unistd.h>

#include <cstdio>
#include <cstdlib>
#include <stdexcept>

namespace lifeline::sip::testing {

namespace {

struct x509_free {
  void operator()(X509* x) const { X509_free(x); }
};
struct key_free {
  void operator()(EVP_PKEY* k) const { EVP_PKEY_free(k); }
};
using x509_ptr = std::unique_ptr<X509, x509_free>;
using key_ptr = std::unique_ptr<EVP_PKEY, key_free>;

void add_extension(X509* certificate, X509* issuer, int nid, const std::string& value) {
  X509V3_CTX context;
  X509V3_set_ctx_nodb(&context);
  X509V3_set_ctx(&context, issuer, certificate, nullptr, nullptr, 0);
  auto* extension = X509V3_EXT_conf_nid(nullptr, &context, nid, value.c_str());
  X509_add_ext(certificate, extension, -1);
  X509_EXTENSION_free(extension);
}

x509_ptr make_certificate(const std::string& name, EVP_PKEY* key, X509* issuer, EVP_PKEY* issuer_key, int serial,
                          int days) {
  x509_ptr made{X509_new()};
  X509_set_version(made.get(), 2);
  ASN1_INTEGER_set(X509_get_serialNumber(made.get()), serial);
  X509_gmtime_adj(X509_getm_notBefore(made.get()), -3600);
  X509_gmtime_adj(X509_getm_notAfter(made.get()), 86400L * days);
  X509_NAME_add_entry_by_txt(X509_get_subject_name(made.get()), "CN", MBSTRING_ASC,
                             reinterpret_cast<const unsigned char*>(name.c_str()), -1, -1, 0);
  X509_set_issuer_name(made.get(), X509_get_subject_name(issuer ? issuer : made.get()));
  X509_set_pubkey(made.get(), key);
  auto* parent = issuer ? issuer : made.get();
  add_extension(made.get(), parent, NID_basic_constraints, issuer ? "critical,CA:FALSE" : "critical,CA:TRUE");
  in_addr address{};
  if (issuer && inet_pton(AF_INET, name.c_str(), &address) != 1)
    add_extension(made.get(), parent, NID_subject_alt_name, "DNS:" + name);
  X509_sign(made.get(), issuer_key, EVP_sha256());
  return made;
}

void write_pem(const std::string& path, X509* certificate, EVP_PKEY* key) {
  std::FILE* file = std::fopen(path.c_str(), "w");
  if (certificate) PEM_write_X509(file, certificate);
  if (key) PEM_write_PrivateKey(file, key, nullptr, nullptr, 0, nullptr, nullptr);
  std::fclose(file);
}

} // namespace

struct test_authority::state {
  key_ptr key{EVP_EC_gen("P-256")};
  x509_ptr certificate;
};

test_authority::test_authority(const std::string& name) : state_{std::make_unique<state>()} {
  state_->certificate = make_certificate(name, state_->key.get(), nullptr, state_->key.get(), 1, 365);
  write_pem(file(), state_->certificate.get(), nullptr);
}

test_authority::~test_authority() = default;

certificate_files test_authority::issue(const std::string& host, int days) {
  const key_ptr key{EVP_EC_gen("P-256")};
  const auto certificate =
      make_certificate(host, key.get(), state_->certificate.get(), state_->key.get(), 2 + issued_, days);
  const auto name = "issued" + std::to_string(++issued_);
  certificate_files files{directory_.file(name + ".pem"), directory_.file(name + ".key")};
  write_pem(files.certificate, certificate.get(), nullptr);
  write_pem(files.key, nullptr, key.get());
  return files;
}

struct tls_stream::state {
  SSL_CTX* context = nullptr;
  SSL* ssl = nullptr;
  ~state() {
    SSL_free(ssl);
    SSL_CTX_free(context);
  }
};

tls_stream::tls_stream(std::unique_ptr<state> s) : state_{std::move(s)} {}
tls_stream::~tls_stream() = default;

std::unique_ptr<tls_stream> tls_stream::open(int fd, bool as_server, const tls_options& options) {
  auto s = std::make_unique<state>();
  s->context = SSL_CTX_new(TLS_method());
  if (options.newest != 0) {
    SSL_CTX_set_security_level(s->context, 0);
    SSL_CTX_set_max_proto_version(s->context, options.newest);
  }
  if (!options.own.certificate.empty()) {
    SSL_CTX_use_certificate_chain_file(s->context, options.own.certificate.c_str());
    SSL_CTX_use_PrivateKey_file(s->context, options.own.key.c_str(), SSL_FILETYPE_PEM);
  }
  const timeval limit{3, 0}; // the handshake must not hang the test
  ::setsockopt(fd, SOL_SOCKET, SO_RCVTIMEO, &limit, sizeof limit);
  s->ssl = SSL_new(s->context);
  SSL_set_fd(s->ssl, fd);
  const int done = as_server ? SSL_accept(s->ssl) : SSL_connect(s->ssl);
  ERR_clear_error();
  if (done != 1) return nullptr;
  ::fcntl(fd, F_SETFL, ::fcntl(fd, F_GETFL) | O_NONBLOCK);
  return std::unique_ptr<tls_stream>{new tls_stream{std::move(s)}};
}

void tls_stream::send(const std::string& text) {
  SSL_write(state_->ssl, text.data(), static_cast<int>(text.size()));
  ERR_clear_error();
}

std::optional<std::string> tls_stream::receive() {
  std::string buffer(65536, '\0');
  const int got = SSL_read(state_->ssl, buffer.data(), static_cast<int>(buffer.size()));
  const int error = SSL_get_error(state_->ssl, got);
  ERR_clear_error();
  if (got <= 0) return error == SSL_ERROR_WANT_READ ? std::optional<std::string>{""} : std::nullopt;
  buffer.resize(static_cast<std::size_t>(got));
  return buffer;
}

bool tls_stream::pending() const { return SSL_pending(state_->ssl) > 0; }

std::string tls_stream::peer_name() const {
  const x509_ptr certificate{SSL_get1_peer_certificate(state_->ssl)};
  if (!certificate) return {};
  char name[256] = "";
  X509_NAME_get_text_by_NID(X509_get_subject_name(certificate.get()), NID_commonName, name, sizeof name);
  return name;
}

tls_listener::tls_listener() : fd_{::socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0)} {
  sockaddr_in name{};
  name.sin_family = AF_INET;
  name.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
  socklen_t size = sizeof name;
  ::bind(fd_, reinterpret_cast<sockaddr*>(&name), size);
  ::listen(fd_, 4);
  ::getsockname(fd_, reinterpret_cast<sockaddr*>(&name), &size);
  port_ = ntohs(name.sin_port);
}

tls_listener::~tls_listener() { ::close(fd_); }

tls_listener::accepted tls_listener::accept(const tls_options& options, std::chrono::milliseconds timeout) {
  pollfd waiting{fd_, POLLIN, 0};
  if (::poll(&waiting, 1, static_cast<int>(timeout.count())) <= 0) return {};
  accepted result;
  result.fd = ::accept4(fd_, nullptr, nullptr, SOCK_CLOEXEC);
  result.stream = tls_stream::open(result.fd, true, options);
  return result;
}

} // namespace lifeline::sip::testing
