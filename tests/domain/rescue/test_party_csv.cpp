// Lists of those who come, as people keep them in spreadsheets.

#include "domain/rescue/duty_text.hpp"
#include "domain/rescue/firm_gaps.hpp"
#include "domain/rescue/party_csv.hpp"

#include <catch2/catch.hpp>

using namespace lifeline::domain;

namespace {

rescue_party station() {
  rescue_party p;
  p.id = "north";
  p.name = "城北救援站";
  p.kind = party_kind::station;
  p.districts = {"320812", "320804"};
  p.where = geo_point{33.592, 119.023};
  p.order = dial_order::all_at_once;
  p.webhook = "https://station.example/hook";
  p.phones = {{"13900000002", "值班手机", {{0x1F, 480, 1080}, {0x60, 540, 0}}}, {"051780000007", "", {}}};
  return p;
}

std::string shifts(std::string_view text) {
  const auto read = parse_shifts(text);
  return read ? shifts_text(*read) : read.error();
}

std::vector<std::string> problems_of(const party_list& list) {
  std::vector<std::string> all;
  for (const auto& p : list.problems)
    all.push_back(std::to_string(p.row) + " " + p.field + ": " + p.message);
  return all;
}

} // namespace

TEST_CASE("duty times are read as people write them") {
  for (const auto* text : {"1-5 08:00-18:00", "1-5 8:00-18:00", "周一至周五 8:00-18:00", "星期一到星期五 8:00～18:00",
                           "1,2,3,4,5 08：00－18：00", "一、二、三、四、五 8:00-18:00"}) {
    CAPTURE(text);
    CHECK(shifts(text) == "1-5 08:00-18:00");
  }
  CHECK(shifts("8:00-24:00") == "08:00-24:00");
  CHECK(shifts("0:00-24:00") == "00:00-00:00"); // the whole day
  CHECK(shifts("每天 18:00-8:00") == "18:00-08:00");
  CHECK(shifts("1-5 08:00-18:00; 6,7 9:00-12:00；周日 20:00-22:00") ==
        "1-5 08:00-18:00; 6-7 09:00-12:00; 7 20:00-22:00");
  for (const auto* always : {"", "  ", "24h", "24小时"})
    CHECK(parse_shifts(always)->empty());
  for (const auto* wrong : {"noon", "1-5", "8-18", "8:00", "25:00-26:00", "24:30-8:00", "0-5 8:00-9:00",
                            "5-1 8:00-9:00", "1, 8:00-9:00", "8:00-9:00 1-5", "8:60-9:00"}) {
    CAPTURE(wrong);
    CHECK(shifts(wrong).starts_with("expected shifts like "));
  }
}

TEST_CASE("times of the day are read with one digit and to the day's end") {
  CHECK(parse_clock("8:00") == 480);
  CHECK(parse_clock("08:00") == 480);
  CHECK(parse_clock("24:00") == 0);
  CHECK(parse_clock("23：59") == 1439);
  for (const auto* wrong : {"", "8", "8:0", "8:000", "008:00", "24:01", "-1:00", "8:-1", "a:00"})
    CHECK_FALSE(parse_clock(wrong));
}

TEST_CASE("a written list of parties is read again as it was") {
  auto firm = station();
  firm.id = "anjie";
  firm.name = "安捷电梯, 服务\"部\"";
  firm.kind = party_kind::firm;
  firm.where.reset();
  firm.districts.clear();
  firm.order = dial_order::one_by_one;
  firm.webhook.clear();
  firm.active = false;
  const std::vector all{station(), firm};
  const auto list = read_party_csv(write_party_csv(all), {});
  REQUIRE(list);
  CHECK(problems_of(*list).empty());
  CHECK(list->parties == all);
  CHECK(list->rows == 4);
  const auto again = plan_party_import(*list, all);
  CHECK(again.unchanged == 2);
  CHECK((again.added.empty() && again.changed.empty()));
}

