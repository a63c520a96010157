// The invented lifts and rescuers that lifelinectl makes without an engine.

#include "domain/lifts/elevator_csv.hpp"
#include "domain/rescue/rescue_data.hpp"

#include "tests/cti/api/console.hpp"

#include <catch2/catch.hpp>
#include <nlohmann/json.hpp>

using namespace lifeline;
using namespace lifeline::testing;

TEST_CASE("lifelinectl makes lists of invented lifts, which an import takes whole") {
  const console run;
  const auto r = run.bare("elevators generate --count 50 --seed 7 -o lifts.csv");
  CHECK(r.code == 0);
  CHECK(r.out.empty());
  const auto text = content_of(run.folder.file("lifts.csv"));
  const auto list = domain::read_elevator_csv(text);
  REQUIRE(list);
  CHECK(list->problems.empty());
  CHECK(domain::plan_import(*list, {}).added == domain::invent_elevators(50, 7));
  CHECK(run.bare("elevators generate --seed 7 --count 50").out == text);
  CHECK(run.bare("elevators generate --seed 8 --count 50").out != text);
}

TEST_CASE("lifelinectl makes the rescuers of these lifts as JSON") {
  const console run;
  const auto r = run.bare("elevators generate-parties --seed 1");
  CHECK(r.code == 0);
  const auto parties = nlohmann::json::parse(r.out);
  const auto invented = domain::invent_parties(1);
  REQUIRE(parties.size() == invented.size());
  bool shifts = false;
  for (std::size_t i = 0; i < invented.size(); ++i) {
    const auto& p = parties[i];
    CHECK(p["id"] == invented[i].id);
    CHECK(p["name"] == invented[i].name);
    CHECK(p["kind"] == domain::to_string(invented[i].kind));
    CHECK(p["districts"].get<std::vector<std::string>>() == invented[i].districts);
    CHECK(p["order"] == domain::to_string(invented[i].order));
    CHECK(p["active"] == true);
    CHECK(p["webhook"] == "");
    CHECK(p.contains("where") == invented[i].where.has_value());
    REQUIRE(p["phones"].size() == invented[i].phones.size());
    for (std::size_t n = 0; n < invented[i].phones.size(); ++n) {
      CHECK(p["phones"][n]["number"] == invented[i].phones[n].number);
      for (const auto& s : p["phones"][n]["shifts"]) {
        shifts =
            shifts || (s["days"] == nlohmann::json({1, 2, 3, 4, 5}) && s["from"] == "08:00" && s["until"] == "18:00");
      }
    }
  }
  CHECK(shifts);
}

TEST_CASE("lifelinectl says why it cannot make invented lifts") {
  const console run;
  CHECK(run.bare("elevators generate --count 0").code == 2);
  CHECK(run.bare("elevators generate --count 1000001").code == 2);
  CHECK(run.bare("elevators").code == 2);
  const auto r = run.bare("elevators generate --count 1 -o nowhere/lifts.csv");
  CHECK(r.code == 1);
  CHECK(has(r.err, "nowhere/lifts.csv: No such file or directory"));
}
