#pragma once
// The demonstration's story: what is played, and whether it went as told.

#include <cstdint>
#include <filesystem>
#include <memory>
#include <string>

namespace lifeline::demo {

struct options {
  std::filesystem::path config;  ///< the shipped configuration, or another one with the same hotlines and agents
  std::filesystem::path data;    ///< empty: a new folder under <source>/data/demo
  std::filesystem::path prompts; ///< empty: <source>/data/prompts; plain tones are made when it has no files
  std::uint16_t sip_port = 0;    ///< 0: as configured, or another one when that is taken
  std::uint16_t http_port = 0;
};

/// Plays it and prints it. True when every call went as told; what differed is printed.
bool play(const options& o);

/// The configuration that the demonstration runs: that of the file, but only at 127.0.0.1, with the ports given, and
/// with calls out going to `exchange_port`. Written to <data>/demo.toml, whose path is returned.
std::filesystem::path write_config(const options& o, std::uint16_t exchange_port);

} // namespace lifeline::demo
