#include "apps/lifelinectl/client.hpp"

#include "apps/lifelinectl/local_time.hpp"

#include <boost/asio/connect.hpp>
#include <boost/asio/io_context.hpp>
#include <boost/asio/ip/tcp.hpp>
#include <boost/beast/core.hpp>
#include <boost/beast/http.hpp>

#include <sodium.h>

#include <array>
#include <chrono>
#include <fstream>
#include <limits>
#include <optional>

namespace lifeline::ctl {

namespace beast = boost::beast;
namespace http = beast::http;
namespace asio = boost::asio;
using tcp = asio::ip::tcp;
using failed = beast::error_code;

namespace {

constexpr std::chrono::seconds connect_timeout{5};
constexpr std::chrono::seconds answer_timeout = usual_patience; ///< for each piece of a long answer
constexpr std::uint64_t longest_file = std::uint64_t{1} << 40U;
constexpr std::uint64_t longest_text = 256U << 20U;

tl::unexpected<fault> broken(bool no_connection, std::string message) {
  return tl::make_unexpected(fault{no_connection, std::move(message)});
}

/// Asynchronous operations run one after the other: only they can be given a time limit.
class exchange {
public:
  failed connect(const server_address& where) {
    failed result;
    tcp::resolver resolver(network_);
    const auto found = resolver.resolve(where.host, where.port, result);
    if (result) return result;
    stream_.expires_after(connect_timeout);
    stream_.async_connect(found, [&](failed e, const tcp::endpoint&) { result = e; });
    run();
    return result;
  }
  failed write(http::request<http::string_body>& message) {
    failed result;
    stream_.expires_after(answer_timeout);
    http::async_write(stream_, message, [&](failed e, std::size_t) { result = e; });
    run();
    return result;
  }
  template <class Parser> failed read_header(Parser& parser, std::chrono::seconds patience) {
    failed result;
    stream_.expires_after(patience);
    http::async_read_header(stream_, buffer_, parser, [&](failed e, std::size_t) { result = e; });
    run();
    return result;
  }
  template <class Parser> failed read(Parser& parser) {
    failed result;
    stream_.expires_after(answer_timeout);
    http::async_read(stream_, buffer_, parser, [&](failed e, std::size_t) { result = e; });
    run();
    return result;
  }

private:
  void run() {
    network_.restart();
    network_.run();
  }
  asio::io_context network_;
  beast::tcp_stream stream_{network_};
  beast::flat_buffer buffer_;
};

/// Writes a body into a file piece by piece and computes its SHA-256.
failed save(exchange& on, http::response_parser<http::buffer_body>& parser, std::ofstream& file, reply& result) {
  crypto_hash_sha256_state hash;
  crypto_hash_sha256_init(&hash);
  std::array<char, 65536> block{};
  while (!parser.is_done()) {
    auto& body = parser.get().body();
    body.data = block.data();
    body.size = block.size();
    auto e = on.read(parser);
    if (e == http::error::need_buffer) e = {};
    if (e) return e;
    const auto got = block.size() - body.size;
    crypto_hash_sha256_update(&hash, reinterpret_cast<const unsigned char*>(block.data()), got);
    file.write(block.data(), static_cast<std::streamsize>(got));
    result.file_bytes += got;
  }
  std::array<unsigned char, crypto_hash_sha256_BYTES> digest{};
  crypto_hash_sha256_final(&hash, digest.data());
  std::array<char, 2 * crypto_hash_sha256_BYTES + 1> hex{};
  sodium_bin2hex(hex.data(), hex.size(), digest.data(), digest.size());
  result.file_sha256 = hex.data();
  return {};
}

std::string header_of(const http::response_header<>& header, const char* name) {
  const auto found = header.find(name);
  return found == header.end() ? std::string{} : std::string{found->value().data(), found->value().size()};
}

} // namespace

tl::expected<server_address, std::string> parse_url(std::string_view url) {
  constexpr std::string_view scheme = "http://";
  const auto wrong = tl::make_unexpected("--url: expected http://HOST:PORT, got " + std::string{url});
  if (url.substr(0, scheme.size()) != scheme) return wrong;
  url.remove_prefix(scheme.size());
  if (!url.empty() && url.back() == '/') url.remove_suffix(1);
  std::string_view host;
  if (!url.empty() && url.front() == '[') {
    const auto end = url.find(']');
    if (end == std::string_view::npos) return wrong;
    host = url.substr(1, end - 1);
    url.remove_prefix(end + 1);
  } else {
    host = url.substr(0, url.find(':'));
    url.remove_prefix(host.size());
  }
  std::string_view port = "80";
  if (!url.empty()) {
    if (url.front() != ':') return wrong;
    port = url.substr(1);
  }
  if (host.empty() || host.find_first_of("/@? ") != std::string_view::npos) return wrong;
  if (port.empty() || port.size() > 5 || port.find_first_not_of("0123456789") != std::string_view::npos) return wrong;
  return server_address{std::string{host}, std::string{port}};
}

std::string encode(std::string_view text) {
  static constexpr char digits[] = "0123456789ABCDEF";
  std::string out;
  for (const char c : text) {
    const auto byte = static_cast<unsigned char>(c);
    const bool plain = (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') || c == '-' ||
                       c == '.' || c == '_' || c == '~';
    if (plain)
      out += c;
    else
      out += {'%', digits[byte >> 4U], digits[byte & 0xFU]};
  }
  return out;
}

tl::expected<reply, fault> client::ask(const question& q) const {
  exchange on;
  const auto where = where_.host + ":" + where_.port;
  if (const auto e = on.connect(where_)) return broken(true, "cannot connect to " + where + ": " + e.message());
  http::request<http::string_body> message{http::string_to_verb(q.method), q.target, 11};
  message.set(http::field::host, where);
  message.set(http::field::connection, "close");
  message.set(http::field::authorization, "Bearer " + token_);
  if (!agent_.empty()) message.set("X-Lifeline-Agent", agent_);
  if (!q.body.empty()) message.set(http::field::content_type, q.content_type);
  message.body() = q.body;
  message.prepare_payload();
  // An engine that refuses early may close before it has read everything: its answer is there all the same.
  const auto wrote = on.write(message);
  http::response_parser<http::buffer_body> head;
  head.body_limit(std::numeric_limits<std::uint64_t>::max()); // Beast 1.74 takes "none" for nothing at all
  if (const auto e = on.read_header(head, q.patience))
    return broken(true, where + " did not answer: " + (wrote ? wrote : e).message());
  reply result;
  result.status = static_cast<int>(head.get().result_int());
  use_offset(header_of(head.get(), "X-Lifeline-UTC-Offset"));
  result.sealed_as = header_of(head.get(), "X-Content-SHA256");
  if (q.file != nullptr && result.status == 200) {
    std::ofstream out(*q.file, std::ios::binary | std::ios::trunc);
    if (!out) return broken(false, *q.file + ": cannot be written");
    if (const auto e = save(on, head, out, result)) return broken(false, "the answer broke off: " + e.message());
    out.close();
    if (!out) return broken(false, *q.file + ": cannot be written");
    return result;
  }
  http::response_parser<http::string_body> rest(std::move(head));
  rest.body_limit(longest_text);
  if (const auto e = on.read(rest)) return broken(false, "the answer broke off: " + e.message());
  result.body = std::move(rest.get().body());
  return result;
}

tl::expected<reply, fault> client::get(const std::string& target, std::chrono::seconds patience) const {
  return ask({"GET", target, {}, nullptr, patience});
}
tl::expected<reply, fault> client::post(const std::string& target, const std::string& body,
                                        std::chrono::seconds patience, const char* content_type) const {
  return ask({"POST", target, body, nullptr, patience, content_type});
}
tl::expected<reply, fault> client::put(const std::string& target, const std::string& body) const {
  return ask({"PUT", target, body});
}
tl::expected<reply, fault> client::remove(const std::string& target) const { return ask({"DELETE", target, {}}); }
tl::expected<reply, fault> client::fetch(const std::string& target, const std::string& file) const {
  return ask({"GET", target, {}, &file});
}

} // namespace lifeline::ctl
