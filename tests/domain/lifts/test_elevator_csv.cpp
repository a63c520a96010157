#include "domain/lifts/elevator_cells.hpp"
#include "domain/lifts/elevator_csv.hpp"
#include "domain/rescue/rescue_data.hpp"

#include <catch2/catch.hpp>

using namespace lifeline::domain;
using Catch::Contains;

namespace {

elevator_list read(std::string_view text) {
  auto list = read_elevator_csv(text);
  if (!list) FAIL(list.error());
  return std::move(*list);
}

/// The one problem of a list.
csv_problem problem_of(std::string_view text) {
  const auto list = read(text);
  REQUIRE(list.problems.size() == 1);
  return list.problems[0];
}

elevator lift(std::string rescue_code, std::string registration_code = {}) {
  elevator e;
  e.rescue_code = std::move(rescue_code);
  e.registration_code = std::move(registration_code);
  return e;
}

elevator_list list_of(std::vector<elevator> lifts) {
  elevator_list list;
  for (auto& e : lifts)
    list.lifts.push_back({list.lifts.size() + 2, std::move(e)});
  list.rows = list.lifts.size();
  return list;
}

elevator_index index_of(const std::vector<elevator>& lifts) {
  elevator_index index;
  for (const auto& e : lifts)
    index.put(e);
  return index;
}

void put_all(elevator_index& index, const elevator_plan& plan) {
  for (const auto* lifts : {&plan.added, &plan.changed})
    for (const auto& e : *lifts)
      index.put(e);
}

} // namespace

TEST_CASE("list of lifts: headings in Chinese or English, in any order") {
  const auto list = read("使用地点,救援识别码（6位）*,Registration Code,设备状态,纬度,经度\r\n"
                         "翔宇大道1号,012345,31103208032015060012,停用,33.5,119.1\r\n");
  REQUIRE(list.lifts.size() == 1);
  const auto& e = list.lifts[0].lift;
  CHECK(list.lifts[0].row == 2);
  CHECK(e.rescue_code == "012345");
  CHECK(e.address == "翔宇大道1号");
  CHECK(e.registration_code == "31103208032015060012");
  CHECK(e.kind == "3110"); // from the registration code
  CHECK(e.status == lift_status::suspended);
  CHECK(e.where == geo_point{33.5, 119.1});
  CHECK(list.problems.empty());
  CHECK(list.encoding == "UTF-8");
}

TEST_CASE("list of lifts: GBK") {
  // 救援识别码,使用地点 / 000001,淮安
  const auto list =
      read("\xBE\xC8\xD4\xAE\xCA\xB6\xB1\xF0\xC2\xEB,\xCA\xB9\xD3\xC3\xB5\xD8\xB5\xE3\n000001,\xBB\xB4\xB0\xB2\n");
  CHECK(list.encoding == "GBK");
  REQUIRE(list.lifts.size() == 1);
  CHECK(list.lifts[0].lift.address == "淮安");
}

TEST_CASE("list of lifts: what is no such list is refused whole") {
  CHECK_THAT(read_elevator_csv("").error(), Contains("line 1: expected a heading"));
  CHECK_THAT(read_elevator_csv("\n\nname,address\n").error(), Contains("line 3") && Contains("救援识别码"));
  CHECK_THAT(read_elevator_csv("rescue_code\n\"1").error(), Contains("line 2: a quote"));
  CHECK_THAT(read_elevator_csv(std::string(elevator_csv_most_bytes + 1, 'a')).error(), Contains("64 MB"));
  CHECK_THAT(read_elevator_csv("PK\x03\x04").error(), Contains("Excel"));
}

TEST_CASE("list of lifts: unknown and second columns are said and ignored, and make no row bad") {
  const auto list = read("rescue_code,备注,address,地址\n000001,x,a,b\n");
  REQUIRE(list.problems.size() == 2);
  CHECK(list.problems[0].row == 1);
  CHECK(list.problems[0].field == "备注");
  CHECK(list.problems[1].field == "地址");
  REQUIRE(list.lifts.size() == 1);
  CHECK(list.lifts[0].lift.address == "a");
  CHECK(plan_import(list, {}).bad_rows == 0);
}