TEST_CASE("a list of parties needs little, and a party without an id gets one") {
  const auto list =
      read_party_csv("单位名称,类型,值班电话,值班时间\n安捷电梯,维保单位,13900000001,周一至周五 8:00-24:00\n"
                     "安捷电梯,,13900000003,\n城北救援站,救援站,13900000002,\n",
                     {station()});
  REQUIRE(list);
  CHECK(problems_of(*list).empty());
  REQUIRE(list->parties.size() == 2);
  CHECK(list->parties[0].id == "ajdt"); // 安捷电梯
  CHECK(list->parties[0].phones.size() == 2);
  CHECK(list->parties[0].phones[0].shifts == std::vector<duty_shift>{{0x1F, 480, 0}});
  CHECK(list->parties[1].id == "north"); // known by its name
  const auto plan = plan_party_import(*list, {station()});
  CHECK(plan.added.size() == 1);
  CHECK(plan.changed.size() == 1);
}

TEST_CASE("all that is wrong with a list of parties is told at once, by the party's name") {
  const auto list = read_party_csv("编号,名称,类别,区域,电话,值班时间,启用,备注\n"
                                   "a,甲,firm,320812,13900000001,noon,是,x\n"
                                   "b,乙,helper,999,13900000002,,perhaps,\n"
                                   ",丙,,,13900000003,,,\n"
                                   "a,丁,firm,,13900000004,,,\n"
                                   "e,戊,firm,清江浦区,no number,,,\n"
                                   "f,,firm,,1,,,\n"
                                   "g,己,station,淮安区、320804,13900000005,,,\n",
                                   {});
  REQUIRE(list);
  const auto found = problems_of(*list);
  const auto has = [&](const std::string& part) {
    for (const auto& p : found)
      if (p.find(part) != std::string::npos) return true;
    return false;
  };
  for (const auto& p : found)
    UNSCOPED_INFO(p);
  CHECK(has("1 备注: expected the heading of a known column"));
  CHECK(has("2 值班时间: 甲: expected shifts like"));
  CHECK(has("3 类别: 乙: expected 维保单位 (firm), 救援站 (station) or 公共救援"));
  CHECK(has("3 启用: 乙: expected 是 (yes) or 否 (no), found \"perhaps\""));
  CHECK(has("3 districts[0]: 乙: "));
  CHECK(has("4 类别: 丙: expected 维保单位"));
  CHECK(has("5 编号: 丁: expected an id of its own"));
  CHECK(has("6 phones[0].number: 戊: "));
  CHECK(has("7 名称: expected a name"));
  REQUIRE(list->parties.size() == 1); // of all these only the last is right
  CHECK(list->parties[0].districts == std::vector<std::string>{"320803", "320804"});
  CHECK(list->bad_rows == 6);
  CHECK_FALSE(read_party_csv("编号,类别\na,firm\n", {}));
  CHECK_FALSE(read_party_csv("", {}));
}

TEST_CASE("lifts for which nobody would be called first are counted by firm") {
  const rescue_book book{{[] {
                           auto p = station();
                           p.kind = party_kind::firm;
                           p.name = "安捷电梯（淮安）";
                           return p;
                         }()},
                         8h};
  std::vector<elevator> lifts(5);
  lifts[0].maintenance_firm = "安捷电梯(淮安)";
  lifts[1].maintenance_firm = "某某 电梯";
  lifts[2].maintenance_firm = "某某电梯";
  lifts[4].maintenance_firm = "他人电梯";
  std::vector<const elevator*> all;
  for (const auto& e : lifts)
    all.push_back(&e);
  const auto gaps = find_firm_gaps(all, book);
  CHECK(gaps.lifts == 4);
  REQUIRE(gaps.firms.size() == 3);
  CHECK(gaps.firms[0].lifts == 2);
  CHECK(gaps.firms[0].firm.find("某某") == 0);
  CHECK_FALSE(lacks_firm(lifts[0], book));
  CHECK(lacks_firm(lifts[3], book));
}
