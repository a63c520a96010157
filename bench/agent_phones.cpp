#include "bench/agent_phones.hpp"

#include <cmath>
#include <stdexcept>
#include <thread>
#include <utility>

namespace lifeline::bench {

using namespace std::chrono_literals;

namespace {

constexpr auto first_repetition = 500ms; // T1 of RFC 3261
constexpr auto last_repetition = 8000ms;

} // namespace

agent_phones::agent_phones(udp_loop& loop, std::uint16_t engine_port) : loop_(loop), engine_(engine_port) {
  loop_.watch(port_, [this](std::string_view datagram, stamp at) { read(datagram, at); });
}

// ---- registration ---------------------------------------------------------------------------------------------

void agent_phones::sign_in(std::map<std::string, std::string> accounts, std::chrono::seconds timeout) {
  loop_.ask([&] {
    for (auto& [account, password] : accounts)
      agents_[account].password = std::move(password);
    missing_ = agents_.size();
    renew();
    loop_.after(20min, [this] { renew(); });
  });
  const auto end = std::chrono::steady_clock::now() + timeout;
  while (const auto missing = loop_.ask([&] { return missing_; })) {
    if (std::chrono::steady_clock::now() > end)
      throw std::runtime_error(std::to_string(missing) + " of " + std::to_string(accounts.size()) +
                               " phones could not register");
    std::this_thread::sleep_for(20ms);
  }
}

/// Some at a time: a burst of thousands would be a test of the socket's buffer.
void agent_phones::renew() {
  std::size_t n = 0;
  for (auto& [account, a] : agents_)
    loop_.after(1ms * (n++ / 2), [this, account = account] { send_register(account, {}); });
  if (n > 0 && missing_ == 0) loop_.after(20min, [this] { renew(); });
}

void agent_phones::send_register(const std::string& account, const std::string& authorization) {
  auto& a = agents_[account];
  const auto number = std::to_string(++a.sequence);
  const auto me = "<sip:" + account + "@127.0.0.1:" + std::to_string(engine_) + ">";
  std::string text = "REGISTER sip:127.0.0.1:" + std::to_string(engine_) +
                     " SIP/2.0\r\nVia: SIP/2.0/UDP 127.0.0.1:" + std::to_string(port_.port()) + ";branch=z9hG4bK-r-" +
                     account + '-' + number + "\r\nFrom: " + me + ";tag=r" + account + "\r\nTo: " + me +
                     "\r\nCall-ID: register-" + account + "\r\nCSeq: " + number +
                     " REGISTER\r\nContact: <sip:" + account + "@127.0.0.1:" + std::to_string(port_.port()) +
                     ">\r\nExpires: 3600\r\nUser-Agent: lifeline-bench\r\nMax-Forwards: 70\r\n"; // without a name: MD5
  if (!authorization.empty()) text += "Authorization: " + authorization + "\r\n";
  port_.send(text + without_body(), engine_);
}

void agent_phones::registered(const sip_message& m) {
  const std::string account{user_in(m.to)};
  const auto found = agents_.find(account);
  if (found == agents_.end()) return;
  if (m.status == 401) {
    const auto uri = "sip:127.0.0.1:" + std::to_string(engine_);
    const auto answer = answer_challenge(m.challenge, account, found->second.password, uri, "c" + account);
    if (!answer.empty()) send_register(account, answer);
  } else if (m.status == 200 && !std::exchange(found->second.registered, true)) {
    --missing_;
  }
}

// ---- settings and figures -------------------------------------------------------------------------------------

void agent_phones::set_talk(std::chrono::milliseconds talk, double spread) {
  loop_.ask([&] {
    talk_ = talk;
    spread_ = spread;
  });
}

void agent_phones::forget_calls() {
  loop_.ask([&] {
    for (const auto& [call_id, d] : dialogs_)
      if (d.sound != 0) sound_->stop(d.sound);
    dialogs_.clear();
    busy_.clear();
  });
}

void agent_phones::measure_free_to_offer(bool on) {
  loop_.ask([&] {
    measuring_ = on;
    free_to_offer_ = {};
    for (auto& [account, a] : agents_)
      a.freed = 0;
  });
}

sample agent_phones::take_free_to_offer() {
  return loop_.ask([&] { return std::exchange(free_to_offer_, {}); });
}

phone_figures agent_phones::figures() {
  return loop_.ask([&] { return figures_; });
}

std::size_t agent_phones::talking() {
  return loop_.ask([&] { return busy_.size(); });
}

void agent_phones::hang_up_all() {
  loop_.ask([&] {
    std::vector<std::string> all;
    for (const auto& [call_id, d] : dialogs_)
      if (d.at == dialog::step::talking) all.push_back(call_id);
    std::size_t n = 0;
    for (const auto& call_id : all)
      loop_.after(1ms * (n++ / 2), [this, call_id] { hang_up(call_id); });
  });
}

// ---- calls ----------------------------------------------------------------------------------------------------

void agent_phones::read(std::string_view datagram, stamp at) {
  const auto m = read_sip(datagram);
  if (!m) return;
  if (m->status > 0) {
    if (m->method == "REGISTER") return registered(*m);
    if (m->method == "BYE" && m->status >= 200) return end(std::string{m->call_id});
    return;
  }
  if (m->method == "INVITE") return invited(*m, at);
  if (m->method == "ACK") return acknowledged(std::string{m->call_id});
  if (m->method == "BYE") return left(*m);
  if (m->method == "CANCEL") ++figures_.cancelled; // it crosses our 200, and the engine ends the call by a BYE
  reply(*m, "200 OK", "p");
}

void agent_phones::reply(const sip_message& m, const char* status, std::string_view to_tag) {
  std::string text = "SIP/2.0 ";
  text.append(status).append("\r\n").append(m.vias).append("From: ").append(m.from);
  text.append("\r\nTo: ").append(m.to);
  if (!to_tag.empty() && tag_in(m.to).empty()) text.append(";tag=").append(to_tag);
  text.append("\r\nCall-ID: ").append(m.call_id).append("\r\nCSeq: ").append(m.cseq).append("\r\n");
  text += "Contact: <sip:phone@127.0.0.1:" + std::to_string(port_.port()) + ">\r\n" + without_body();
  port_.send(text, engine_);
}

void agent_phones::invited(const sip_message& m, stamp at) {
  const std::string call_id{m.call_id};
  if (const auto found = dialogs_.find(call_id); found != dialogs_.end()) {
    port_.send(found->second.answer, engine_); // the INVITE again
    return;
  }
  ++figures_.offers;
  dialog d;
  d.account = user_in(m.uri);
  d.number = ++numbers_;
  auto& a = agents_[d.account];
  if (a.freed != 0) free_to_offer_.add(milliseconds_between(std::exchange(a.freed, 0), at));
  if (on_offer) on_offer(user_in(m.from), at);
  if (const auto talk = busy_.find(d.account); talk != busy_.end()) {
    const auto before = dialogs_.at(talk->second).at;
    figures_.doubled += before == dialog::step::talking ? 1 : 0;
    figures_.crossed += before == dialog::step::answered ? 1 : 0;
  }
  busy_[d.account] = call_id;

  const auto tag = 'a' + std::to_string(d.number);
  reply(m, "180 Ringing", tag);
  d.from = std::string{m.to} + ";tag=" + tag;
  d.to = m.from;
  d.target = uri_in(m.contact);
  d.wants = audio_in(m.body).value_or(rtp_address{});
  const auto sound = sound_ != nullptr ? sound_->port(rtp_side::agent) : port_.port();
  d.answer.append("SIP/2.0 200 OK\r\n").append(m.vias).append("From: ").append(m.from).append("\r\nTo: ");
  d.answer.append(d.from).append("\r\nCall-ID: ").append(m.call_id).append("\r\nCSeq: ").append(m.cseq);
  d.answer += "\r\nContact: <sip:" + d.account + "@127.0.0.1:" + std::to_string(port_.port()) +
              ">\r\nAllow: INVITE, ACK, CANCEL, BYE, OPTIONS\r\n" + with_audio(sound);
  port_.send(d.answer, engine_);
  repeat(call_id, d.number, false, first_repetition);
  dialogs_.emplace(call_id, std::move(d));
}

void agent_phones::acknowledged(const std::string& call_id) {
  const auto found = dialogs_.find(call_id);
  if (found == dialogs_.end() || found->second.at != dialog::step::answered) return;
  auto& d = found->second;
  d.at = dialog::step::talking;
  ++figures_.connected;
  if (sound_ != nullptr && d.wants.port != 0) d.sound = sound_->start(rtp_side::agent, d.wants);
  if (talk_ <= 0ms) return;
  const auto longer = std::uniform_real_distribution{-spread_, spread_}(random_);
  loop_.after(talk_ + std::chrono::milliseconds{std::lround(longer * static_cast<double>(talk_.count()))},
              [this, call_id] { hang_up(call_id); });
}

void agent_phones::hang_up(const std::string& call_id) {
  const auto found = dialogs_.find(call_id);
  if (found == dialogs_.end() || found->second.at != dialog::step::talking) return;
  auto& d = found->second;
  d.at = dialog::step::leaving;
  d.bye = "BYE " + d.target + " SIP/2.0\r\nVia: SIP/2.0/UDP 127.0.0.1:" + std::to_string(port_.port()) +
          ";branch=z9hG4bK-b-" + std::to_string(d.number) + "\r\nFrom: " + d.from + "\r\nTo: " + d.to +
          "\r\nCall-ID: " + call_id + "\r\nCSeq: 1 BYE\r\nMax-Forwards: 70\r\n" + without_body();
  const auto sent = port_.send(d.bye, engine_);
  if (measuring_) agents_[d.account].freed = sent;
  repeat(call_id, d.number, true, first_repetition);
}

void agent_phones::left(const sip_message& m) {
  reply(m, "200 OK");
  end(std::string{m.call_id});
}

void agent_phones::end(const std::string& call_id) {
  const auto found = dialogs_.find(call_id);
  if (found == dialogs_.end()) return;
  auto& d = found->second;
  if (d.sound != 0) sound_->stop(d.sound);
  if (const auto talk = busy_.find(d.account); talk != busy_.end() && talk->second == call_id) busy_.erase(talk);
  ++figures_.ended;
  dialogs_.erase(found);
}

void agent_phones::repeat(const std::string& call_id, std::uint64_t number, bool bye, std::chrono::milliseconds after) {
  loop_.after(after, [this, call_id, number, bye, after] {
    const auto found = dialogs_.find(call_id);
    if (found == dialogs_.end() || found->second.number != number) return;
    auto& d = found->second;
    if (d.at != (bye ? dialog::step::leaving : dialog::step::answered)) return;
    if (after >= last_repetition) {
      ++figures_.abandoned;
      return end(call_id);
    }
    ++figures_.repeated;
    port_.send(bye ? d.bye : d.answer, engine_);
    repeat(call_id, number, bye, after * 2);
  });
}

} // namespace lifeline::bench
