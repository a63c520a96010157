// The configuration: read whole or refused with places. Its reader must survive any text.

#include "config/document.hpp"
#include "config/reader.hpp"
#include "tests/fuzz/target.hpp"

#include <algorithm>
#include <filesystem>
#include <fstream>
#include <sstream>

using namespace lifeline;

namespace {

void run(std::string_view input) {
  config::read_options options;
  options.folder = "/nowhere";
  options.check_prompts = false;
  const auto read = config::read_text(input, "fuzz.toml", options);
  if (read) {
    fuzz::demand(!read->plan.hotlines.empty(), "a configuration without a hotline is taken");
    return;
  }
  const auto lines = static_cast<std::size_t>(std::count(input.begin(), input.end(), '\n')) + 2;
  fuzz::demand(!read.error().empty(), "a refusal without a problem");
  for (const auto& p : read.error()) {
    fuzz::demand(p.line >= 1 && p.line <= lines && p.column >= 1, "a problem without a place");
    fuzz::demand(!p.message.empty() && p.message.find('\n') == std::string::npos, "a problem that is no sentence");
  }
}

std::string text_of(const std::filesystem::path& file) {
  std::ifstream in(file, std::ios::binary);
  std::ostringstream text;
  text << in.rdbuf();
  return text.str();
}

std::vector<std::string> seeds() {
  std::vector<std::string> all;
  const std::filesystem::path shipped = std::filesystem::path(LIFELINE_SOURCE_DIR) / "config";
  all.push_back(text_of(shipped / "lifeline.toml"));
  for (const auto& entry : std::filesystem::directory_iterator(shipped / "examples")) {
    if (entry.path().extension() == ".toml") all.push_back(text_of(entry.path()));
  }
  // Depth by brackets times depth by dots: each alone is bounded.
  const auto dots = [](std::size_t n) {
    std::string key = "a";
    while (--n > 0)
      key += ".a";
    return key;
  };
  std::string nested;
  std::string closing;
  for (int i = 0; i < 200; ++i) {
    nested += dots(60) + "={";
    closing += "}";
  }
  all.push_back(nested + "b=1" + closing + "\n");
  all.push_back("[" + dots(60) + "]\n" + dots(60) + " = [[[[[[[[1]]]]]]]]\n");
  std::sort(all.begin(), all.end()); // a folder has no order
  return all;
}

} // namespace

LIFELINE_FUZZ_TARGET(config, run, seeds)
