#include "tests/peers/harness/tone.hpp"

#include "tests/peers/harness/workspace.hpp"

#include <algorithm>
#include <array>
#include <cmath>
#include <cstring>
#include <numbers>
#include <stdexcept>

#include <sodium.h>

namespace lifeline::peers {

namespace {

constexpr unsigned rate = 8000;

void put(std::string& out, std::uint32_t value, int bytes) {
  for (int i = 0; i < bytes; ++i)
    out += static_cast<char>((value >> (8 * i)) & 0xFFU);
}

std::uint32_t get(const std::string& in, std::size_t at, int bytes) {
  std::uint32_t value = 0;
  for (int i = 0; i < bytes; ++i) {
    value |= static_cast<std::uint32_t>(static_cast<unsigned char>(in.at(at + static_cast<std::size_t>(i)))) << (8 * i);
  }
  return value;
}

void write_wav(const std::filesystem::path& file, const std::vector<std::int16_t>& samples) {
  const auto bytes = static_cast<std::uint32_t>(samples.size() * 2);
  std::string out = "RIFF";
  put(out, 36 + bytes, 4);
  out += "WAVEfmt ";
  put(out, 16, 4);
  put(out, 1, 2); // PCM
  put(out, 1, 2); // mono
  put(out, rate, 4);
  put(out, rate * 2, 4);
  put(out, 2, 2);
  put(out, 16, 2);
  out += "data";
  put(out, bytes, 4);
  for (const auto s : samples)
    put(out, static_cast<std::uint16_t>(s), 2);
  write_text(file, out);
}

void add_tone(std::vector<std::int16_t>& samples, double frequency, double seconds) {
  const auto count = static_cast<std::size_t>(seconds * rate);
  for (std::size_t i = 0; i < count; ++i) {
    const double x = std::sin(2 * std::numbers::pi * frequency * static_cast<double>(i) / rate);
    samples.push_back(static_cast<std::int16_t>(std::lround(16384 * x)));
  }
}

/// ITU-T G.711.
double from_alaw(unsigned code) {
  code ^= 0x55U;
  const unsigned segment = (code & 0x70U) >> 4U;
  unsigned value = ((code & 0x0FU) << 4U) + 8U;
  if (segment > 0) value = (value + 0x100U) << (segment - 1);
  const double x = static_cast<double>(value) / 32768.0;
  return (code & 0x80U) != 0 ? x : -x;
}

double from_ulaw(unsigned code) {
  code = ~code & 0xFFU;
  const unsigned value = ((((code & 0x0FU) << 3U) + 0x84U) << ((code & 0x70U) >> 4U)) - 0x84U;
  const double x = static_cast<double>(value) / 32768.0;
  return (code & 0x80U) != 0 ? -x : x;
}

double decode(const std::string& bytes, std::size_t at, unsigned format) {
  switch (format) {
  case 1: return static_cast<std::int16_t>(get(bytes, at, 2)) / 32768.0;
  case 6: return from_alaw(static_cast<unsigned char>(bytes[at]));
  default: return from_ulaw(static_cast<unsigned char>(bytes[at]));
  }
}

struct stretch {
  const double* first = nullptr;
  std::size_t count = 0;
};

stretch cut(const sound& s, std::size_t channel, double from, double to) {
  const auto& samples = s.channels.at(channel);
  const auto place = [&](double t) {
    return std::min(samples.size(), static_cast<std::size_t>(std::max(0.0, t) * s.rate));
  };
  const auto begin = place(from);
  return {samples.data() + begin, std::max(place(to), begin) - begin};
}

double energy(const stretch& x) {
  double sum = 0;
  for (std::size_t i = 0; i < x.count; ++i)
    sum += x.first[i] * x.first[i];
  return sum;
}

/// The energy of the stretch's component at the frequency; of a pure sine nearly all of `energy`.
double energy_at(const stretch& x, double frequency, double sample_rate) {
  const double w = 2 * std::numbers::pi * frequency / sample_rate;
  const double c = 2 * std::cos(w);
  double s1 = 0;
  double s2 = 0;
  for (std::size_t i = 0; i < x.count; ++i) {
    const double s0 = x.first[i] + c * s1 - s2;
    s2 = s1;
    s1 = s0;
  }
  return 2 * (s1 * s1 + s2 * s2 - c * s1 * s2) / static_cast<double>(x.count);
}

/// Below this loudness (−60 dB) a stretch is silence: G.711 cannot say less.
constexpr double silent = 0.001;

} // namespace

void write_tone(const std::filesystem::path& file, double frequency, double seconds) {
  std::vector<std::int16_t> samples;
  add_tone(samples, frequency, seconds);
  write_wav(file, samples);
}

void write_silence(const std::filesystem::path& file, double seconds) {
  write_wav(file, std::vector<std::int16_t>(static_cast<std::size_t>(seconds * rate)));
}

double sound::seconds() const {
  return rate == 0 || channels.empty() ? 0 : static_cast<double>(channels.front().size()) / rate;
}

sound read_wav(const std::filesystem::path& file) {
  const auto bytes = read_text(file);
  const auto torn = [&](const std::string& why) { return std::runtime_error(file.string() + ": " + why); };
  if (bytes.size() < 12 || bytes.compare(0, 4, "RIFF") != 0 || bytes.compare(8, 4, "WAVE") != 0) {
    throw torn("not a WAV file (" + std::to_string(bytes.size()) + " bytes)");
  }
  if (get(bytes, 4, 4) + 8 != bytes.size()) throw torn("the header says another length than the file has");
  sound result;
  unsigned format = 0;
  unsigned block = 0;
  for (std::size_t at = 12; at + 8 <= bytes.size();) {
    const auto id = bytes.substr(at, 4);
    const std::size_t size = get(bytes, at + 4, 4);
    at += 8;
    if (at + size > bytes.size()) throw torn("chunk " + id + " reaches beyond the end of the file");
    if (id == "fmt ") {
      format = get(bytes, at, 2);
      result.channels.resize(get(bytes, at + 2, 2));
      result.rate = get(bytes, at + 4, 4);
      block = get(bytes, at + 12, 2);
    } else if (id == "data") {
      const bool known = format == 1 || format == 6 || format == 7;
      if (!known || result.channels.empty() || block == 0) throw torn("no format that can be read");
      if (size % block != 0) throw torn("the last sample is cut");
      const std::size_t width = block / result.channels.size();
      for (std::size_t i = 0; i < size; i += block) {
        for (std::size_t c = 0; c < result.channels.size(); ++c) {
          result.channels[c].push_back(decode(bytes, at + i + c * width, format));
        }
      }
      return result;
    }
    at += size + size % 2;
  }
  throw torn("no data chunk");
}

double loudness(const sound& s, std::size_t channel, double from, double to) {
  const auto x = cut(s, channel, from, to);
  return x.count == 0 ? 0 : std::sqrt(energy(x) / static_cast<double>(x.count));
}

tone_found dominant(const sound& s, std::size_t channel, double from, double to,
                    const std::vector<double>& frequencies) {
  const auto x = cut(s, channel, from, to);
  const double whole = energy(x);
  if (x.count == 0 || whole / static_cast<double>(x.count) < silent * silent) return {};
  tone_found best;
  for (const double f : frequencies) {
    const double share = energy_at(x, f, s.rate) / whole;
    if (share > best.share) best = {f, share};
  }
  return best;
}

tone_span when_heard(const sound& s, std::size_t channel, double frequency) {
  constexpr double step = 0.1;
  tone_span found;
  for (int i = 0; (i + 1) * step <= s.seconds(); ++i) {
    if (dominant(s, channel, i * step, (i + 1) * step, {frequency}).share < 0.5) continue;
    if (found.first < 0) found.first = i * step;
    found.last = (i + 1) * step;
    found.total += step;
  }
  return found;
}

std::string sha256_of(const std::filesystem::path& file) {
  if (!std::filesystem::exists(file)) throw std::runtime_error(file.string() + " does not exist");
  const auto bytes = read_text(file);
  std::array<unsigned char, crypto_hash_sha256_BYTES> hash{};
  crypto_hash_sha256(hash.data(), reinterpret_cast<const unsigned char*>(bytes.data()), bytes.size());
  std::array<char, 2 * crypto_hash_sha256_BYTES + 1> hex{};
  sodium_bin2hex(hex.data(), hex.size(), hash.data(), hash.size());
  return hex.data();
}

void write_dtmf(const std::filesystem::path& file, const std::string& keys, double lead, int times) {
  static const std::string names = "123A456B789C*0#D";
  constexpr std::array rows{697.0, 770.0, 852.0, 941.0};
  constexpr std::array columns{1209.0, 1336.0, 1477.0, 1633.0};
  constexpr unsigned length = rate / 10;
  std::vector<std::int16_t> samples;
  for (int n = 0; n < times; ++n) {
    samples.resize(samples.size() + static_cast<std::size_t>(lead * rate));
    for (const char key : keys) {
      const auto place = names.find(key);
      if (place == std::string::npos) throw std::invalid_argument(std::string{"no DTMF key: "} + key);
      for (unsigned i = 0; i < length; ++i) {
        const auto t = 2 * std::numbers::pi * i / rate;
        const auto value = std::sin(rows.at(place / 4) * t) + std::sin(columns.at(place % 4) * t);
        samples.push_back(static_cast<std::int16_t>(6000 * value));
      }
      samples.resize(samples.size() + length);
    }
  }
  add_tone(samples, 440, 60);
  write_wav(file, samples);
}

} // namespace lifeline::peers