TEST_CASE("list of lifts: a wrong row names its line, the column's heading, and what was found") {
  const auto list = read("救援识别码,下次检验日期,值班电话\n000001,2026-02-30,x\n000002,,\n,,\n12a,,\n");
  CHECK(list.rows == 3); // without the empty one
  REQUIRE(list.lifts.size() == 1);
  CHECK(list.lifts[0].row == 3);
  REQUIRE(list.problems.size() == 3);
  CHECK(list.problems[0].row == 2);
  CHECK(list.problems[0].field == "下次检验日期");
  CHECK_THAT(list.problems[0].message, Contains("calendar") && Contains("\"2026-02-30\""));
  CHECK(list.problems[1].field == "值班电话");
  CHECK(list.problems[2].row == 5);
  CHECK_THAT(list.problems[2].message, Contains("expected 6 digits, found \"12a\""));
  const auto p = problem_of("rescue_code,address\n000001,a,b\n");
  CHECK(p.field.empty());
  CHECK_THAT(p.message, Contains("expected 2 cells, found 3"));
  CHECK(read("rescue_code,address,name\n000001\n000002,a,b,,\n").lifts.size() == 2); // as Excel cuts and pads rows
}

TEST_CASE("list of lifts: what Excel only disguises is understood") {
  const auto list = read("rescue_code,registration_code,start_date,duty_phone,floors,address\n"
                         "=\"000001\",'31103208032015060012,2020/1/5 0:00,13900000001.0,\"=\"\"-1~18\"\"\",\"a\nb\"\n"
                         "123456.0, SH00001 ,2020年1月5日,０５１７-80000001,,\n");
  CHECK(list.problems.empty());
  REQUIRE(list.lifts.size() == 2);
  const auto& first = list.lifts[0].lift;
  CHECK(first.rescue_code == "000001");
  CHECK(first.registration_code == "31103208032015060012");
  CHECK(first.start_date == "2020-01-05");
  CHECK(first.duty_phone == "13900000001");
  CHECK(first.floors == "-1~18");
  CHECK(first.address == "a b");
  CHECK(list.lifts[1].row == 4);
  CHECK(list.lifts[1].lift.rescue_code == "123456");
  CHECK(list.lifts[1].lift.registration_code == "SH00001");
  CHECK(list.lifts[1].lift.start_date == "2020-01-05");
  CHECK(list.lifts[1].lift.duty_phone == "0517-80000001");
}

TEST_CASE("list of lifts: what Excel has destroyed is refused with the cell's name") {
  auto p = problem_of("rescue_code,注册代码\n000001,3.11032E+19\n");
  CHECK(p.field == "注册代码");
  CHECK_THAT(p.message, Contains("\"3.11032E+19\" has lost digits"));
  CHECK_THAT(problem_of("rescue_code,注册代码\n000001,31103208032015100000\n").message, Contains("only 15"));
  CHECK_THAT(problem_of("rescue_code\n1234\n").message, Contains("found \"1234\"") && Contains("write 001234"));
  CHECK(problem_of("rescue_code,duty_phone\n000001,1.39E+10\n").field == "duty_phone");
  CHECK(problem_of("rescue_code\n1E+05\n").message.find("lost digits") != std::string::npos);
}

TEST_CASE("list of lifts: dates in the forms that people and programs write") {
  for (const char* same : {"2020-01-05", "2020-1-5", "2020/1/5", "2020/01/05 08:30:00", "2020.1.5", "2020年1月5日",
                           "2020年01月05日", "20200105", "2020-01-05T00:00:00"})
    CHECK(normal_date(same) == "2020-01-05");
  for (const char* other : {"", "2020", "5/1/2020", "2020/1", "2020-1-5x", "2020-1-", "-2020-1-5", "2020/1-5", "soon"})
    CHECK(normal_date(other) == other);
}

TEST_CASE("list of lifts: kinds and districts by name, coordinates in pairs") {
  const auto list = read("rescue_code,设备类别,区县,纬度,经度\n000001,自动扶梯,盱眙县,,\n");
  REQUIRE(list.lifts.size() == 1);
  CHECK(list.lifts[0].lift.kind == "3310");
  CHECK(list.lifts[0].lift.district == "320830");
  CHECK_FALSE(list.lifts[0].lift.where);
  CHECK(problem_of("rescue_code,区县\n000001,某某区\n").field == "区县");
  CHECK(problem_of("rescue_code,纬度,经度\n000001,33.5,\n").field == "经度");
  CHECK(problem_of("rescue_code,纬度,经度\n000001,33.5度,119\n").field == "纬度");
  CHECK(problem_of("rescue_code,纬度,经度\n000001,0,0\n").field == "纬度");
  CHECK(problem_of("rescue_code,状态\n000001,坏\n").field == "状态");
  CHECK(read("rescue_code;纬度;经度\n000001;33,5;119,1\n").lifts[0].lift.where == geo_point{33.5, 119.1});
}

