#include "domain/base/pinyin.hpp"
#include "domain/lifts/elevator_index.hpp"

#include <catch2/catch.hpp>

using namespace lifeline::domain;

namespace {

elevator lift(std::string code, std::string project, std::string unit = {}, std::string address = {}) {
  elevator e;
  e.rescue_code = std::move(code);
  e.project_name = std::move(project);
  e.using_unit = std::move(unit);
  e.address = std::move(address);
  return e;
}

elevator_index index_of(const std::vector<elevator>& lifts) {
  elevator_index index;
  for (const auto& e : lifts)
    index.put(e);
  return index;
}

/// The rescue codes found.
std::string found(const elevator_index& index, std::string_view text, std::string_view district = {},
                  std::size_t limit = 10) {
  std::string codes;
  for (const auto* e : index.search(text, district, limit))
    codes += (codes.empty() ? "" : " ") + e->rescue_code;
  return codes;
}

} // namespace

TEST_CASE("pinyin: initials of a place's name") {
  CHECK(pinyin_initials("淮安广场") == "hagc");
  CHECK(pinyin_initials("淮安A座 12号") == "haaz12h");
  CHECK(pinyin_initials("盱眙县涟水洪泽金湖清江浦") == "xyxlshzjhqjp");
  CHECK(pinyin_initials("长江大厦") == "cjds");
  CHECK(pinyin_initials("农业银行重庆路支行") == "nyyhcqlzh");
  CHECK(pinyin_initials("音乐厅行政中心") == "yytxzzx");
  CHECK(pinyin_initials("Ａ座（北）") == "azb");
  CHECK(pinyin_initials("·—，\xFF") == "");
  CHECK(pinyin_initials("") == "");
  CHECK(pinyin_initials("银") == "y");
  CHECK(pinyin_initials("行") == "x");
}

TEST_CASE("lift index: by any code, however it is typed") {
  auto e = lift("012345", "淮安广场");
  e.registration_code = "SH0012x";
  e.certificate = "梯11苏H00001(20)";
  e.device_id = "12345678";
  const auto index = index_of({e});
  for (const char* code :
       {"012345", " 012 345 ", "０１２３４５", "SH0012X", "sh0012x", "梯11苏H00001（20）", "12345678"}) {
    CAPTURE(code);
    REQUIRE(index.find(code) != nullptr);
    CHECK(*index.find(code) == e);
  }
  for (const char* code : {"", " ", "12345", "0123456", "SH0012", "淮安广场"})
    CHECK(index.find(code) == nullptr);
  CHECK(index.find_rescue_code("012345") != nullptr);
  CHECK(index.find_rescue_code("12345678") == nullptr);
  CHECK(index.find_registration_code("sh0012x") != nullptr);
  CHECK(index.find_registration_code("") == nullptr);
  CHECK(index.find_device("12345678") != nullptr);
}

TEST_CASE("lift index: a rescue code goes before another lift's registration code of the same digits") {
  auto old = lift("000001", "a");
  old.registration_code = "000002";
  const auto index = index_of({old, lift("000002", "b")});
  CHECK(index.find("000002")->project_name == "b");
  CHECK(index.find_registration_code("000002")->project_name == "a");
}

TEST_CASE("lift index: a certificate of several lifts finds none of them, but all by search") {
  auto a = lift("000001", "a");
  auto b = lift("000002", "b");
  a.certificate = b.certificate = "苏H00001";
  auto index = index_of({a, b});
  CHECK(index.find("苏H00001") == nullptr);
  CHECK(found(index, "苏h00001") == "000001 000002");
  b.certificate.clear();
  index.put(b);
  CHECK(index.find("苏H00001")->rescue_code == "000001");
}

TEST_CASE("lift index: a code that another lift has is a clash") {
  auto a = lift("000001", "a");
  a.registration_code = "SH00001";
  a.device_id = "00000001";
  const auto index = index_of({a});
  CHECK_FALSE(index.clash(a));
  auto b = lift("000002", "b");
  CHECK_FALSE(index.clash(b));
  b.registration_code = "sh00001";
  CHECK(index.clash(b)->field == "registration_code");
  CHECK(index.clash(b)->message == "\"sh00001\" belongs to the lift 000001");
  b.registration_code.clear();
  b.device_id = "00000001";
  CHECK(index.clash(b)->field == "device_id");
}

