// The fuzz targets without a fuzzer: the corpus, and a fixed number of mutations of it.

#include "tests/fuzz/target.hpp"

#include <algorithm>
#include <chrono>
#include <filesystem>
#include <fstream>
#include <random>
#include <sstream>

#include <catch2/catch.hpp>

using namespace lifeline::fuzz;
namespace fs = std::filesystem;

namespace {

constexpr std::uint32_t seed = 20261124;
constexpr int mutations = 5000;
/// For each target, so that all of them end in 15 s on a slow machine, too.
constexpr std::chrono::milliseconds most_time{1100};

std::vector<std::string> corpus_of(const target& t) {
  auto all = t.seeds();
  std::vector<fs::path> files;
  const auto folder = fs::path(LIFELINE_SOURCE_DIR) / "tests/fuzz/corpus" / t.name;
  if (fs::exists(folder)) {
    for (const auto& entry : fs::directory_iterator(folder))
      files.push_back(entry.path());
  }
  std::sort(files.begin(), files.end());
  for (const auto& file : files) {
    std::ifstream in(file, std::ios::binary);
    std::ostringstream text;
    text << in.rdbuf();
    all.push_back(text.str());
  }
  return all;
}

class mutator {
public:
  mutator(std::mt19937& random, const std::vector<std::string>& corpus) : random_(random), corpus_(corpus) {}

  std::string next() {
    auto text = corpus_[upto(corpus_.size())];
    for (auto changes = 1 + upto(4); changes > 0; --changes)
      change(text);
    return text;
  }

private:
  std::size_t upto(std::size_t n) { return std::uniform_int_distribution<std::size_t>{0, n - 1}(random_); }

  void change(std::string& text) {
    static const std::string tokens[] = {std::string(1, '\0'),
                                         "\xFF",
                                         "-1",
                                         "0",
                                         "4294967296",
                                         "99999999999999999999",
                                         "\r\n",
                                         "\"",
                                         "\\",
                                         "%",
                                         "%00",
                                         ";",
                                         ",",
                                         "=",
                                         "<",
                                         ">",
                                         "[",
                                         "{",
                                         " ",
                                         "/",
                                         "\xC3",
                                         "..",
                                         "a=",
                                         "1e999"};
    const auto at = upto(text.size() + 1);
    switch (upto(6)) {
    case 0:
      if (at < text.size()) text[at] = static_cast<char>(upto(256));
      break;
    case 1:
      if (at < text.size()) text[at] = static_cast<char>(text[at] ^ (1 << upto(8)));
      break;
    case 2: text.resize(at); break;
    case 3: text.erase(at, 1 + upto(20)); break;
    case 4: text.insert(at, tokens[upto(std::size(tokens))]); break;
    default: {
      const auto& other = corpus_[upto(corpus_.size())];
      const auto from = upto(other.size() + 1);
      text.insert(at, other.substr(from, upto(60)));
    }
    }
  }

  std::mt19937& random_;
  const std::vector<std::string>& corpus_;
};

void run_one(const target& t, const std::string& input) {
  try {
    t.run(reinterpret_cast<const std::uint8_t*>(input.data()), input.size());
  } catch (const std::exception& e) {
    const auto file = fs::temp_directory_path() / (std::string{"lifeline-fuzz-"} + t.name + ".input");
    std::ofstream(file, std::ios::binary) << input;
    FAIL(t.name << ": " << e.what() << "; the input is kept in " << file.string());
  }
}

const target& find(const std::string& name) {
  for (const auto& t : targets()) {
    if (name == t.name) return t;
  }
  throw std::logic_error("no fuzz target " + name);
}

} // namespace

TEST_CASE("no input brings a parser down or makes it say what it must not") {
  const std::string name = GENERATE("sdp", "identity", "digest", "config", "secrets", "journal", "http", "wav", "rtp",
                                    "words", "p100", "elevator_csv");
  CAPTURE(name, seed);
  const auto& t = find(name);
  const auto corpus = corpus_of(t);
  REQUIRE_FALSE(corpus.empty());
  run_one(t, {});
  for (const auto& input : corpus)
    run_one(t, input);
  std::mt19937 random(seed);
  mutator mutate(random, corpus);
  const auto end = std::chrono::steady_clock::now() + most_time;
  for (int i = 0; i < mutations && std::chrono::steady_clock::now() < end; ++i)
    run_one(t, mutate.next());
}

TEST_CASE("every fuzz target is among those that are run") { CHECK(targets().size() == 12); }
