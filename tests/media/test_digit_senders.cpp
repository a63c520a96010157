// One press, one digit: how senders of RFC 4733 events really count, as a table.

#include "media/digit_receiver.hpp"

#include <catch2/catch.hpp>

#include <string>
#include <vector>

using namespace lifeline::media;

namespace {

struct sent {
  int after_ms = 0;          ///< since the packet before
  std::uint16_t packets = 1; ///< sequence numbers since the packet before
  std::uint32_t timestamp = 0;
  char key = '1';
  std::uint16_t duration = 160;
  bool end = false;
  std::uint32_t ssrc = 1;
};

std::uint8_t event_of(char key) { return static_cast<std::uint8_t>(std::string_view{"0123456789*#ABCD"}.find(key)); }

struct ear {
  digit_receiver receiver;
  std::int64_t now = 1'000'000'000;
  std::uint16_t sequence = 65500; // wraps on the way
  std::string heard;

  void hear(const sent& p) {
    now += std::int64_t{p.after_ms} * 1'000'000;
    sequence = static_cast<std::uint16_t>(sequence + p.packets);
    const std::vector<std::uint8_t> payload{event_of(p.key), static_cast<std::uint8_t>(p.end ? 0x8a : 0x0a),
                                            static_cast<std::uint8_t>(p.duration >> 8),
                                            static_cast<std::uint8_t>(p.duration & 0xff)};
    if (const auto digit = receiver.on_packet({p.ssrc, sequence, p.timestamp, now, payload})) heard += *digit;
  }
};

/// A sender's habits; the defaults are the RFC's.
struct habit {
  std::string name;
  int interval_ms = 20;
  int updates = 5;                ///< packets before the end
  int ends = 3;                   ///< how often the end is said
  int pause_ms = 100;             ///< from the last packet to the next press
  std::uint32_t creep = 0;        ///< the timestamp grows by this from packet to packet
  bool timestamp_stands = false;  ///< the next press has the last one's timestamp
  bool timestamp_back = false;    ///< the next press has a smaller one
  bool duration_stands = false;   ///< always the same
  bool duration_restarts = false; ///< in the middle of a press
  bool duration_zero = false;
  bool audio_between = true;    ///< sequence numbers go on in the pause
  bool stream_for_each = false; ///< an SSRC for each press
};

std::string press_all(const habit& h, const std::string& keys) {
  ear e;
  std::uint32_t timestamp = 80000;
  int pause = 500;
  std::uint32_t ssrc = 7;
  for (const auto key : keys) {
    const int total = h.updates + h.ends;
    for (int i = 0; i < total; ++i) {
      sent p;
      p.after_ms = i == 0 ? pause : h.interval_ms;
      p.packets = static_cast<std::uint16_t>(i == 0 && h.audio_between ? 1 + pause / 20 : 1);
      p.timestamp = timestamp + h.creep * static_cast<std::uint32_t>(i);
      p.key = key;
      const int grown = std::min(i + 1, std::max(1, h.updates));
      int steps = h.duration_stands ? 1 : grown;
      if (h.duration_restarts && i >= 3) steps = grown - 2;
      p.duration = static_cast<std::uint16_t>(h.duration_zero ? 0 : steps * h.interval_ms * 8);
      p.end = i >= h.updates;
      p.ssrc = ssrc;
      e.hear(p);
    }
    pause = h.pause_ms;
    const auto length = static_cast<std::uint32_t>((total * h.interval_ms + h.pause_ms) * 8);
    if (h.timestamp_back)
      timestamp -= 3000;
    else if (!h.timestamp_stands)
      timestamp += length;
    if (h.stream_for_each) ++ssrc;
  }
  return e.heard;
}

habit named(const char* name) {
  habit h;
  h.name = name;
  return h;
}

std::vector<habit> habits() {
  std::vector<habit> all;
  const auto add = [&](const char* name, auto change) {
    auto h = named(name);
    change(h);
    all.push_back(h);
  };
  add("as the RFC says", [](habit&) {});
  add("at 50 ms", [](habit& h) { h.interval_ms = 50; });
  add("at 10 ms", [](habit& h) { h.interval_ms = 10; });
  add("one end only", [](habit& h) { h.ends = 1; });
  add("growing timestamps", [](habit& h) { h.creep = 160; });
  add("growing timestamps at 50 ms", [](habit& h) {
    h.interval_ms = 50;
    h.creep = 400;
  });
  add("growing timestamps at 30 ms, durations stand", [](habit& h) {
    h.interval_ms = 30;
    h.creep = 240;
    h.duration_stands = true;
  });
  add("growing timestamps, durations of nothing", [](habit& h) {
    h.creep = 160;
    h.duration_zero = true;
  });
  add("growing timestamps, no end at all", [](habit& h) {
    h.creep = 160;
    h.ends = 0;
  });
  add("timestamps grow by one", [](habit& h) { h.creep = 1; });
  add("no end at all", [](habit& h) { h.ends = 0; });
  add("no end at all, nothing sent in the pause", [](habit& h) {
    h.ends = 0;
    h.audio_between = false;
  });
  add("ends only", [](habit& h) { h.updates = 0; });
  add("ends only, growing timestamps", [](habit& h) {
    h.updates = 0;
    h.creep = 160;
  });
  add("the last press's timestamp", [](habit& h) { h.timestamp_stands = true; });
  add("the last press's timestamp, nothing sent in the pause", [](habit& h) {
    h.timestamp_stands = true;
    h.audio_between = false;
  });
  add("the last press's timestamp, no end at all", [](habit& h) {
    h.timestamp_stands = true;
    h.ends = 0;
    h.pause_ms = 300;
  });
  add("the last press's timestamp, ends only", [](habit& h) {
    h.timestamp_stands = true;
    h.updates = 0;
    h.pause_ms = 400;
  });
  add("timestamps that go back", [](habit& h) { h.timestamp_back = true; });
  add("durations that stand still", [](habit& h) { h.duration_stands = true; });
  add("durations that begin anew", [](habit& h) { h.duration_restarts = true; });
  add("durations of nothing", [](habit& h) { h.duration_zero = true; });
  add("a stream for each press", [](habit& h) { h.stream_for_each = true; });
  add("long presses", [](habit& h) { h.updates = 100; });
  add("short presses, short pauses", [](habit& h) {
    h.updates = 2;
    h.pause_ms = 50;
  });
  return all;
}

} // namespace

