#pragma once
// The lift phone's own language over a voice channel (P100, for EN 81-28): packets of DTMF digits, and the dialogue in
// which they are asked for and acknowledged. Pure; the rest of such a call is in domain/rescue/lift_phone_script.hpp.
//
// A packet is  type | length | data | checksum.  A digit's value: 0-9, A-D = 10-13, * = 14, # = 15. `length` counts the
// data's digits; the checksum is the low byte of the sum of all values before it, as two hexadecimal digits in the same
// alphabet. An alarm of lift 12345678:  1 8 12345678 2D.
//
// We send D (start); the device sends its packet; we send A (acknowledged) or C (once more):
//
//   calling ─▶ reading ─▶ storing ─▶ acknowledged ─▶ over
//      │         │  ▲        └─ not stored in time ───▶ over (no A: the device must not believe us)
//      │         ▼  │ C, three times at most
//      │       spoilt ──┐
//      └────────────────┴─ gave up ─▶ over

#include "domain/base/time.hpp"

#include <tl/expected.hpp>

#include <cstddef>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <variant>
#include <vector>

namespace lifeline::domain {

// ---- packets ---------------------------------------------------------------------------------------------------

enum class p100_type : std::uint8_t {
  alarm = 1,     ///< data: the lift's id, 8 digits
  failure = 2,   ///< id and a code of 3 digits, 100 = battery
  self_test = 3, ///< id
};
std::string_view to_string(p100_type t);

struct p100_packet {
  p100_type type = p100_type::alarm;
  std::string lift; ///< 8 digits
  std::string code; ///< 3 digits, of a failure
  bool operator==(const p100_packet&) const = default;
};

enum class p100_fault : std::uint8_t {
  too_short,      ///< ended before its length, or cannot be a packet at all
  not_a_digit,    ///< a character that is no DTMF digit
  wrong_checksum, ///< or digits too many
  unknown_type,   ///< the checksum is right: sending it once more would change nothing
  wrong_form,     ///< the checksum is right, the length or the data are not what the type wants
};
std::string_view to_string(p100_fault f);

inline constexpr char p100_start = 'D';
inline constexpr char p100_acknowledge = 'A';
inline constexpr char p100_retransmit = 'C';
/// Type, length, 15 digits, checksum.
inline constexpr std::size_t longest_p100 = 19;

/// 0..15; nothing for a character that is no DTMF digit.
std::optional<unsigned> p100_value(char digit);
/// Of type, length and data; characters that are no digits count as 0.
std::string p100_checksum(std::string_view digits);
/// What a device sends. `lift` and `code` must be digits that fit (at most 15 together).
std::string write_p100(const p100_packet& packet);
/// One whole packet and nothing else.
tl::expected<p100_packet, p100_fault> read_p100(std::string_view digits);

// ---- digits as they come ---------------------------------------------------------------------------------------

/// Digits of one packet come every 200 ms; after such a gap nothing more of it will come.
inline constexpr span p100_digit_gap = 700ms;

/// Gathers digits into packets.
struct p100_collector {
  std::string digits;
  instant last = never; ///< of the last digit

  /// The digits of a packet when this digit completes it. A gap begins a new packet. Before a packet, digits that no
  /// type begins with are passed over: our own A, C and D come back as echoes.
  std::optional<std::string> push(char digit, instant now);
  [[nodiscard]] bool is_stale(instant now) const { return !digits.empty() && now >= last + p100_digit_gap; }
};

// ---- the dialogue ----------------------------------------------------------------------------------------------

enum class p100_phase : std::uint8_t { calling, reading, spoilt, storing, acknowledged, over };

struct p100_state {
  p100_phase phase = p100_phase::calling;
  p100_collector collected;
  std::optional<p100_packet> packet; ///< the one identified last
  std::string heard;                 ///< digits of packets that could not be used, for a person to look at
  std::optional<p100_fault> fault;   ///< of the last of them
  span patience = 6s;
  instant begun = never;
  instant progress = never; ///< patience counts from here
  instant asked = never;    ///< our last D
  instant stored_by = never;
  std::uint32_t starts = 0;
  std::uint32_t retries = 0;
};

struct p100_begins {};
struct p100_digit {
  char digit = 0;
};
struct p100_stored { ///< what became of the report about the packet
  bool ok = false;
};
struct p100_clock {};
using p100_event = std::variant<p100_begins, p100_digit, p100_stored, p100_clock>;

namespace p100_command {
/// `again`: a start that was not heard; another way to send it may do better.
struct send_tone {
  char tone = p100_start;
  bool again = false;
};
/// To be stored; p100_stored tells how that went. Comes once for each packet, however often the device sends it.
struct identified {
  p100_packet packet;
};
/// The packet was not stored in time, or cannot be: no acknowledgement, unless it is stored later after all.
struct unstored {
  p100_packet packet;
};
/// No usable packet came.
struct gave_up {
  std::string why;
  std::string heard;
};
/// Acknowledged, and quiet since: nothing more will come.
struct finished {};
} // namespace p100_command
using p100_command_type = std::variant<p100_command::send_tone, p100_command::identified, p100_command::unstored,
                                       p100_command::gave_up, p100_command::finished>;

/// Applies one event. Every dialogue ends: with gave_up, unstored or finished, exactly one of them, `longest_p100_talk`
/// after its begin at the latest.
std::vector<p100_command_type> step(p100_state& s, const p100_event& e, instant now);

/// The next moment at which p100_clock must be given; never = none.
instant next_deadline(const p100_state& s);

inline constexpr std::uint32_t p100_max_retries = 3;
/// A start that nothing has answered is sent again: the voice path may not have been open yet.
inline constexpr span p100_start_again = 1500ms;
/// The voice call waits for the disk at most so long.
inline constexpr span p100_store_patience = 2s;
/// After an acknowledgement: a device that has not heard it sends its packet again within this time.
inline constexpr span p100_linger = 4s;
/// With progress all the time an unidentified caller waits at most so many times the patience.
inline constexpr int p100_longest_search = 3;
inline constexpr span longest_p100_talk = 60s;

} // namespace lifeline::domain
