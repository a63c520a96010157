#include "sip/call_book.hpp"

#include <sodium.h>

#include <string>

namespace lifeline::sip {

std::array<unsigned char, 16> call_book::make_secret() {
  static_assert(crypto_shorthash_KEYBYTES == 16);
  std::array<unsigned char, 16> secret{};
  if (sodium_init() >= 0) randombytes_buf(secret.data(), secret.size());
  return secret;
}

call_book::key call_book::hash(std::initializer_list<std::string_view> parts) const {
  std::string text;
  for (const auto part : parts)
    text.append(part).append(1, '\0');
  static_assert(crypto_shorthash_BYTES == sizeof(key));
  key value = 0;
  crypto_shorthash(reinterpret_cast<unsigned char*>(&value), reinterpret_cast<const unsigned char*>(text.data()),
                   text.size(), secret_.data());
  return value;
}

bool call_book::has_room(opening what) const {
  const auto index = static_cast<std::size_t>(what);
  return waiting_[index] < limits_.unacknowledged[index];
}

void call_book::wait(key call, entry& e, domain::instant now) {
  if (!e.waits) ++waiting_[static_cast<std::size_t>(e.what)];
  e.waits = true;
  e.wait_until = now + memory_;
  wait_ends_.emplace_back(e.wait_until, call);
}

void call_book::stop_waiting(entry& e) {
  if (e.waits) --waiting_[static_cast<std::size_t>(e.what)];
  e.waits = false;
}

void call_book::keep(key call, entry& e, domain::instant now) {
  e.until = now + memory_;
  call_ends_.emplace_back(e.until, call);
}

void call_book::passed(key call, key transaction, opening what, domain::instant now) {
  transactions_[transaction] = now + memory_;
  transaction_ends_.emplace_back(now + memory_, transaction);
  auto& e = calls_[call];
  stop_waiting(e);
  e.what = what;
  e.incoming = true;
  e.acknowledged = false;
  keep(call, e, now);
  if (e.legs == 0) wait(call, e, now);
}

void call_book::begin(key call) {
  auto& e = calls_[call];
  ++e.legs;
  stop_waiting(e); // legs have a limit of their own
  e.wait_until = domain::never;
}

void call_book::end(key call, domain::instant now) {
  const auto found = calls_.find(call);
  if (found == calls_.end() || found->second.legs == 0) return;
  auto& e = found->second;
  if (--e.legs > 0) return;
  keep(call, e, now);
  answered(call, now);
}

void call_book::answered(key call, domain::instant now) {
  const auto found = calls_.find(call);
  if (found == calls_.end()) return;
  auto& e = found->second;
  if (e.incoming && !e.acknowledged && e.wait_until == domain::never) wait(call, e, now);
}

void call_book::acknowledged(key call) {
  const auto found = calls_.find(call);
  if (found == calls_.end()) return;
  found->second.acknowledged = true;
  if (found->second.what != opening::registration) stop_waiting(found->second);
}

bool call_book::admits(key call, domain::instant now) {
  const auto found = calls_.find(call);
  return found != calls_.end() && found->second.requests.take(limits_.requests_per_second, limits_.burst, now);
}

void call_book::expire(domain::instant now) {
  for (; !transaction_ends_.empty() && transaction_ends_.front().first <= now; transaction_ends_.pop_front()) {
    const auto found = transactions_.find(transaction_ends_.front().second);
    if (found != transactions_.end() && found->second <= now) transactions_.erase(found);
  }
  for (; !wait_ends_.empty() && wait_ends_.front().first <= now; wait_ends_.pop_front()) {
    const auto found = calls_.find(wait_ends_.front().second);
    if (found != calls_.end() && found->second.wait_until <= now) stop_waiting(found->second);
  }
  for (; !call_ends_.empty() && call_ends_.front().first <= now; call_ends_.pop_front()) {
    const auto found = calls_.find(call_ends_.front().second);
    if (found == calls_.end() || found->second.legs > 0 || found->second.until > now) continue;
    stop_waiting(found->second);
    calls_.erase(found);
  }
}

} // namespace lifeline::sip
