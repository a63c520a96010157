#include "sip/tls.hpp"

#include "sip/tls_subjects.hpp"

#include <openssl/err.h>
#include <openssl/pem.h>
#include <openssl/ssl.h>
#include <openssl/x509.h>

#include <algorithm>
#include <ctime>
#include <mutex>

namespace lifeline::sip {

namespace {

template <auto Free> struct deleter {
  template <class T> void operator()(T* object) const { Free(object); }
};
void free_chain(STACK_OF(X509) * chain) { sk_X509_pop_free(chain, &X509_free); }
void free_names(STACK_OF(X509_NAME) * names) { sk_X509_NAME_pop_free(names, &X509_NAME_free); }

using bio_ptr = std::unique_ptr<BIO, deleter<&BIO_free>>;
using x509_ptr = std::unique_ptr<X509, deleter<&X509_free>>;
using key_ptr = std::unique_ptr<EVP_PKEY, deleter<&EVP_PKEY_free>>;
using chain_ptr = std::unique_ptr<STACK_OF(X509), deleter<&free_chain>>;
using names_ptr = std::unique_ptr<STACK_OF(X509_NAME), deleter<&free_names>>;
using store_ptr = std::unique_ptr<X509_STORE, deleter<&X509_STORE_free>>;

std::string last_error() {
  const auto code = ERR_peek_error();
  ERR_clear_error();
  const char* reason = code != 0 ? ERR_reason_error_string(code) : nullptr;
  return reason ? reason : "not readable";
}

/// Nobody is there to type a passphrase.
int no_passphrase(char*, int, int, void*) { return -1; }

bio_ptr open_file(const std::string& path) {
  ERR_clear_error();
  return bio_ptr{BIO_new_file(path.c_str(), "r")};
}

std::chrono::system_clock::time_point time_of(const ASN1_TIME* time) {
  std::tm parts{};
  if (!time || ASN1_TIME_to_tm(time, &parts) != 1) return {};
  return std::chrono::system_clock::from_time_t(timegm(&parts));
}

class identity_in_memory final : public tls_identity {
public:
  x509_ptr certificate;
  chain_ptr chain;
  key_ptr key;
  store_ptr trusted;
  names_ptr shown;

  std::chrono::system_clock::time_point expires() const override {
    return time_of(X509_get0_notAfter(certificate.get()));
  }

  bool use_in(SSL* connection) const override {
    SSL_certs_clear(connection);
    return SSL_use_cert_and_key(connection, certificate.get(), key.get(), chain.get(), 1) == 1;
  }

  void trust_in(SSL_CTX* context) const override {
    X509_STORE_up_ref(trusted.get());
    SSL_CTX_set_cert_store(context, trusted.get());
    if (shown) SSL_CTX_set_client_CA_list(context, SSL_dup_CA_list(shown.get()));
  }
};

std::string read_certificates(const std::string& path, identity_in_memory& identity) {
  const auto file = open_file(path);
  const auto what = "tls: certificate " + path + ": ";
  if (!file) return what + last_error();
  identity.certificate.reset(PEM_read_bio_X509_AUX(file.get(), nullptr, &no_passphrase, nullptr));
  if (!identity.certificate) return what + last_error();
  identity.chain.reset(sk_X509_new_null());
  while (auto* next = PEM_read_bio_X509(file.get(), nullptr, &no_passphrase, nullptr))
    sk_X509_push(identity.chain.get(), next);
  const auto end = ERR_peek_last_error();
  if (ERR_GET_REASON(end) != PEM_R_NO_START_LINE) return what + last_error();
  ERR_clear_error();
  return {};
}

std::string read_key(const tls_settings& s, identity_in_memory& identity) {
  const auto file = open_file(s.key);
  if (!file) return "tls: key " + s.key + ": " + last_error();
  identity.key.reset(PEM_read_bio_PrivateKey(file.get(), nullptr, &no_passphrase, nullptr));
  if (!identity.key) return "tls: key " + s.key + ": " + last_error() + " (a key with a passphrase cannot be used)";
  if (X509_check_private_key(identity.certificate.get(), identity.key.get()) == 1) return {};
  ERR_clear_error();
  return "tls: the key " + s.key + " does not belong to the certificate " + s.certificate;
}

std::string read_authorities(const std::string& path, identity_in_memory& identity) {
  identity.trusted.reset(X509_STORE_new());
  if (path.empty()) {
    X509_STORE_set_default_paths(identity.trusted.get());
    ERR_clear_error();
    return {};
  }
  ERR_clear_error();
  if (X509_STORE_load_file(identity.trusted.get(), path.c_str()) != 1)
    return "tls: authorities " + path + ": " + last_error();
  identity.shown.reset(SSL_load_client_CA_file(path.c_str()));
  ERR_clear_error();
  return {};
}

} // namespace

tl::expected<std::shared_ptr<const tls_identity>, std::string> tls_identity::read(const tls_settings& s) {
  auto identity = std::make_shared<identity_in_memory>();
  if (s.certificate.empty() || s.key.empty())
    return tl::unexpected(std::string{"tls: a certificate and a key are needed"});
  if (auto error = read_certificates(s.certificate, *identity); !error.empty()) return tl::unexpected(std::move(error));
  if (auto error = read_key(s, *identity); !error.empty()) return tl::unexpected(std::move(error));
  if (auto error = read_authorities(s.authorities, *identity); !error.empty()) return tl::unexpected(std::move(error));
  return identity;
}

/// OpenSSL calls these for every object of the process; those of threads without an endpoint are not ours.
struct tls_hooks {
  static thread_local tls_endpoint* current;

