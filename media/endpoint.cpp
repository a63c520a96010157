#include "media/endpoint.hpp"

#include <array>
#include <ctime>

namespace lifeline::media {

namespace {

constexpr int max_batches_at_once = 4; // a flood on one socket must not starve the others
constexpr std::size_t max_packet_samples = 1600;
/// A peer that sends events may let their tones through as well, later by what the jitter buffer holds.
constexpr std::int64_t events_rule_ns = 1'000'000'000;
/// A tone that was heard before its event, of which only the end has come.
constexpr std::int64_t same_press_ns = 80'000'000;

} // namespace

std::int64_t monotonic_ns() {
  timespec t{};
  (void)::clock_gettime(CLOCK_MONOTONIC, &t);
  return static_cast<std::int64_t>(t.tv_sec) * 1'000'000'000 + t.tv_nsec;
}

endpoint::endpoint(endpoint_context& context, leg_id leg, std::shared_ptr<endpoint_sink> sink, socket_pair sockets,
                   int family)
    : context_(context), leg_(leg), sink_(std::move(sink)), sockets_(std::move(sockets)), family_(family),
      sender_(context.random) {}

endpoint::~endpoint() {
  if (sender_.packets() > 0) send_rtcp(monotonic_ns(), true);
  if (!listening_) return;
  if (!ticking_) context_.events.unwatch(sockets_.rtp.fd());
  context_.events.unwatch(sockets_.rtcp.fd());
}

bool endpoint::listen() {
  if (!context_.events.watch(sockets_.rtp.fd(), *this)) return false;
  if (!context_.events.watch(sockets_.rtcp.fd(), rtcp_watcher_)) {
    context_.events.unwatch(sockets_.rtp.fd());
    return false;
  }
  listening_ = true;
  return true;
}

void endpoint::tell(endpoint_event_kind kind, std::string text) {
  if (!sink_) return;
  endpoint_event e;
  e.leg = leg_;
  e.kind = kind;
  e.text = std::move(text);
  sink_->on_endpoint_event(e);
}

void endpoint::set_remote(const session_description& remote) {
  const auto now = monotonic_ns();
  const auto next = understand(remote, family_);
  const bool changed = !described_ || !(next == remote_);
  remote_ = next;
  described_ = true;
  latch_.describe(remote_.target, remote_.signalling, changed && remote_.receives && remote_.sends, now);
  silence_.expect(now);
  if (rtcp_due_ns_ == 0) rtcp_due_ns_ = now + 1'000'000'000;
}

void endpoint::join(endpoint* peer, bool joined) {
  peer_ = peer;
  joined_ = joined;
  if (joined) silence_.expect(monotonic_ns());
  update_jitter_buffer();
}

void endpoint::set_recorded(bool recorded) {
  recorded_ = recorded;
  update_jitter_buffer();
}

void endpoint::update_jitter_buffer() {
  const bool wanted = joined_ || recorded_ || detector_.has_value();
  if (wanted == buffer_.has_value()) return;
  if (wanted) {
    buffer_.emplace(static_cast<std::size_t>(context_.set.jitter_min.count()),
                    static_cast<std::size_t>(context_.set.jitter_max.count()));
    return;
  }
  late_before_ += buffer_->late();
  buffer_.reset();
  spoken_.fill(0);
}

void endpoint::set_ticking(bool ticking) {
  if (ticking == ticking_) return;
  ticking_ = ticking;
  if (ticking)
    context_.events.unwatch(sockets_.rtp.fd());
  else
    (void)context_.events.watch(sockets_.rtp.fd(), *this); // its place in the table was there before
}

void endpoint::readable() { read_rtp(); }

void endpoint::read_rtp() {
  const auto now = monotonic_ns();
  for (int i = 0; i < max_batches_at_once; ++i) {
    const auto batch = context_.batch.read(sockets_.rtp.fd());
    for (const auto& d : batch)
      on_packet(d, now);
    if (batch.size() < receive_batch::capacity) return;
  }
}

void endpoint::note_alive(std::int64_t now_ns) {
  if (silence_.alive(now_ns)) tell(endpoint_event_kind::heard);
}

bool endpoint::follow_stream(const rtp_packet& p) {
  if (!has_stream_ || p.ssrc != ssrc_) {
    lost_before_ += stream_.lost();
    received_before_ += stream_.received();
    stream_ = receive_stream();
    ssrc_ = p.ssrc;
    has_stream_ = true;
    last_sr_ns_ = 0;
    if (buffer_) buffer_->restart();
    if (detector_) detector_->restart();
  }
  switch (stream_.on_packet(p.sequence)) {
  case receive_stream::verdict::fresh: return true;
  case receive_stream::verdict::restarted:
    digits_in_.renumbered();
    if (buffer_) buffer_->restart();
    return true;
  case receive_stream::verdict::duplicate:
  case receive_stream::verdict::doubtful: break;
  }
  return false;
}

void endpoint::on_packet(const receive_batch::datagram& d, std::int64_t now_ns) {
  const auto packet = parse_rtp(d.data);
  if (!packet) return on_other(d, now_ns);
  const auto kind = remote_.kinds[packet->payload_type];
  if (kind == payload_kind::unknown || (kind == payload_kind::telephone_event && !described_))
    return on_other(d, now_ns);
  if (!latch_.accept(d.from, packet->ssrc, packet->sequence, now_ns)) return;
  heard_ns_ = now_ns;
  note_alive(now_ns);
  // Some senders give events a stream of their own: it must not take the audio's place, nor the audio its.
  const bool aside = kind == payload_kind::telephone_event && has_stream_ && packet->ssrc != ssrc_;
  if (!aside && !follow_stream(*packet)) return;
  switch (kind) {
  case payload_kind::a_law:
  case payload_kind::mu_law: return on_audio(*packet, kind, d.arrival_ns);
  case payload_kind::telephone_event: return on_digit(*packet, now_ns);
  case payload_kind::comfort_noise:
    if (buffer_) buffer_->pause();
    return;
  case payload_kind::unknown: return;
  }
}

/// A keepalive (RFC 6263), a report on the wrong port, a codec that was not agreed: nothing to be heard, but somebody
/// is there.
void endpoint::on_other(const receive_batch::datagram& d, std::int64_t now_ns) {
  if (latch_.is_peer(d.from)) note_alive(now_ns);
}

void endpoint::on_audio(const rtp_packet& p, payload_kind kind, std::int64_t arrival_ns) {
  stream_.on_audio(p.timestamp, arrival_ns);
  if (!buffer_ || p.payload.size() > max_packet_samples) return;
  std::array<std::int16_t, max_packet_samples> samples;
  decode_g711(kind == payload_kind::a_law ? law::a : law::mu, p.payload, samples.data());
  buffer_->put(p.timestamp, std::span(samples).first(p.payload.size()));
}

void endpoint::on_digit(const rtp_packet& p, std::int64_t now_ns) {
  if (buffer_) buffer_->pause();
  const auto digit = digits_in_.on_packet({p.ssrc, p.sequence, p.timestamp, now_ns, p.payload});
  if (!digit) return;
  event_ns_ = now_ns;
  if (peer_ != nullptr) peer_->send_digit(*digit);
  if (detector_ && *digit == tone_ && now_ns - tone_ns_ < same_press_ns) return; // told already
  tell(endpoint_event_kind::digit, std::string(1, *digit));
}

void endpoint::listen_tones(bool on) {
  if (on == detector_.has_value()) return;
  if (on)
    detector_.emplace();
  else
    detector_.reset();
  update_jitter_buffer();
}

void endpoint::on_tone(char digit, std::int64_t now_ns) {
  if (event_ns_ != 0 && now_ns - event_ns_ < events_rule_ns) return; // its event has told it
  tone_ = digit;
  tone_ns_ = now_ns;
  tell(endpoint_event_kind::digit, std::string(1, digit));
}

void endpoint::take_frame(bool read_first) {
  if (read_first) read_rtp();
  if (!buffer_) return;
  buffer_->take(spoken_);
  if (!detector_) return;
  for (const auto digit : detector_->feed(spoken_))
    on_tone(digit, monotonic_ns());
}

void endpoint::send_tones(const std::string& digits, tone_way way) {
  const bool as_events = remote_.dtmf_payload != 0 && (way == tone_way::both || event_ns_ != 0);
  for (const auto digit : digits)
    if (tones_.push(digit) && as_events) digits_.push(digit);
}

bool endpoint::send_pending_tone(std::uint64_t tick, bool may_send) {
  if (!tones_.busy()) return false;
  frame tone;
  tones_.next(tone);
  if (digits_.busy()) { // both ways at once
    const auto event = digits_.next(sender_.timestamp(tick));
    if (may_send) (void)sender_.send_event(sockets_.rtp, latch_.target(), remote_, event);
  }
  if (may_send) sender_.send_audio(sockets_.rtp, latch_.target(), remote_, tick, tone);
  return true;
}

bool endpoint::send_pending_digit(std::uint64_t tick, bool may_send) {
  if (!digits_.busy()) return false;
  const auto event = digits_.next(sender_.timestamp(tick));
  if (!may_send || sender_.send_event(sockets_.rtp, latch_.target(), remote_, event)) return true;
  frame tone{};
  if (event.tone) fill_dtmf_tone(event.digit, event.step, tone);
  sender_.send_audio(sockets_.rtp, latch_.target(), remote_, tick, tone);
  return true;
}

void endpoint::send_frame(std::uint64_t tick, bool late) {
  static constexpr frame silence{};
  const bool may_send = !late && remote_.receives && latch_.target().is_set();
  const frame* source = nullptr;
  if (joined_) source = peer_ != nullptr ? &peer_->spoken() : &silence;
  frame played;
  if (player_) {
    const auto outcome = player_->fill(played);
    if (outcome == player::outcome::finished) {
      const auto error = player_->error();
      player_.reset();
      tell(endpoint_event_kind::play_finished, error);
    } else {
      source = outcome == player::outcome::audio ? &played : &silence;
    }
  }
  if (send_pending_tone(tick, may_send) || send_pending_digit(tick, may_send)) return;
  if (may_send && source != nullptr) sender_.send_audio(sockets_.rtp, latch_.target(), remote_, tick, *source);
}

void endpoint::add_to(media_statistics& s) const {
  s.packets_received += received_before_ + stream_.received();
  s.packets_lost += lost_before_ + stream_.lost();
  s.packets_late += late_before_ + (buffer_ ? buffer_->late() : 0);
  s.packets_sent += sender_.packets();
}

std::optional<double> endpoint::jitter(std::int64_t now_ns) const {
  if (!has_stream_ || now_ns - heard_ns_ > 5'000'000'000) return std::nullopt;
  return stream_.jitter_seconds();
}

} // namespace lifeline::media
