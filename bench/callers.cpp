#include "bench/callers.hpp"

#include <charconv>
#include <utility>

namespace lifeline::bench {

using namespace std::chrono_literals;

namespace {

constexpr auto first_repetition = 500ms;            // T1 of RFC 3261
constexpr auto last_repetition = 16000ms;           // after it, 64 × T1 are over
constexpr std::uint64_t first_number = 13900000000; // telephone numbers: 13900000001, ...

std::uint64_t number_in(std::string_view text) {
  std::uint64_t n = 0;
  std::from_chars(text.data(), text.data() + text.size(), n);
  return n;
}

} // namespace

callers::callers(udp_loop& loop, std::uint16_t engine_port, std::string hotline)
    : loop_(loop), engine_(engine_port), hotline_(std::move(hotline)) {
  loop_.watch(port_, [this](std::string_view datagram, stamp at) { read(datagram, at); });
}

// ---- what they are told ---------------------------------------------------------------------------------------

void callers::place(double per_second) {
  loop_.ask([&] {
    rate_ = per_second;
    most_open_ = 0;
    due_ = udp_loop::clock::now();
    place_next(++generation_);
  });
}

void callers::keep_open(std::size_t count, double per_second) {
  loop_.ask([&] {
    rate_ = count == 0 ? 0 : per_second;
    most_open_ = count;
    due_ = udp_loop::clock::now();
    place_next(++generation_);
  });
}

void callers::place_next(std::uint64_t generation) {
  if (generation != generation_ || rate_ <= 0) return;
  if (most_open_ == 0 || calls_.size() < most_open_) place_one();
  due_ += std::chrono::duration_cast<udp_loop::clock::duration>(std::chrono::duration<double>(1 / rate_));
  loop_.at(due_, [this, generation] { place_next(generation); });
}

void callers::give_up() {
  loop_.ask([&] {
    ++generation_;
    int n = 0;
    for (const auto& [number, c] : calls_)
      loop_.after(2ms * n++, [this, number = number] { // not at once: people do not do that either
        if (const auto found = calls_.find(number); found != calls_.end()) leave(found->second);
      });
  });
}

void callers::forget_calls() {
  loop_.ask([&] {
    for (const auto& [number, c] : calls_)
      if (c.sound != 0) sound_->stop(c.sound);
    calls_.clear();
    firsts_ = {};
  });
}

callers::firsts callers::first() {
  return loop_.ask([&] { return firsts_; });
}

std::size_t callers::open() {
  return loop_.ask([&] { return calls_.size(); });
}

std::size_t callers::waiting() {
  return loop_.ask([&] {
    std::size_t n = 0;
    for (const auto& [number, c] : calls_)
      n += c.at == call::step::waiting ? 1 : 0;
    return n;
  });
}

caller_figures callers::figures() {
  return loop_.ask([&] { return figures_; });
}

sample callers::take_to_offer() {
  return loop_.ask([&] { return std::exchange(to_offer_, {}); });
}

sample callers::take_to_answer() {
  return loop_.ask([&] { return std::exchange(to_answer_, {}); });
}

void callers::offered(std::string_view number, stamp at) {
  const auto found = calls_.find(number_in(number));
  if (found == calls_.end() || std::exchange(found->second.offered, true)) return;
  to_offer_.add(milliseconds_between(found->second.begun, at));
}

// ---- calls ----------------------------------------------------------------------------------------------------

std::string callers::dialled() const { return "sip:" + hotline_ + "@127.0.0.1:" + std::to_string(engine_); }

/// The request's headers up to the body. One INVITE and one BYE or CANCEL is all that a caller sends.
std::string callers::request(const char* method, const call& c, const std::string& target, std::string_view to) const {
  const std::string m = method;
  const auto number = std::to_string(c.number);
  const auto me = "127.0.0.1:" + std::to_string(port_.port());
  const bool second = m == "BYE";
  std::string text = m + ' ' + target + " SIP/2.0\r\nVia: SIP/2.0/UDP " + me + ";branch=z9hG4bK-" +
                     (second ? "b" : "i") + number + "\r\nMax-Forwards: 70\r\nFrom: <sip:" + number + '@' + me +
                     ">;tag=c" + number + "\r\nTo: ";
  text.append(to).append("\r\nCall-ID: ").append(number).append("@").append(me);
  return text + "\r\nCSeq: " + (second ? "2 " : "1 ") + m + "\r\nContact: <sip:" + number + '@' + me + ">\r\n";
}

void callers::place_one() {
  call c;
  c.number = first_number + ++numbers_;
  c.to = '<' + dialled() + '>';
  const auto sound = sound_ != nullptr ? sound_->port(rtp_side::caller) : port_.port();
  c.request =
      request("INVITE", c, dialled(), c.to) + "Allow: INVITE, ACK, CANCEL, BYE, OPTIONS\r\n" + with_audio(sound);
  c.begun = port_.send(c.request, engine_);
  ++figures_.placed;
  repeat(c.number, call::step::inviting, first_repetition);
  calls_.emplace(c.number, std::move(c));
}

void callers::read(std::string_view datagram, stamp at) {
  const auto m = read_sip(datagram);
  if (!m) return;
  const auto found = calls_.find(number_in(m->call_id));
  if (m->status == 0) {
    if (m->method == "ACK") return;
    const bool known = found != calls_.end() || m->method != "BYE";
    std::string text = known ? "SIP/2.0 200 OK\r\n" : "SIP/2.0 481 Call/Transaction Does Not Exist\r\n";
    text.append(m->vias).append("From: ").append(m->from).append("\r\nTo: ").append(m->to);
    text.append("\r\nCall-ID: ").append(m->call_id).append("\r\nCSeq: ").append(m->cseq).append("\r\n");
    port_.send(text + without_body(), engine_);
    if (m->method == "BYE" && found != calls_.end()) {
      ++figures_.ended;
      end(found->first);
    }
    return;
  }
  if (found == calls_.end()) return;
  auto& c = found->second;
  if (m->method == "BYE" && m->status >= 200) {
    ++figures_.ended;
    return end(c.number);
  }
  if (m->method != "INVITE") return;
  if (m->status < 200) {
    if (c.at == call::step::inviting) c.at = call::step::waiting;
    if (firsts_.heard == 0) firsts_.heard = at;
  } else if (m->status < 300) {
    answered(c, *m, at);
  } else {
    acknowledge(c, m->to, dialled(), true);
    if (c.at == call::step::cancelling)
      ++figures_.left;
    else
      ++figures_.refused[m->status];
    end(c.number);
  }
}

void callers::acknowledge(const call& c, std::string_view to, const std::string& target, bool refused) {
  auto text = request("ACK", c, target, to);
  // The ACK of a 2xx is a transaction of its own (RFC 3261, 13.2.2.4).
  if (!refused)
    if (const auto at = text.find(";branch=z9hG4bK-i"); at != std::string::npos)
      text.replace(at, 17, ";branch=z9hG4bK-a");
  port_.send(text + without_body(), engine_);
}

void callers::answered(call& c, const sip_message& m, stamp at) {
  c.to = m.to;
  c.target = uri_in(m.contact);
  acknowledge(c, c.to, c.target, false);
  if (c.at == call::step::talking || c.at == call::step::leaving) return; // the 200 again
  const bool gave_up = c.at == call::step::cancelling;
  c.at = call::step::talking;
  ++figures_.answered;
  if (firsts_.answered == 0) firsts_.answered = at;
  to_answer_.add(milliseconds_between(c.begun, at));
  if (const auto wants = audio_in(m.body); wants && sound_ != nullptr)
    c.sound = sound_->start(rtp_side::caller, *wants);
  if (gave_up) leave(c); // it crossed our CANCEL
}

void callers::leave(call& c) {
  if (c.at == call::step::talking) {
    c.at = call::step::leaving;
    c.request = request("BYE", c, c.target, c.to) + without_body();
  } else if (c.at == call::step::waiting) {
    c.at = call::step::cancelling;
    c.request = request("CANCEL", c, dialled(), '<' + dialled() + '>') + without_body();
  } else if (c.at == call::step::inviting) { // no CANCEL before a provisional response (RFC 3261, 9.1)
    loop_.after(first_repetition, [this, number = c.number] {
      if (const auto found = calls_.find(number); found != calls_.end()) leave(found->second);
    });
    return;
  } else {
    return;
  }
  port_.send(c.request, engine_);
  repeat(c.number, c.at, first_repetition);
}

void callers::end(std::uint64_t number) {
  const auto found = calls_.find(number);
  if (found->second.sound != 0) sound_->stop(found->second.sound);
  calls_.erase(found);
}

void callers::repeat(std::uint64_t number, call::step at, std::chrono::milliseconds after) {
  loop_.after(after, [this, number, at, after] {
    const auto found = calls_.find(number);
    if (found == calls_.end() || found->second.at != at) return;
    if (after > last_repetition) {
      ++figures_.unheard;
      return end(number);
    }
    ++figures_.repeated;
    port_.send(found->second.request, engine_);
    repeat(number, at, after * 2);
  });
}

} // namespace lifeline::bench
