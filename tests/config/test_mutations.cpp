// The reader meets damaged files: whatever is changed, it either reads a configuration or says what is wrong and where.

#include "config/document.hpp"
#include "support.hpp"

#include <catch2/catch.hpp>

#include <algorithm>
#include <random>

using namespace lifeline::config;
using namespace lifeline::config::testing;

namespace {

void check_answer(const std::string& text) {
  read_options options;
  options.check_prompts = false;
  const auto read = read_text(text, "mutant.toml", options);
  if (read) {
    CHECK_FALSE(read->plan.hotlines.empty());
    return;
  }
  REQUIRE_FALSE(read.error().empty());
  const auto lines = static_cast<std::size_t>(std::count(text.begin(), text.end(), '\n')) + 1;
  for (const auto& p : read.error()) {
    INFO(to_string(p));
    CHECK(p.file == "mutant.toml");
    CHECK(p.line >= 1);
    CHECK(p.line <= lines + 1);
    CHECK(p.column >= 1);
    CHECK_FALSE(p.message.empty());
    CHECK(p.message.find('\n') == std::string::npos);
  }
  CHECK(std::is_sorted(read.error().begin(), read.error().end(), [](const problem& a, const problem& b) {
    return std::pair{a.line, a.column} < std::pair{b.line, b.column};
  }));
}

} // namespace

TEST_CASE("damaged configurations are read or refused with a place, never worse") {
  const auto seed = GENERATE(0U, 20261123U, std::random_device{}());
  INFO("seed " << seed);
  std::mt19937 random(seed);
  const auto upto = [&](std::size_t n) { return std::uniform_int_distribution<std::size_t>{0, n - 1}(random); };
  const auto whole = read_bytes(shipped(GENERATE("lifeline.toml", "examples/carriers.toml")));
  const std::string tokens[] = {"[",  "]",    "[[queue]]\n",          "\"",   "= ",      "{",          "}",
                                "\n", "\xFF", std::string(1, '\0'),   "-1",   "inf",     "1979-05-27", "'''",
                                "#",  ".",    "99999999999999999999", "true", "\\u0000", "[[[[[["};
  for (int round = 0; round < 150; ++round) {
    auto text = whole;
    const auto changes = 1 + upto(3);
    for (std::size_t i = 0; i < changes; ++i) {
      const auto at = upto(text.size());
      switch (upto(5)) {
      case 0: text[at] = static_cast<char>(upto(256)); break;
      case 1: text[at] = static_cast<char>(text[at] ^ (1 << upto(8))); break;
      case 2: text.resize(at + 1); break;
      case 3: text.erase(at, 1 + upto(40)); break;
      default: text.insert(at, tokens[upto(std::size(tokens))]); break;
      }
    }
    INFO("round " << round);
    check_answer(text);
  }
}

TEST_CASE("deep nesting is refused, not followed into the ground") {
  check_answer("a = " + std::string(100000, '['));
  check_answer("[[hotline]]\nname = " + std::string(3000, '{') + "\n");
  std::string dotted = "a";
  for (int i = 0; i < 20000; ++i)
    dotted += ".a";
  check_answer(dotted + " = 1\n");
  // Each bound is kept, but the depth is their product.
  const auto key = dotted.substr(0, 119);
  std::string both;
  std::string rows = "x = ";
  for (int i = 0; i < 200; ++i) {
    both += key + "={";
    rows += "[\n{" + key + "=";
  }
  check_answer(both + "b=1" + std::string(200, '}') + "\n");
  check_answer(rows + "1");
}

TEST_CASE("many addresses and names with dots are no depth") {
  std::string text = read_bytes(shipped("lifeline.toml"));
  for (int i = 0; i < 300; ++i)
    text += "# see http://a.b.c.example/{id} and [192.0.2." + std::to_string(i) + "]\n";
  CHECK(parse_document(text, "dots.toml"));
}

TEST_CASE("no text at all is refused with a place") {
  check_answer("");
  const auto read = read_text("", "empty.toml");
  REQUIRE_FALSE(read);
  CHECK(to_string(read.error()) ==
        "empty.toml:1:1: no [[hotline]]: expected at least one, else no call can be taken\n");
}
