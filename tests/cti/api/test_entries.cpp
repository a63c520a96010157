// The log's entries as users meet them: JSON, sentences, and the table of the documents.

#include "apps/lifelinectl/words.hpp"
#include "cti/api/json.hpp"
#include "tests/support/every_entry.hpp"

#include <catch2/catch.hpp>

#include <algorithm>
#include <sstream>

using namespace lifeline;
using namespace lifeline::testing;
using nlohmann::ordered_json;

namespace {

/// An entry's row in docs/api.md.
class table_row {
public:
  explicit table_row(const domain::entry_facts& facts) : facts_(facts) {}
  template <class T> void operator()(const domain::field& f, const T&) {
    if (!f.public_) return;
    const bool length = std::is_same_v<T, domain::span>;
    cells_ += (cells_.empty() ? "`" : ", `") + std::string{f.name} + (length ? "_seconds`" : "`");
    if (!f.about.empty()) cells_ += " (" + std::string{f.about} + ")";
  }
  [[nodiscard]] std::string text() const {
    const auto about = facts_.about.empty() ? std::string{} : ": " + std::string{facts_.about};
    return "| `" + std::string{facts_.name} + "` | " + cells_ + about + " |\n";
  }

private:
  const domain::entry_facts& facts_;
  std::string cells_;
};

std::string table() {
  std::string rows;
  for (const auto& e : every_entry())
    std::visit(
        [&](const auto& body) {
          table_row row{domain::facts_of<std::decay_t<decltype(body)>>};
          domain::describe(row, body);
          rows += row.text();
        },
        e.body);
  return rows;
}

std::string table_in_documents() {
  std::ifstream in(std::string{LIFELINE_SOURCE_FOLDER} + "/docs/api.md");
  std::string rows;
  bool inside = false;
  for (std::string line; std::getline(in, line);) {
    if (inside && line.empty()) break;
    if (inside && !line.starts_with("|---")) rows += line + "\n";
    inside = inside || line == "| type | fields |";
  }
  return rows;
}

ctl::json as_read(const domain::event& e) { return ctl::json::parse(cti::to_json(e).dump()); }

} // namespace

TEST_CASE("every entry has the JSON that it always had") {
  for (const auto& e : every_entry()) {
    const auto name = std::string{domain::event_name(e.body)};
    // Members have no order.
    CHECK(name + " " + nlohmann::json(cti::to_json(e)).dump() == golden_line("entries.json", name));
  }
}

TEST_CASE("what says nothing is null or left out of an entry's JSON") {
  const auto json_of = [](domain::event_body body) { return cti::to_json(domain::event{1, {}, {}, std::move(body)}); };
  CHECK(json_of(domain::reservation_ended{}).at("sip_status").is_null());
  CHECK(json_of(domain::call_blocked{}).at("sip_status") == 0);
  CHECK_FALSE(json_of(domain::queue_entered{}).contains("expected_wait_seconds"));
  CHECK_FALSE(json_of(domain::order_changed{}).contains("took_seconds"));
  CHECK(json_of(domain::rescuer_called{}).at("outcome").is_null());
  CHECK(json_of(domain::rescuer_called{}).at("took_seconds") == 0);
  CHECK(json_of(domain::alarm_received{}).at("order").is_null());
  CHECK(json_of(domain::source_banned{}).at("until").is_null());
  domain::call_arrived arrived;
  arrived.caller = "+8613912340000";
  CHECK(json_of(arrived).at("caller_received") == "+8613912340000");
  CHECK(json_of(domain::call_held{false}).at("by") == "agent");
  CHECK(json_of(domain::call_held{true}).at("by") == "caller");
}

TEST_CASE("the documents have the table of entries as the engine gives them") {
  INFO("docs/api.md: the rows of the table of entries are to be\n" << table());
  CHECK(table_in_documents() == table());
}

TEST_CASE("every entry is told in words that name only fields it has") {
  for (const auto& e : every_entry()) {
    const auto told = ctl::entry_words(as_read(e));
    INFO(domain::event_name(e.body));
    CHECK_FALSE(told.empty());
    CHECK(told.find_first_of("{}[]|?") == std::string::npos);
    CHECK(told.find(": ") != told.size() - 2);
    // A placeholder without a field would leave a hole.
    CHECK(told.find("  ") == std::string::npos);
    CHECK(told.back() != ' ');
  }
}

TEST_CASE("entries of calls in words") {
  const auto told = [](domain::event_body body) { return ctl::entry_words(as_read({1, {}, {}, std::move(body)})); };
  CHECK(told(domain::queue_left{"12315", domain::queue_outcome::abandoned, std::chrono::seconds{75}}) ==
        "left queue 12315: abandoned after 1m15s");
  CHECK(told(domain::queue_entered{"12315", 0, 3, domain::span{-1}, false}) == "entered queue 12315 at position 3");
  CHECK(told(domain::queue_entered{"12315", 0, 3, std::chrono::seconds{60}, true}) ==
        "has its old place again in queue 12315 at position 3, expected wait 1m00s");
  domain::reservation_ended ended;
  ended.agent = "8001";
  CHECK(told(ended) == "offer to 8001 ended: refused, rang 0.0s");
  ended.sip_status = 486;
  CHECK(told(ended) == "offer to 8001 ended: refused (486), rang 0.0s");
  domain::call_connected connected;
  connected.external = "+862512345678";
  CHECK(told(connected) == "connected to number +862512345678 after waiting 0.0s, 0.0s after it arrived");
  connected.agent = "8001";
  connected.external.clear();
  CHECK(told(connected) == "connected to agent 8001 after waiting 0.0s, 0.0s after it arrived");
  CHECK(told(domain::call_rung_back{}) == "rung back");
  CHECK(told(domain::call_rung_back{"12315", "wang", "was well"}) == "rung back by wang: was well");
  CHECK(told(domain::trunk_changed{"carrier", false, false, ""}) == "trunk carrier is DOWN");
  CHECK(told(domain::rescuer_link_made{{}, "firm-1", "", "", {}}) == "link for firm-1 made by the engine");
  CHECK(ctl::entry_words(ctl::json{{"type", "of_another_engine"}}) == "of_another_engine");
}