TEST_CASE("lift index: a replaced lift is found by what it is now, and by nothing that it was") {
  auto e = lift("000001", "淮安广场", "甲物业", "解放路1号");
  e.registration_code = "SH00001";
  e.district = "320803";
  auto index = index_of({e, lift("000002", "淮安广场")});
  e.project_name = "运河花园";
  e.registration_code = "SH00002";
  e.district = "320804";
  index.put(e);
  CHECK(index.size() == 2);
  CHECK(index.find("SH00001") == nullptr);
  CHECK(index.find("SH00002")->project_name == "运河花园");
  CHECK(found(index, "淮安广场") == "000002");
  CHECK(found(index, "hagc") == "000002");
  CHECK(found(index, "运河") == "000001");
  CHECK(found(index, "解放路") == "000001");
  CHECK(found(index, "运河", "320803").empty());
  CHECK(found(index, "运河", "320804") == "000001");
}

TEST_CASE("lift index: found by characters, initials, codes, and all of several words") {
  auto e = lift("012345", "翔宇花园", "淮安翔宇物业有限公司", "清江浦区淮海东路128号 翔宇花园 12幢A座");
  e.registration_code = "31103208122015060012";
  const auto index = index_of({e, lift("999999", "别处")});
  for (const char* text : {"翔",       "翔宇",       "宇花", "翔宇花园", "园12幢",  "12幢a座",        "128",
                           "1",        "28号翔",     "xy",   "xyhy",     "x",       "hayxx 翔宇 128", "物业 翔宇 12幢",
                           "ＸＹＨＹ", "翔宇　花园", "0123", "20150600", "别处 别", "12345"}) {
    CAPTURE(text);
    const auto codes = found(index, text);
    if (std::string_view{text} == "hayxx 翔宇 128")
      CHECK(codes.empty());
    else if (std::string_view{text} == "别处 别")
      CHECK(codes == "999999");
    else
      CHECK(codes == "012345");
  }
  for (const char* text : {"宇翔", "翔宇花园小区", "xyz", "翔宇 别处", "4321", "\n", "园\n1"}) {
    CAPTURE(text);
    if (std::string_view{text} == "\n")
      CHECK(found(index, text) == "999999 012345"); // no word: all
    else if (std::string_view{text} == "园\n1")
      CHECK(found(index, text) == "012345"); // two words
    else
      CHECK(found(index, text).empty());
  }
}

TEST_CASE("lift index: a word does not go from one field into the next") {
  const auto index = index_of({lift("000001", "甲乙", "丙丁", "戊己")});
  CHECK(found(index, "乙丙").empty());
  CHECK(found(index, "丁戊").empty());
  CHECK(found(index, "ab").empty());
}

TEST_CASE("lift index: the best first") {
  const auto index =
      index_of({lift("000005", "城东运河花园", "", "一"), lift("000004", "运河花园", "", "很长的地址一百二十八号"),
                lift("000003", "运河花园", "", "一"), lift("000002", "运河花园", "", "一"),
                lift("000001", "甲", "运河物业", "一"), lift("000006", "甲", "", "运河边")});
  CHECK(found(index, "运河") == "000002 000003 000001 000004 000006 000005");
  CHECK(found(index, "yh") == "000002 000003 000001 000004 000006 000005");
  CHECK(found(index, "运河", {}, 3) == "000002 000003 000001");
  CHECK(found(index, "运河", {}, 0).empty());
  CHECK(found(index, "", {}, 2) == "000006 000002");
}

TEST_CASE("lift index: all, by rescue code") {
  const auto index = index_of({lift("000003", "c"), lift("000001", "a"), lift("000002", "b")});
  std::string codes;
  for (const auto* e : index.all())
    codes += e->project_name;
  CHECK(codes == "abc");
  CHECK(elevator_index{}.all().empty());
  CHECK(elevator_index{}.search("a", {}, 10).empty());
  CHECK(elevator_index{}.search("", {}, 10).empty());
}

TEST_CASE("lift index: control characters in a record or a question do no harm") {
  const auto index = index_of({lift("000001", "a\x01"
                                              "bc\nde\xFF")});
  CHECK(found(index, "abc") == "000001");
  CHECK(found(index, "\x01"
                     "ab") == "000001");
  CHECK(found(index, "cde") == "000001");
}
