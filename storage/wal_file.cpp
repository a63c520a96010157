#include "storage/wal_file.hpp"

#include <boost/crc.hpp>

#include <algorithm>
#include <cstring>
#include <optional>

namespace lifeline::storage {

namespace {

enum class fragment_type : std::uint8_t { full = 1, first = 2, middle = 3, last = 4 };

struct fragment {
  fragment_type type = fragment_type::full;
  std::string_view data;
  std::uint64_t end = 0;
};

std::uint32_t byte_at(std::string_view bytes, std::size_t i) { return static_cast<unsigned char>(bytes[i]); }

/// The fragment that begins here, if it is sound to the last bit.
std::optional<fragment> sound_fragment(std::string_view file, std::uint64_t at) {
  const auto left = std::min<std::uint64_t>(wal_block - at % wal_block, file.size() - at);
  if (left < wal_header) return std::nullopt;
  const auto h = file.substr(at, wal_header);
  const auto type = byte_at(h, 6);
  const auto length = byte_at(h, 4) | byte_at(h, 5) << 8;
  if (type < 1 || type > 4 || wal_header + length > left) return std::nullopt;
  const auto stored = byte_at(h, 0) | byte_at(h, 1) << 8 | byte_at(h, 2) << 16 | byte_at(h, 3) << 24;
  if (stored != masked_crc32c(file.substr(at + 6, 1 + length))) return std::nullopt;
  return fragment{static_cast<fragment_type>(type), file.substr(at + wal_header, length), at + wal_header + length};
}

/// Behind damage no place is known but the blocks' beginnings; within a block each byte is tried. The checksum makes a
/// chance hit as good as impossible.
std::optional<std::uint64_t> next_sound(std::string_view file, std::uint64_t from) {
  for (auto at = from; at + wal_header <= file.size(); ++at) {
    if (file[at + 6] == 0) continue;
    if (sound_fragment(file, at)) return at;
  }
  return std::nullopt;
}

class reader {
public:
  reader(std::string_view file, const wal_visitor& visit) : file_(file), visit_(visit) {}

  std::uint64_t run() {
    while (at_ < file_.size()) {
      if (wal_block - at_ % wal_block < wal_header) { // too short for a header: filled with zeros
        at_ += wal_block - at_ % wal_block;
        continue;
      }
      if (const auto f = sound_fragment(file_, at_))
        take(*f);
      else if (!pass_damage())
        return begun_.value_or(only_zeros(at_) ? file_.size() : at_);
    }
    return begun_.value_or(file_.size());
  }

private:
  [[nodiscard]] bool only_zeros(std::uint64_t from) const {
    return file_.find_first_not_of('\0', from) == std::string_view::npos;
  }

  void take(const fragment& f) {
    const bool begins = f.type == fragment_type::full || f.type == fragment_type::first;
    if (begins == begun_.has_value() && !lost_) {
      // A fragment is missing that a whole block may have held.
      visit_.damage({begun_.value_or(at_), begins ? "a record breaks off" : "a record's beginning is missing"});
      lost_ = true;
    }
    if (begins) {
      lost_ = false;
      begun_ = at_;
      scratch_.assign(f.data);
    } else {
      scratch_ += f.data;
    }
    at_ = f.end;
    if (lost_) begun_.reset(); // the rest of a record whose beginning is gone
    if (lost_ || f.type == fragment_type::first || f.type == fragment_type::middle) return;
    visit_.record({*begun_, scratch_});
    begun_.reset();
  }

  bool pass_damage() {
    const auto next = next_sound(file_, at_ + 1);
    if (!next) return false;
    visit_.damage({begun_.value_or(at_), "bytes that are no sound record"});
    begun_.reset();
    lost_ = true;
    at_ = *next;
    return true;
  }

  std::string_view file_;
  const wal_visitor& visit_;
  std::uint64_t at_ = 0;
  std::optional<std::uint64_t> begun_; ///< where the record began of which not all fragments are read
  bool lost_ = false;                  ///< after damage, until the next record's beginning
  std::string scratch_;
};

#if defined(__x86_64__)
/// The processor's instruction is thirty times as fast, and callers wait while a start after a crash reads hundreds of
/// megabytes.
__attribute__((target("sse4.2"))) std::uint32_t crc32c_of_processor(std::string_view bytes) {
  std::uint64_t sum = 0xFFFFFFFF;
  for (std::uint64_t word = 0; bytes.size() >= sizeof word; bytes.remove_prefix(sizeof word)) {
    std::memcpy(&word, bytes.data(), sizeof word);
    sum = __builtin_ia32_crc32di(sum, word);
  }
  auto rest = static_cast<std::uint32_t>(sum);
  for (const char c : bytes)
    rest = __builtin_ia32_crc32qi(rest, static_cast<unsigned char>(c));
  return ~rest;
}
#endif

std::uint32_t crc32c(std::string_view bytes) {
#if defined(__x86_64__)
  static const bool has_instruction = __builtin_cpu_supports("sse4.2");
  if (has_instruction) return crc32c_of_processor(bytes);
#endif
  boost::crc_optimal<32, 0x1EDC6F41, 0xFFFFFFFF, 0xFFFFFFFF, true, true> crc;
  crc.process_bytes(bytes.data(), bytes.size());
  return static_cast<std::uint32_t>(crc.checksum());
}

} // namespace

std::uint32_t masked_crc32c(std::string_view bytes) {
  const auto sum = crc32c(bytes);
  return ((sum >> 15) | (sum << 17)) + 0xa282ead8u;
}

std::uint64_t read_wal(std::string_view file, const wal_visitor& visit) { return reader{file, visit}.run(); }

void wal_writer::add(std::string_view record) {
  bool begins = true;
  do {
    const auto left = wal_block - out_.size() % wal_block;
    if (left < wal_header) {
      out_.append(left, '\0');
      continue;
    }
    const auto length = std::min(record.size(), left - wal_header);
    const bool ends = length == record.size();
    const auto type = begins ? (ends ? fragment_type::full : fragment_type::first)
                             : (ends ? fragment_type::last : fragment_type::middle);
    std::string body{static_cast<char>(type)};
    body += record.substr(0, length);
    const auto crc = masked_crc32c(body);
    for (int shift = 0; shift < 32; shift += 8)
      out_.push_back(static_cast<char>(crc >> shift & 0xff));
    out_.push_back(static_cast<char>(length & 0xff));
    out_.push_back(static_cast<char>(length >> 8 & 0xff));
    out_ += body;
    record.remove_prefix(length);
    begins = false;
    if (ends) return;
  } while (true);
}

} // namespace lifeline::storage
