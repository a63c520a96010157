#include "config/secrets.hpp"

#include "config/problem.hpp"
#include "config/secrets_text.hpp"

#include <array>
#include <cerrno>
#include <cstring>
#include <fcntl.h>
#include <filesystem>
#include <stdexcept>
#include <string_view>
#include <sys/stat.h>
#include <unistd.h>

#include <sodium.h>

namespace lifeline::config {

namespace {

using error = tl::unexpected<std::string>;

constexpr std::string_view alphabet = "abcdefghijkmnpqrstuvwxyzABCDEFGHJKLMNPQRSTUVWXYZ23456789";
constexpr std::size_t password_length = 24;

class descriptor {
public:
  explicit descriptor(int fd) : fd_(fd) {}
  descriptor(const descriptor&) = delete;
  descriptor& operator=(const descriptor&) = delete;
  ~descriptor() {
    if (fd_ >= 0) ::close(fd_);
  }
  [[nodiscard]] int get() const { return fd_; }

private:
  int fd_;
};

error system_fault(const std::string& path, const char* what) {
  return tl::make_unexpected(path + ": " + what + ": " + std::strerror(errno));
}

void start_sodium() {
  if (sodium_init() < 0)
    throw std::runtime_error("libsodium cannot be initialised: the system gives no random numbers");
}

tl::expected<std::string, std::string> read_private(const std::string& path, bool& exists) {
  exists = true;
  const descriptor file(::open(path.c_str(), O_RDONLY | O_CLOEXEC));
  if (file.get() < 0) {
    exists = errno != ENOENT;
    if (!exists) return std::string{};
    return system_fault(path, "cannot be opened");
  }
  struct stat status {};
  if (::fstat(file.get(), &status) != 0) return system_fault(path, "cannot be examined");
  if (!S_ISREG(status.st_mode)) return tl::make_unexpected(path + ": is not a file");
  if ((status.st_mode & 077U) != 0) {
    return tl::make_unexpected(path + ": others on this machine can read or change the secrets; run: chmod 600 " +
                               path);
  }
  std::string text;
  std::array<char, 8192> block{};
  for (;;) {
    const auto got = ::read(file.get(), block.data(), block.size());
    if (got < 0 && errno == EINTR) continue;
    if (got < 0) return system_fault(path, "cannot be read");
    if (got == 0) return text;
    text.append(block.data(), static_cast<std::size_t>(got));
    if (text.size() > (4U << 20U)) return tl::make_unexpected(path + ": is larger than 4 MiB: not a file of secrets");
  }
}

tl::expected<void, std::string> write_all(int fd, std::string_view text, const std::string& path) {
  while (!text.empty()) {
    const auto wrote = ::write(fd, text.data(), text.size());
    if (wrote < 0 && errno == EINTR) continue;
    if (wrote < 0) return system_fault(path, "cannot be written");
    text.remove_prefix(static_cast<std::size_t>(wrote));
  }
  if (::fsync(fd) != 0) return system_fault(path, "cannot be written to the disk");
  return {};
}

/// A new file takes the old one's place at once: a crash leaves one or the other, never half of it.
tl::expected<void, std::string> replace_file(const std::string& path, const std::string& text) {
  const auto folder = std::filesystem::absolute(path).parent_path();
  std::error_code failed;
  std::filesystem::create_directories(folder, failed);
  if (failed) return tl::make_unexpected(folder.string() + ": cannot be made: " + failed.message());
  std::string temporary = path + ".XXXXXX";
  const descriptor file(::mkstemp(temporary.data())); // made with mode 0600
  if (file.get() < 0) return system_fault(path, "cannot be made");
  auto written = write_all(file.get(), text, path);
  if (written && ::rename(temporary.c_str(), path.c_str()) != 0) written = system_fault(path, "cannot be replaced");
  if (!written) {
    ::unlink(temporary.c_str());
    return written;
  }
  const descriptor directory(::open(folder.c_str(), O_RDONLY | O_DIRECTORY | O_CLOEXEC));
  if (directory.get() < 0 || ::fsync(directory.get()) != 0) return system_fault(folder.string(), "cannot be synced");
  return {};
}

struct found_secrets {
  tl::expected<secrets_result, std::string> result;
  std::string missing; ///< the sentence about trunks without a password
};

using values = std::map<std::string, std::string>;

/// The values of those that are asked for; what is missing is made, and said in `made`.
template <class Make>
values take(values& stored, const std::vector<std::string>& wanted, Make make, std::vector<std::string>& made) {
  values result;
  for (const auto& name : wanted) {
    auto& value = stored[name];
    if (value.empty()) {
      value = make();
      made.push_back(name);
    }
    result[name] = value;
  }
  return result;
}

bool make_missing(std::string& value) {
  if (!value.empty()) return false;
  value = make_token();
  return true;
}

/// What the file holds and what had to be made; writes nothing.
found_secrets find_secrets(const std::string& path, const wanted_secrets& wanted) {
  bool exists = false;
  const auto text = read_private(path, exists);
  if (!text) return {tl::make_unexpected(text.error()), {}};
  auto stored = parse_secrets(*text, path);
  if (!stored) return {tl::make_unexpected(stored.error()), {}};

  found_secrets found;
  secrets_result result;
  result.created = !exists;
  bool changed = make_missing(stored->api_token) || !exists;
  if (wanted.link_key) changed = make_missing(stored->link_key) || changed;
  auto& out = result.secrets;
  std::vector<std::string> tokens;
  out.sip_passwords = take(stored->sip_passwords, wanted.accounts, make_password, result.added);
  out.agent_tokens = take(stored->agent_tokens, wanted.agents, make_token, tokens);
  out.client_tokens = take(stored->client_tokens, wanted.clients, make_token, tokens);
  out.vendor_secrets = take(stored->vendor_secrets, wanted.vendors, make_token, tokens);
  out.webhook_secrets = stored->webhook_secrets;
  out.api_token = stored->api_token;
  out.link_key = stored->link_key;
  changed = changed || !result.added.empty() || !tokens.empty();
  std::string without;
  for (const auto& trunk : wanted.trunks) {
    const auto it = stored->trunk_passwords.find(trunk);
    if (it != stored->trunk_passwords.end()) {
      out.trunk_passwords[trunk] = it->second;
    } else {
      without += (without.empty() ? "" : ", ") + quote(trunk);
    }
  }
  if (!without.empty()) {
    found.missing = path + ": trunks with a username but no password: " + without +
                    "; put a line <trunk> = \"...\" for each into the section [trunk_passwords] of this file";
    changed = changed || text->find("[trunk_passwords]") == std::string::npos;
  }
  if (changed) result.unsaved = format_secrets(*stored);
  found.result = std::move(result);
  return found;
}

} // namespace

std::string make_password() {
  start_sodium();
  std::string password;
  while (password.size() < password_length) {
    password += alphabet[randombytes_uniform(static_cast<std::uint32_t>(alphabet.size()))];
  }
  return password;
}

std::string make_token() {
  start_sodium();
  std::array<unsigned char, 32> bytes{};
  randombytes_buf(bytes.data(), bytes.size());
  std::array<char, 65> hex{};
  sodium_bin2hex(hex.data(), hex.size(), bytes.data(), bytes.size());
  return hex.data();
}

std::string webhook_secret_of(const secrets& s, const std::string& party) {
  if (const auto set = s.webhook_secrets.find(party); set != s.webhook_secrets.end()) return set->second;
  if (s.link_key.empty()) return {};
  // Begins with its purpose, as all that the link key signs (cti/api/links.cpp): nothing can pass for something
  // else.
  const auto text = std::string{"webhook"} + '\0' + party;
  const auto bytes = [](const std::string& x) { return reinterpret_cast<const unsigned char*>(x.data()); };
  std::array<unsigned char, crypto_auth_hmacsha256_BYTES> made{};
  crypto_auth_hmacsha256_state state;
  crypto_auth_hmacsha256_init(&state, bytes(s.link_key), s.link_key.size());
  crypto_auth_hmacsha256_update(&state, bytes(text), text.size());
  crypto_auth_hmacsha256_final(&state, made.data());
  std::array<char, 2 * made.size() + 1> hex{};
  sodium_bin2hex(hex.data(), hex.size(), made.data(), made.size());
  return hex.data();
}

tl::expected<secrets_result, std::string> load_secrets(const std::string& path, const wanted_secrets& wanted) {
  auto found = find_secrets(path, wanted);
  if (!found.result) return found.result;
  if (const auto saved = save_secrets(path, *found.result); !saved) return tl::make_unexpected(saved.error());
  if (!found.missing.empty()) return tl::make_unexpected(found.missing);
  found.result->unsaved.clear();
  return found.result;
}

tl::expected<secrets_result, std::string> look_up_secrets(const std::string& path, const wanted_secrets& wanted) {
  auto found = find_secrets(path, wanted);
  if (found.result && !found.missing.empty()) return tl::make_unexpected(found.missing);
  return found.result;
}

tl::expected<void, std::string> save_secrets(const std::string& path, const secrets_result& result) {
  if (result.unsaved.empty()) return {};
  return replace_file(path, result.unsaved);
}

} // namespace lifeline::config
