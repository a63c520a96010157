#include "tests/peers/harness/http.hpp"

#include <chrono>
#include <cstdlib>
#include <sstream>

#include <boost/asio/ip/tcp.hpp>
#include <boost/beast/core.hpp>
#include <boost/beast/http.hpp>

namespace lifeline::peers {

namespace beast = boost::beast;
namespace http = beast::http;
namespace asio = boost::asio;

http_reply http_get(const std::string& address, std::uint16_t port, const std::string& target,
                    const std::string& token) {
  return http_send(address, port, {.target = target, .token = token});
}

http_reply http_send(const std::string& address, std::uint16_t port, const http_ask& ask) {
  asio::io_context context;
  beast::tcp_stream stream(context);
  http::request<http::string_body> request(http::string_to_verb(ask.method), ask.target, 11);
  request.set(http::field::host, address);
  request.set(http::field::connection, "close");
  if (!ask.token.empty()) request.set(http::field::authorization, "Bearer " + ask.token);
  if (!ask.body.empty()) request.set(http::field::content_type, "application/json");
  for (const auto& [name, value] : ask.headers)
    request.set(name, value);
  request.body() = ask.body;
  request.prepare_payload();
  http::response_parser<http::string_body> response;
  response.body_limit(64U << 20U);
  beast::flat_buffer buffer;
  http_reply reply;
  // Asynchronous, because only then Beast's time limit holds.
  stream.expires_after(std::chrono::seconds(5));
  const asio::ip::tcp::endpoint peer(asio::ip::make_address(address), port);
  stream.async_connect(peer, [&](beast::error_code failed) {
    if (failed) return;
    http::async_write(stream, request, [&](beast::error_code write_failed, std::size_t) {
      if (write_failed) return;
      http::async_read(stream, buffer, response, [&](beast::error_code read_failed, std::size_t) {
        if (read_failed) return;
        reply = {static_cast<int>(response.get().result_int()), response.get().body()};
      });
    });
  });
  context.run();
  return reply;
}

double sample_of(const std::string& metrics, const std::string& name) {
  const bool exact = name.find('{') != std::string::npos;
  double sum = 0;
  bool found = false;
  std::istringstream lines(metrics);
  for (std::string line; std::getline(lines, line);) {
    if (line.empty() || line.front() == '#' || line.compare(0, name.size(), name) != 0) continue;
    const char next = line.size() > name.size() ? line[name.size()] : ' ';
    if (next != ' ' && (exact || next != '{')) continue;
    found = true;
    sum += std::strtod(line.c_str() + line.rfind(' '), nullptr);
  }
  return found ? sum : -1;
}

} // namespace lifeline::peers
