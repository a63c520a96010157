#pragma once
// One leg's RTP and RTCP: what comes in becomes frames and events, frames go out as packets. Media thread only.

#include "media/digit_receiver.hpp"
#include "media/gateway.hpp"
#include "media/jitter_buffer.hpp"
#include "media/loop.hpp"
#include "media/player.hpp"
#include "media/port_pool.hpp"
#include "media/receive_stream.hpp"
#include "media/remote_side.hpp"
#include "media/rtp_packet.hpp"
#include "media/rtp_sender.hpp"
#include "media/silence_watch.hpp"
#include "media/source_latch.hpp"
#include "media/telephone_event.hpp"
#include "media/tone_detector.hpp"
#include "media/tone_sender.hpp"

#include <memory>
#include <optional>
#include <random>

namespace lifeline::media {

/// Monotonic time, which everything here but RTCP's wall clock is measured in.
std::int64_t monotonic_ns();

/// What all endpoints of a gateway share.
struct endpoint_context {
  const settings& set;
  loop& events;
  receive_batch batch;
  std::mt19937_64 random;
  std::int64_t epoch_ns = 0; ///< of tick 0
  [[nodiscard]] std::uint64_t tick_at(std::int64_t now_ns) const {
    return static_cast<std::uint64_t>((now_ns - epoch_ns) / tick_nanoseconds);
  }
};

class endpoint final : public watcher {
public:
  endpoint(endpoint_context& context, leg_id leg, std::shared_ptr<endpoint_sink> sink, socket_pair sockets, int family);
  endpoint(const endpoint&) = delete;
  endpoint& operator=(const endpoint&) = delete;
  ~endpoint();

  /// Begins to listen. False when the event loop is full.
  bool listen();
  void set_sink(std::shared_ptr<endpoint_sink> sink) { sink_ = std::move(sink); }
  [[nodiscard]] const std::shared_ptr<endpoint_sink>& sink() const { return sink_; }
  [[nodiscard]] std::uint16_t port() const { return sockets_.port; }
  [[nodiscard]] leg_id leg() const { return leg_; }

  void set_remote(const session_description& remote);
  void play(std::optional<player> what) { player_ = std::move(what); }
  void send_digit(char digit) { digits_.push(digit); }
  void listen_tones(bool on);
  void send_tones(const std::string& digits, tone_way way);
  /// The signalling has heard of the peer.
  void note_alive() { note_alive(monotonic_ns()); }
  /// `peer` may be null with `joined` true: the other side has gone, silence takes its place. A conversation begins:
  /// how long the peer was silent before does not count.
  void join(endpoint* peer, bool joined);
  [[nodiscard]] endpoint* peer() const { return peer_; }
  [[nodiscard]] bool is_joined() const { return joined_; }
  /// The peer holds the call: it does not want to hear anything.
  [[nodiscard]] bool is_held_by_peer() const { return described_ && !remote_.receives; }
  void set_recorded(bool recorded);

  /// True when the endpoint must take part in every tick; otherwise it costs nothing but the packets that come.
  [[nodiscard]] bool needs_ticks() const {
    return joined_ || recorded_ || player_.has_value() || digits_.busy() || tones_.busy() || detector_.has_value();
  }
  /// While ticking, packets are read at the tick, all at once, instead of one wake-up each.
  void set_ticking(bool ticking);
  /// Reads what came and takes the next 20 ms from the jitter buffer.
  void take_frame(bool read_first);
  /// What the leg says in this tick; silence when nothing came.
  [[nodiscard]] const frame& spoken() const { return spoken_; }
  /// Sends this tick's 20 ms: digit, player or the joined side. `late`: the moment has passed, only the clocks run.
  void send_frame(std::uint64_t tick, bool late);

  /// A few times a second: silence, RTCP.
  void sweep(std::int64_t now_ns);
  void add_to(media_statistics& s) const;
  /// Jitter of the live stream, if there is one.
  [[nodiscard]] std::optional<double> jitter(std::int64_t now_ns) const;

  void readable() override;

private:
  struct rtcp_watcher final : public watcher {
    explicit rtcp_watcher(endpoint& o) : owner(o) {}
    void readable() override { owner.read_rtcp(); }
    endpoint& owner;
  };
  void tell(endpoint_event_kind kind, std::string text = {});
  void read_rtp();
  void read_rtcp();
  void on_packet(const receive_batch::datagram& d, std::int64_t now_ns);
  void on_other(const receive_batch::datagram& d, std::int64_t now_ns);
  bool follow_stream(const rtp_packet& p);
  void on_audio(const rtp_packet& p, payload_kind kind, std::int64_t arrival_ns);
  void on_digit(const rtp_packet& p, std::int64_t now_ns);
  void on_tone(char digit, std::int64_t now_ns);
  void note_alive(std::int64_t now_ns);
  void update_jitter_buffer();
  [[nodiscard]] silence_watch::duty duty() const;
  bool is_peers_report(const address& from, const rtcp_received& report);
  void forget_moved_reports();
  bool send_pending_digit(std::uint64_t tick, bool may_send);
  bool send_pending_tone(std::uint64_t tick, bool may_send);
  void send_rtcp(std::int64_t now_ns, bool goodbye);

  endpoint_context& context_;
  leg_id leg_;
  std::shared_ptr<endpoint_sink> sink_;
  socket_pair sockets_;
  int family_;
  rtcp_watcher rtcp_watcher_{*this};
  bool listening_ = false;
  bool ticking_ = false;

  bool described_ = false;
  remote_side remote_ = unknown_remote();
  source_latch latch_;
  std::optional<address> rtcp_source_; ///< where the peer's reports come from, if not from where they should
  std::uint32_t rtcp_moves_ = 0;       ///< of the latch, when that was found
  rtp_sender sender_;
  digit_sender digits_;
  tone_sender tones_;
  std::optional<player> player_;
  endpoint* peer_ = nullptr;
  bool joined_ = false;
  bool recorded_ = false;

  bool has_stream_ = false;
  std::uint32_t ssrc_ = 0;
  receive_stream stream_;
  digit_receiver digits_in_;
  std::optional<tone_detector> detector_; ///< while somebody wants to hear tones
  std::int64_t event_ns_ = 0;             ///< the last RFC 4733 digit; 0 = none yet
  std::int64_t tone_ns_ = 0;              ///< the last digit told because of a tone, `tone_`
  char tone_ = 0;
  std::optional<jitter_buffer> buffer_; ///< only while somebody listens
  frame spoken_{};
  std::uint64_t lost_before_ = 0; ///< of streams that ended
  std::uint64_t received_before_ = 0;
  std::uint64_t late_before_ = 0;

  std::int64_t heard_ns_ = 0; ///< last packet
  silence_watch silence_;
  std::int64_t rtcp_due_ns_ = 0;
  std::uint64_t rtcp_reported_packets_ = 0;
  std::uint32_t last_sr_ = 0;
  std::int64_t last_sr_ns_ = 0;
};

} // namespace lifeline::media
