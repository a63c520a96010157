#include "storage/event_codec.hpp"

#include "storage/event_serialize.hpp"

#include <array>
#include <utility>

namespace lifeline::storage {

namespace {

constexpr std::size_t entry_count = std::variant_size_v<domain::event_body>;

// Never the variant's index: alternatives may be reordered, numbers on disk may not.
template <std::size_t... I> constexpr auto list_numbers(std::index_sequence<I...>) {
  return std::array{domain::facts_of<std::variant_alternative_t<I, domain::event_body>>.number...};
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