TEST_CASE("one press is one digit, whatever the sender's habits") {
  for (const auto& h : habits()) {
    CAPTURE(h.name);
    for (const std::string keys : {"1", "55", "555", "1212", "5559#", "0123456789*#ABCD"})
      CHECK(press_all(h, keys) == keys);
  }
}

TEST_CASE("one press is one digit, whichever of its packets are lost or come twice") {
  // Two presses of one key as the RFC has them: 100 ms, three ends, 100 ms of pause.
  const auto packets = [](std::uint32_t timestamp, int first_after) {
    std::vector<sent> all;
    for (int i = 0; i < 8; ++i) {
      sent p;
      p.after_ms = i == 0 ? first_after : 20;
      p.packets = static_cast<std::uint16_t>(i == 0 ? 1 + first_after / 20 : 1);
      p.timestamp = timestamp;
      p.key = '5';
      p.duration = static_cast<std::uint16_t>(std::min(i + 1, 5) * 160);
      p.end = i >= 5;
      all.push_back(p);
    }
    return all;
  };
  for (unsigned lost = 0; lost < 0xff; ++lost) { // a bit for each packet of the first press; one at least arrives
    ear e;
    int skipped_ms = 0;
    std::uint16_t skipped = 0;
    bool first = true;
    for (const auto& press : {packets(1000, 500), packets(1000 + 2080, 120)}) {
      for (std::size_t i = 0; i < press.size(); ++i) {
        auto p = press[i];
        p.after_ms += skipped_ms;
        p.packets = static_cast<std::uint16_t>(p.packets + skipped);
        const bool gone = first && (lost & (1u << i)) != 0;
        skipped_ms = gone ? p.after_ms : 0;
        skipped = gone ? p.packets : std::uint16_t{0};
        if (gone) continue;
        e.hear(p);
        p.after_ms = 0;
        p.packets = 0; // the same packet once more
        e.hear(p);
      }
      first = false;
    }
    CAPTURE(lost);
    CHECK(e.heard == "55");
  }
}

TEST_CASE("packets that were overtaken are no presses") {
  ear e;
  e.hear({0, 1, 1000, '7', 160, false, 1});
  e.hear({20, 3, 1000, '7', 800, true, 1});
  e.hear({1, static_cast<std::uint16_t>(-2), 1000, '7', 320, false, 1});
  e.hear({1, 1, 1000, '7', 480, false, 1});
  e.hear({100, 8, 2600, '8', 160, false, 1});
  e.hear({1, static_cast<std::uint16_t>(-6), 1000, '7', 800, true, 1});
  e.hear({20, 7, 2600, '8', 320, false, 1});
  CHECK(e.heard == "78");
}

TEST_CASE("a very long press goes on in segments, and through an outage") {
  ear e;
  e.hear({0, 1, 20000, '3', 0xffff, false, 1});
  e.hear({20, 1, 20000 + 0xffff, '3', 160, false, 1});
  e.hear({2000, 100, 20000 + 0xffff, '3', 16160, false, 1}); // as long as the outage was
  e.hear({20, 1, 20000 + 0xffff, '3', 16320, true, 1});
  CHECK(e.heard == "3");
}

TEST_CASE("numbers that begin anew make no digit twice and lose none") {
  ear e;
  e.hear({0, 1, 90000, '4', 160, false, 1});
  e.receiver.renumbered();
  e.hear({20, 30000, 5, '4', 320, false, 1});
  e.hear({20, 1, 5, '4', 320, true, 1});
  e.receiver.renumbered();
  e.hear({120, 20, 3, '4', 160, false, 1});
  CHECK(e.heard == "44");
}

TEST_CASE("what is no key, or no whole event, is no digit") {
  ear e;
  digit_receiver r;
  const std::vector<std::uint8_t> flash{16, 0, 0, 160};
  CHECK_FALSE(r.on_packet({1, 1, 1, 1, flash}));
  CHECK_FALSE(r.on_packet({1, 2, 500, 1, std::span(flash).first(3)}));
  const std::vector<std::uint8_t> padded{9, 0, 0, 160, 0, 0, 0, 0};
  CHECK(r.on_packet({1, 3, 9000, 1, padded}) == '9');
  CHECK_FALSE(r.on_packet({1, 4, 9000, 2, padded}));
}
