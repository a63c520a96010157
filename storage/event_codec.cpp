#include "storage/event_codec.hpp"

#include "storage/event_serialize.hpp"

#include <array>
#include <utility>

namespace lifeline::storage {

namespace {

// Never the variant's index: alternatives may be reordered, numbers on disk may not.
template <class Entry> inline constexpr std::uint16_t number_of = 0;
template <> inline constexpr std::uint16_t number_of<domain::engine_started> = 1;
template <> inline constexpr std::uint16_t number_of<domain::engine_stopped> = 2;
template <> inline constexpr std::uint16_t number_of<domain::call_arrived> = 3;
template <> inline constexpr std::uint16_t number_of<domain::call_blocked> = 4;
template <> inline constexpr std::uint16_t number_of<domain::queue_entered> = 5;
template <> inline constexpr std::uint16_t number_of<domain::queue_left> = 6;
template <> inline constexpr std::uint16_t number_of<domain::agent_reserved> = 7;
template <> inline constexpr std::uint16_t number_of<domain::agent_ringing> = 8;
template <> inline constexpr std::uint16_t number_of<domain::reservation_ended> = 9;
template <> inline constexpr std::uint16_t number_of<domain::call_connected> = 10;
template <> inline constexpr std::uint16_t number_of<domain::call_held> = 11;
template <> inline constexpr std::uint16_t number_of<domain::call_resumed> = 12;
template <> inline constexpr std::uint16_t number_of<domain::call_overflowed> = 13;
template <> inline constexpr std::uint16_t number_of<domain::call_ended> = 14;
template <> inline constexpr std::uint16_t number_of<domain::recording_started> = 15;
template <> inline constexpr std::uint16_t number_of<domain::recording_sealed> = 16;
template <> inline constexpr std::uint16_t number_of<domain::recording_failed> = 17;
template <> inline constexpr std::uint16_t number_of<domain::agent_changed> = 18;
template <> inline constexpr std::uint16_t number_of<domain::registration_changed> = 19;
template <> inline constexpr std::uint16_t number_of<domain::dispatcher_started> = 20;
template <> inline constexpr std::uint16_t number_of<domain::actor_restarted> = 21;
template <> inline constexpr std::uint16_t number_of<domain::call_escalated> = 22;
template <> inline constexpr std::uint16_t number_of<domain::hotline_rerouted> = 23;
template <> inline constexpr std::uint16_t number_of<domain::trunk_changed> = 24;
template <> inline constexpr std::uint16_t number_of<domain::source_banned> = 25;
template <> inline constexpr std::uint16_t number_of<domain::configuration_reloaded> = 26;
template <> inline constexpr std::uint16_t number_of<domain::engine_draining> = 27;
template <> inline constexpr std::uint16_t number_of<domain::backup_made> = 28;
template <> inline constexpr std::uint16_t number_of<domain::events_lost> = 29;
template <> inline constexpr std::uint16_t number_of<domain::alarm_received> = 30;
template <> inline constexpr std::uint16_t number_of<domain::order_changed> = 31;
template <> inline constexpr std::uint16_t number_of<domain::rescuer_called> = 32;
template <> inline constexpr std::uint16_t number_of<domain::elevators_imported> = 33;
template <> inline constexpr std::uint16_t number_of<domain::party_changed> = 34;
template <> inline constexpr std::uint16_t number_of<domain::device_silence> = 35;
template <> inline constexpr std::uint16_t number_of<domain::mass_event_changed> = 36;
template <> inline constexpr std::uint16_t number_of<domain::rescuer_dialled> = 37;
template <> inline constexpr std::uint16_t number_of<domain::alert_rung> = 38;
template <> inline constexpr std::uint16_t number_of<domain::recording_fetched> = 40;
template <> inline constexpr std::uint16_t number_of<domain::rescuer_link_made> = 41;
template <> inline constexpr std::uint16_t number_of<domain::log_salvaged> = 47;
template <> inline constexpr std::uint16_t number_of<domain::clock_stepped> = 48;
template <> inline constexpr std::uint16_t number_of<domain::outbound_resumed> = 49;
template <> inline constexpr std::uint16_t number_of<domain::call_cut> = 43;
template <> inline constexpr std::uint16_t number_of<domain::call_rung_back> = 44;

constexpr std::size_t entry_count = std::variant_size_v<domain::event_body>;

template <std::size_t... I> constexpr auto list_numbers(std::index_sequence<I...>) {
  return std::array{number_of<std::variant_alternative_t<I, domain::event_body>>...};
}
constexpr auto numbers = list_numbers(std::make_index_sequence<entry_count>{});

constexpr bool numbers_are_sound() {
  for (std::size_t i = 0; i < entry_count; ++i) {
    if (numbers[i] == 0) return false;
    for (std::size_t j = 0; j < i; ++j)
      if (numbers[i] == numbers[j]) return false;
  }
  return true;
}
static_assert(numbers_are_sound(), "every entry needs a number of its own");

template <std::size_t I = 0> void read_body(byte_reader& ar, std::uint16_t number, domain::event_body& body) {
  if constexpr (I == entry_count) {
    throw cereal::Exception("the event type " + std::to_string(number) + " is unknown");
  } else if (numbers[I] == number) {
    ar(body.emplace<I>());
  } else {
    read_body<I + 1>(ar, number, body);
  }
}

} // namespace

std::uint16_t event_number(const domain::event_body& body) { return numbers.at(body.index()); }

void encode_event_to(std::string& out, const domain::event& e) {
  byte_writer ar(out);
  ar(event_number(e.body), e.at, e.call);
  std::visit([&](const auto& body) { ar(body); }, e.body);
}

std::string encode_event(const domain::event& e) {
  std::string out;
  encode_event_to(out, e);
  return out;
}

tl::expected<domain::event, failure> decode_event(std::uint64_t seq, std::string_view bytes) {
  try {
    byte_reader ar(bytes);
    domain::event e;
    e.seq = seq;
    std::uint16_t number = 0;
    ar(number, e.at, e.call);
    read_body(ar, number, e.body);
    ar.expect_end();
    return e;
  } catch (const std::exception& x) { // cereal's, or of a container that is too large
    return tl::unexpected(failure{errc::corrupt, "event " + std::to_string(seq) + " of " +
                                                     std::to_string(bytes.size()) +
                                                     " bytes cannot be decoded: " + x.what()});
  }
}

std::string encode_record(const domain::call_record& r) { return encode(r); }

tl::expected<domain::call_record, failure> decode_record(std::string_view bytes) {
  return decode<domain::call_record>(bytes, "a call's record");
}

} // namespace lifeline::storage
