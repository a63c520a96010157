#pragma once
// Values on disk: cereal's portable binary format, little-endian, with cereal's class versions. The archives here
// write and read the very bytes of cereal::PortableBinary*Archive, but into a string instead of a stream (quicker), and
// they read strictly: nothing is trusted, no length is believed beyond the bytes that are there.
//
// A type becomes storable by a function template in its own namespace,
//     template <class Archive> void serialize(Archive& ar, thing& x, std::uint32_t version) {
//       storage::check_version<thing>(version);
//       ar(x.a, x.b);
//       if (version >= 2) ar(x.c); // a field that came later
//     }
// and, at global scope, CEREAL_CLASS_VERSION(thing, 1). Enumerations go through `storage::enumeration`. For containers
// beyond string and vector include cereal/types/<container>.hpp. This header is heavy: include it in .cpp files.

#include "domain/base/ids.hpp"
#include "domain/base/wall_time.hpp"
#include "storage/types.hpp"

#include <cereal/cereal.hpp>
#include <cereal/types/chrono.hpp>
#include <cereal/types/string.hpp>
#include <cereal/types/vector.hpp>
#include <tl/expected.hpp>

#include <bit>
#include <cstring>
#include <exception>
#include <string>
#include <string_view>
#include <type_traits>

namespace lifeline::storage {

static_assert(std::endian::native == std::endian::little, "values are stored as they lie in memory");
/// The first byte of every value: cereal's mark of little-endian.
inline constexpr char value_mark = 1;
/// Longer values are refused in reading: nothing the engine writes comes near.
inline constexpr std::size_t max_value_bytes = std::size_t{16} << 20;

class byte_writer : public cereal::OutputArchive<byte_writer, cereal::AllowEmptyClassElision> {
public:
  explicit byte_writer(std::string& out) : OutputArchive(this), out_(out) { out_.push_back(value_mark); }
  void put(const void* data, std::size_t size) { out_.append(static_cast<const char*>(data), size); }

private:
  std::string& out_;
};

/// Throws cereal::Exception for anything that does not fit.
class byte_reader : public cereal::InputArchive<byte_reader, cereal::AllowEmptyClassElision> {
public:
  /// `earlier`: every time of the value is moved back by so much.
  explicit byte_reader(std::string_view bytes, domain::span earlier = {})
      : InputArchive(this), bytes_(bytes), earlier_(earlier) {
    if (bytes.size() > max_value_bytes) throw cereal::Exception("the value is too long");
    char mark = 0;
    get(&mark, 1);
    if (mark != value_mark) throw cereal::Exception("the first byte is not the mark of a value");
  }
  void get(void* data, std::size_t size) {
    if (size > left()) throw cereal::Exception("the value is cut short at byte " + std::to_string(offset_));
    if (size > 0) std::memcpy(data, bytes_.data() + offset_, size);
    offset_ += size;
  }
  [[nodiscard]] domain::instant engine_time(domain::instant world) const {
    return world == domain::never ? world : domain::from_world(world - earlier_);
  }
  [[nodiscard]] std::size_t left() const { return bytes_.size() - offset_; }
  void expect_end() const {
    if (left() != 0) throw cereal::Exception(std::to_string(left()) + " bytes too many");
  }

private:
  std::string_view bytes_;
  domain::span earlier_;
  std::size_t offset_ = 0;
};

template <class T>
requires std::is_arithmetic_v<T>
void save(byte_writer& ar, const T& x) { ar.put(&x, sizeof x); }

template <class T>
requires std::is_arithmetic_v<T>
void load(byte_reader& ar, T& x) {
  if constexpr (std::is_same_v<T, bool>) {
    std::uint8_t byte = 0;
    ar.get(&byte, 1);
    if (byte > 1) throw cereal::Exception("a bool that is neither 0 nor 1");
    x = byte == 1;
  } else {
    ar.get(&x, sizeof x);
  }
}

/// On the disk lies the world's time (domain/base/wall_time.hpp).
inline void save(byte_writer& ar, const domain::instant& t) { ar(domain::to_world(t).time_since_epoch().count()); }
inline void load(byte_reader& ar, domain::instant& t) {
  domain::span::rep micros = 0;
  ar(micros);
  t = ar.engine_time(domain::instant{domain::span{micros}});
}

template <class T> void serialize(byte_writer& ar, cereal::NameValuePair<T>& x) { ar(x.value); }
template <class T> void serialize(byte_reader& ar, cereal::NameValuePair<T>& x) { ar(x.value); }

template <class T> void save(byte_writer& ar, const cereal::SizeTag<T>& x) { ar(static_cast<std::uint64_t>(x.size)); }
template <class T> void load(byte_reader& ar, cereal::SizeTag<T>& x) {
  std::uint64_t size = 0;
  ar(size);
  // An element takes a byte at least, so a container is never made larger than a small multiple of the value.
  if (size > ar.left()) throw cereal::Exception("a length of " + std::to_string(size) + " beyond the value's end");
  x.size = static_cast<std::decay_t<T>>(size);
}

template <class T> void save(byte_writer& ar, const cereal::BinaryData<T>& x) {
  ar.put(x.data, static_cast<std::size_t>(x.size));
}
template <class T> void load(byte_reader& ar, cereal::BinaryData<T>& x) {
  ar.get(x.data, static_cast<std::size_t>(x.size));
}

/// Refuses a class version that this engine does not know.
template <class T> void check_version(std::uint32_t version) {
  const auto newest = cereal::detail::Version<T>::version;
  if (version < 1 || version > newest)
    throw cereal::Exception("class version " + std::to_string(version) + " where 1 to " + std::to_string(newest) +
                            " are known");
}

/// An enumeration with explicit values as one byte; reading refuses values outside first..last.
template <class Archive, class E> void enumeration(Archive& ar, E& x, E first, E last) {
  auto number = static_cast<std::uint8_t>(x);
  ar(number);
  if (number < static_cast<std::uint8_t>(first) || number > static_cast<std::uint8_t>(last))
    throw cereal::Exception("the enumeration value " + std::to_string(number) + " is unknown");
  x = static_cast<E>(number);
}

/// Appends the bytes of `x`.
template <class T> void encode_to(std::string& out, const T& x) {
  byte_writer ar(out);
  ar(x);
}

template <class T> std::string encode(const T& x) {
  std::string out;
  encode_to(out, x);
  return out;
}

/// Errors: errc::corrupt. `what` names the value in the message.
template <class T>
tl::expected<T, failure> decode(std::string_view bytes, std::string_view what = "a value", domain::span earlier = {}) {
  try {
    byte_reader ar(bytes, earlier);
    T x{};
    ar(x);
    ar.expect_end();
    return x;
  } catch (const std::exception& e) { // cereal's, or of a container that is too large
    return tl::unexpected(failure{errc::corrupt, std::string(what) + " of " + std::to_string(bytes.size()) +
                                                     " bytes cannot be decoded: " + e.what()});
  }
}

} // namespace lifeline::storage

CEREAL_SETUP_ARCHIVE_TRAITS(lifeline::storage::byte_reader, lifeline::storage::byte_writer)

namespace lifeline::domain {

template <class Archive, class Tag> void serialize(Archive& ar, basic_id<Tag>& id) { ar(id.hi, id.lo); }

} // namespace lifeline::domain
