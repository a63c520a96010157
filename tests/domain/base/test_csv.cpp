#include "domain/base/csv.hpp"
#include "domain/base/text_encoding.hpp"

#include <catch2/catch.hpp>

using namespace lifeline::domain;

namespace {

using rows = std::vector<std::vector<std::string>>;

rows read_all(std::string_view text) {
  rows all;
  csv_reader reader(text);
  while (auto r = reader.next())
    all.push_back(std::move(r->cells));
  CHECK(reader.failed().empty());
  return all;
}

} // namespace

TEST_CASE("CSV: cells, quotes, and line ends of three kinds") {
  CHECK(read_all("a,b\r\nc,\n,d\re") == rows{{"a", "b"}, {"c", ""}, {"", "d"}, {"e"}});
  CHECK(read_all("\"a,b\",\"say \"\"hi\"\"\"\n") == rows{{"a,b", "say \"hi\""}});
  CHECK(read_all("\"\",x\n") == rows{{"", "x"}});
  CHECK(read_all("").empty());
  CHECK(read_all("\n\r\n\n").empty());
}

TEST_CASE("CSV: a line end inside of quotes belongs to the cell, and lines are still counted") {
  csv_reader reader("a,b\r\n\"1\r\n2\",x\r\n\r\ny,z\r\n");
  CHECK(reader.next()->line == 1);
  const auto second = reader.next();
  CHECK(second->line == 2);
  CHECK(second->cells == std::vector<std::string>{"1\n2", "x"});
  CHECK(reader.next()->line == 5);
  CHECK_FALSE(reader.next());
}

TEST_CASE("CSV: the separator is what the heading has most of") {
  CHECK(read_all("a;b;c\n1,5;2;3\n") == rows{{"a", "b", "c"}, {"1,5", "2", "3"}});
  CHECK(read_all("a\tb\n1\t2\n") == rows{{"a", "b"}, {"1", "2"}});
  CHECK(read_all("\"a;;;;\",b\n") == rows{{"a;;;;", "b"}});
  CHECK(read_all("sep=;\r\na;b,c,d\n") == rows{{"a", "b,c,d"}});
  CHECK(detect_separator("alone") == ',');
  CHECK(csv_reader("sep=|\na|b").next()->line == 2);
}

TEST_CASE("CSV: Excel's way of keeping a number a text") {
  CHECK(read_all("=\"0012\",=\"a,b\",\"=\"\"03\"\"\"\n") == rows{{"0012", "a,b", "=\"03\""}});
  CHECK(read_all("=1+1,a\"b\n") == rows{{"=1+1", "a\"b"}}); // a quote inside of a cell is one
}

TEST_CASE("CSV: what is wrong with a record's form is said, with its line") {
  csv_reader broken("a,b\n\"x\"y,1\nz,2\n");
  CHECK(broken.next()->problem.empty());
  CHECK(broken.next()->problem.find("after its closing quote") != std::string::npos);
  CHECK(broken.next()->problem.empty()); // the next one is right again
  csv_reader open("a,b\nc,\"d\ne,f\n");
  CHECK(open.next());
  CHECK_FALSE(open.next());
  CHECK(open.failed() == "line 2: a quote that is never closed");
  CHECK_FALSE(open.next());
  const std::string wide(csv_most_cells + 10, ',');
  csv_reader many(wide);
  const auto r = many.next();
  CHECK(r->cells.size() == csv_most_cells);
  CHECK_FALSE(r->problem.empty());
}

TEST_CASE("CSV: what is written is read as the same") {
  const std::vector<std::string> cells{"", "a", "a,b", "\"", "x\ny", " blank ", "sep=;", "淮安"};
  std::string line;
  for (const auto& c : cells)
    line += (line.empty() && &c == &cells.front() ? "" : ",") + csv_cell(c);
  CHECK(read_all(line + "\r\n") == rows{cells});
}

TEST_CASE("encoding: UTF-8 with and without its mark, and GBK, are told apart") {
  CHECK(decode_text("\xEF\xBB\xBF淮安")->text == "淮安");
  CHECK(decode_text("淮安")->encoding == "UTF-8");
  CHECK(decode_text("plain")->encoding == "UTF-8");
  const auto gbk = decode_text("\xBB\xB4\xB0\xB2,\xB5\xE7\xCC\xDD"); // 淮安,电梯
  REQUIRE(gbk);
  CHECK(gbk->encoding == "GBK");
  CHECK(gbk->text == "淮安,电梯");
  CHECK(decode_text("")->text.empty());
}

TEST_CASE("encoding: GBK over the edges of the pieces that are converted, and characters of four bytes") {
  std::string bytes = "a";
  std::string text = "a";
  for (int i = 0; i < 70'000; ++i) {
    bytes += "\xBB\xB4";
    text += "淮";
  }
  CHECK(gbk_to_utf8(bytes) == text);
  CHECK(gbk_to_utf8("\x95\x32\x82\x36") == "𠀀"); // GB 18030
  CHECK_FALSE(gbk_to_utf8("\xBB"));
  CHECK_FALSE(gbk_to_utf8("a\xFF"
                          "b"));
}

TEST_CASE("encoding: what is no plain text is refused with what it is") {
  using Catch::Contains;
  CHECK_THAT(decode_text("PK\x03\x04rest").error(), Contains("Excel workbook"));
  CHECK_THAT(decode_text("\xFF\xFE").error(), Contains("UTF-16"));
  CHECK_THAT(decode_text(std::string_view{"a\nb\0c", 5}).error(), Contains("line 2") && Contains("zero"));
  // UTF-8 in which one byte is broken is not taken for GBK.
  CHECK_THAT(decode_text("救援识别码\n123\xE6\n").error(), Contains("line 2") && Contains("UTF-8 like the rest"));
  CHECK_THAT(decode_text("\xEF\xBB\xBF\xBB\xB4").error(), Contains("line 1"));
  CHECK_THAT(decode_text("a\n\n\xFF").error(), Contains("line 3") && Contains("UTF-8 or GBK"));
}