  static void install() {
    static std::once_flag once;
    std::call_once(once, [] {
      CRYPTO_get_ex_new_index(CRYPTO_EX_INDEX_SSL_CTX, 0, nullptr, &new_context, nullptr, &free_context);
      CRYPTO_get_ex_new_index(CRYPTO_EX_INDEX_BIO, 0, nullptr, &new_socket, nullptr, nullptr);
      CRYPTO_get_ex_new_index(CRYPTO_EX_INDEX_SSL, 0, nullptr, &new_connection, nullptr, nullptr);
    });
  }

  static void new_context(void* parent, void*, CRYPTO_EX_DATA*, int, long, void*) {
    if (current) current->contexts_.push_back(static_cast<SSL_CTX*>(parent));
  }
  static void free_context(void* parent, void*, CRYPTO_EX_DATA*, int, long, void*) {
    if (current) std::erase(current->contexts_, static_cast<SSL_CTX*>(parent));
  }
  static void new_socket(void* parent, void*, CRYPTO_EX_DATA*, int, long, void*) {
    if (current) current->newest_ = static_cast<BIO*>(parent);
  }
  /// The stack makes the socket's BIO, then the connection, and ties them together.
  static void new_connection(void* parent, void*, CRYPTO_EX_DATA*, int, long, void*) {
    if (!current || !current->newest_) return;
    auto* socket = std::exchange(current->newest_, nullptr);
    if (BIO_method_type(socket) != BIO_TYPE_SOCKET) return;
    // The stack gives up the context once for each connection, instead of freeing the connection with its reference.
    SSL_CTX_up_ref(SSL_get_SSL_CTX(static_cast<SSL*>(parent)));
    BIO_set_callback_arg(socket, static_cast<char*>(parent));
    BIO_set_callback_ex(socket, &on_socket);
    current->fresh_.push_back(socket);
    ++current->alive_;
  }
  /// The stack's last act on a connection is to free its BIO, which the connection still refers to: the BIO is kept
  /// from being freed, with one reference for each of the connection's two ends, until the connection is freed too.
  static long on_socket(BIO* socket, int operation, const char*, std::size_t, int, long, int result, std::size_t*) {
    if (operation != BIO_CB_FREE || !current) return result;
    BIO_up_ref(socket);
    BIO_up_ref(socket);
    auto* connection = reinterpret_cast<SSL*>(BIO_get_callback_arg(socket));
    current->dropped_.push_back({connection, socket});
    return 0;
  }
  static int on_certificate_wanted(SSL* connection, void* endpoint) {
    return static_cast<tls_endpoint*>(endpoint)->identity_->use_in(connection) ? 1 : 0;
  }
};

thread_local tls_endpoint* tls_hooks::current = nullptr;

tls_endpoint::tls_endpoint(std::shared_ptr<const tls_identity> identity) : identity_{std::move(identity)} {
  tls_hooks::install();
  tls_hooks::current = this;
  watch_subjects(true);
}

tls_endpoint::~tls_endpoint() {
  collect(); // twice: what was fresh is known to be dropped after the first time
  collect();
  watch_subjects(false);
  tls_hooks::current = nullptr;
}

bool tls_endpoint::configure() {
  for (auto* context : contexts_) {
    SSL_CTX_set_min_proto_version(context, TLS1_2_VERSION);
    SSL_CTX_set_max_proto_version(context, 0);
    SSL_CTX_set_cipher_list(context, "HIGH:!aNULL:!eNULL:!MD5:!RC4:!3DES:@STRENGTH");
    SSL_CTX_set_options(context, SSL_OP_NO_COMPRESSION | SSL_OP_NO_RENEGOTIATION | SSL_OP_CIPHER_SERVER_PREFERENCE);
    SSL_CTX_set_mode(context, SSL_MODE_RELEASE_BUFFERS); // most phones are silent most of the time
    SSL_CTX_set_cert_cb(context, &tls_hooks::on_certificate_wanted, this);
    identity_->trust_in(context);
  }
  return !contexts_.empty();
}

void tls_endpoint::renew(std::shared_ptr<const tls_identity> identity) {
  identity_ = std::move(identity);
  for (auto* context : contexts_)
    identity_->trust_in(context);
}

void tls_endpoint::collect() {
  free_subjects();
  for (const auto& [connection, socket] : std::exchange(dropped_, {})) {
    BIO_set_callback_ex(socket, nullptr);
    SSL_free(connection);
    --alive_;
  }
  // The reference with which the BIO was made went over to the connection, which took a second one for its other end.
  // Giving that one up makes the stack's freeing the last one, so that it is noticed.
  for (auto* socket : std::exchange(fresh_, {}))
    BIO_free(socket);
}

} // namespace lifeline::sip
