// What is no TOML, as people write it, and what is said about it.

#include "wrong_files.hpp"

using namespace lifeline::config;
using namespace lifeline::config::testing;

TEST_CASE("signs of an input method for Chinese are named, with the plain ones") {
  check({
      {"[[hotline]]\nname = “12315”\n",
       {"2:8: not TOML: the full-width sign “ where TOML has \": switch the input method off and write the plain one"}},
      {"[[hotline]]\nname ＝ \"12315\"\n",
       {"2:6: not TOML: the full-width sign ＝ where TOML has =: switch the input method off and write the plain one"}},
      {"【hotline】\nname = \"12315\"\n",
       {"1:1: not TOML: the full-width sign 【 where TOML has [: switch the input method off and write the plain one"}},
      {"[[hotline]]\nname = \"a，b\"\nnumbers = [\"1\"，\"2\"]\n",
       {"3:15: not TOML: the full-width sign ， where TOML has ,: switch the input method off and write the plain "
        "one"}},
      {"[[hotline]]\nname = ‘12315’ # 注释，“随便”\n",
       {"2:8: not TOML: the full-width sign ‘ where TOML has ': switch the input method off and write the plain one"}},
      // closed by another quote than it was opened with
      {"[[hotline]]\nname = \"12315”\nqueue = \"12315\"\n",
       {"2:8: not TOML: the text that begins here is closed by a full-width quote: expected the plain \""}},
  });
  // Inside of a text and in a comment they are right.
  CHECK(read_text("# “注释”，随便\n" + right, "f"));
}

TEST_CASE("a text that is not closed is told where it begins") {
  check({
      {"[[hotline]]\nname = \"12315\nqueue = \"12315\"\n",
       {"2:8: not TOML: the text that begins here has no closing quote"}},
      {"[[hotline]]\nname = '12315\nqueue = \"12315\"\n",
       {"2:8: not TOML: the text that begins here has no closing quote"}},
      {"[[hotline]]\nnumbers = [\"1\", \"2\\\"]\n", {"2:17: not TOML: the text that begins here has no closing quote"}},
  });
}

TEST_CASE("what breaks off at the end of a line is told in one line all the same") {
  check({
      {"[[hotline]]\nname = tru\n", {"2:11: not TOML: Error while parsing boolean: expected 'true', saw 'tru?'"}},
      {"[[hotline]]\nname = fal\n", {"2:11: not TOML: Error while parsing boolean: expected 'false', saw 'fal?'"}},
  });
}

TEST_CASE("a table that stands twice is told where it stands first, with double brackets") {
  check({
      {"a = 1\n[hotline]\nname = \"1\"\n[hotline]\nname = \"2\"\n",
       {"2:1: not TOML: [hotline] stands more than once: where there can be several, each begins with [[hotline]], in "
        "double brackets"}},
      {"[hotline]\nname = \"1\"\n[[hotline]]\nname = \"2\"\n",
       {"1:1: not TOML: [hotline] stands more than once: where there can be several, each begins with [[hotline]], in "
        "double brackets"}},
  });
}

TEST_CASE("a file in another encoding is told to be saved as UTF-8") {
  check({
      {"a = 1\nname = \"\xd6\xd0\xce\xc4\"\n",
       {"2:8: not TOML: the file is not UTF-8 but probably GBK: save it as UTF-8"}},
      {std::string{"\xff\xfe"
                   "a\0=\0001\0",
                   8},
       {"1:1: not TOML: the file is not UTF-8 but UTF-16: save it as UTF-8"}},
      {"name = \"\xff\xff\"\n", {"1:8: not TOML: the file is not UTF-8: save it as UTF-8"}},
  });
  CHECK(read_text("\xef\xbb\xbf" + right, "f")); // a byte order mark, as Windows writes it
}

TEST_CASE("a text without quotes is told to need them") {
  check({{"[[hotline]]\nname = abc\n",
          {"2:8: not TOML: Error while parsing value: could not determine value type: a text stands in \"quotes\""}}});
}