TEST_CASE("list of lifts: what is written is read as the same, and a second import changes nothing") {
  auto lifts = invent_elevators(500, 7);
  lifts[0].name = "=HYPERLINK(\"x\")";
  lifts[1].name = "'quoted'";
  lifts[2].address = "a,\"b\";c";
  lifts[3].duty_phone = "+8613900000001";
  lifts[4].floors = "-2~18";
  const auto text = write_elevator_csv(lifts);
  CHECK(text.find(",=HYPERLINK") == std::string::npos); // no formula comes to life in a spreadsheet
  const auto list = read(text);
  CHECK(list.problems.empty());
  CHECK(list.rows == 500);
  elevator_index index;
  auto plan = plan_import(list, index);
  CHECK(plan.added == lifts);
  CHECK(plan.bad_rows == 0);
  put_all(index, plan);
  plan = plan_import(list, index);
  CHECK(plan.added.empty());
  CHECK(plan.changed.empty());
  CHECK(plan.unchanged == 500);
}

TEST_CASE("import: new, changed and unchanged lifts are told apart") {
  auto known = std::vector{lift("000001"), lift("000002")};
  const auto index = index_of(known);
  known[1].name = "B";
  const auto plan = plan_import(list_of({known[0], known[1], lift("000003")}), index);
  CHECK(plan.unchanged == 1);
  REQUIRE(plan.changed.size() == 1);
  CHECK(plan.changed[0].name == "B");
  REQUIRE(plan.added.size() == 1);
  CHECK(plan.added[0].rescue_code == "000003");
  CHECK(index.find("000003") == nullptr); // a plan changes nothing
}

TEST_CASE("import: what a list has no column for stays as it is") {
  auto known = lift("000001", "31103208032015060012");
  known.duty_phone = "13900000001";
  known.status = lift_status::suspended;
  known.where = geo_point{33.5, 119.1};
  known.kind = "3110";
  const auto index = index_of({known});
  const auto plan = plan_import(read("rescue_code,address\n000001,新地址\n"), index);
  REQUIRE(plan.changed.size() == 1);
  known.address = "新地址";
  CHECK(plan.changed[0] == known);
  // What stays must fit what comes.
  const auto wrong = plan_import(read("rescue_code,kind\n000001,3310\n"), index);
  CHECK(wrong.changed.empty());
  CHECK(wrong.bad_rows == 1);
  REQUIRE(wrong.problems.size() == 1);
  CHECK(wrong.problems[0].field == "kind");
}

TEST_CASE("import: the same lift twice in a list") {
  auto other = lift("000001");
  other.name = "x";
  const auto plan = plan_import(list_of({lift("000001"), lift("000001"), other}), {});
  CHECK(plan.added.size() == 1);
  CHECK(plan.unchanged == 1);
  CHECK(plan.bad_rows == 1);
  REQUIRE(plan.problems.size() == 1);
  CHECK(plan.problems[0].row == 4);
  CHECK_THAT(plan.problems[0].message, Contains("already on line 2"));
}

TEST_CASE("import: a code that belongs to another lift is a problem of the row") {
  const auto index = index_of({lift("000001", "SH00001")});
  auto plan = plan_import(list_of({lift("000002", "SH00001")}), index);
  CHECK(plan.added.empty());
  REQUIRE(plan.problems.size() == 1);
  CHECK(plan.problems[0].field == "registration_code");
  CHECK_THAT(plan.problems[0].message, Contains("belongs to the lift 000001"));
  plan = plan_import(list_of({lift("000002", "SH00002"), lift("000003", "sh00002")}), index);
  CHECK(plan.added.size() == 1);
  CHECK_THAT(plan.problems[0].message, Contains("already on line 2"));
}

TEST_CASE("import: two lifts may change their codes with each other") {
  auto index = index_of({lift("000001", "SH00001"), lift("000002", "SH00002")});
  const auto plan = plan_import(list_of({lift("000001", "SH00002"), lift("000002", "SH00001")}), index);
  CHECK(plan.problems.empty());
  CHECK(plan.changed.size() == 2);
  put_all(index, plan);
  CHECK(index.find("SH00002")->rescue_code == "000001");
  CHECK(index.find("SH00001")->rescue_code == "000002");
}

TEST_CASE("import: a code is not free when the row that would free it is refused") {
  const auto index = index_of({lift("000001", "SH00001"), lift("000002", "SH00002")});
  // 000001 wants the code of 000002, which does not come; so it keeps SH00001, and 000003 may not have that.
  const auto plan = plan_import(list_of({lift("000003", "SH00001"), lift("000001", "SH00002")}), index);
  CHECK(plan.added.empty());
  CHECK(plan.changed.empty());
  CHECK(plan.bad_rows == 2);
}
