// Recordings are found by the call's id, or by that of the attempt to reach a rescuer, and leave a trace when given.

#include "actors/calls/recordings.hpp"
#include "actors/core/surroundings.hpp"
#include "storage/event_codec.hpp"
#include "storage/memory_journal.hpp"
#include "storage/tables.hpp"

#include <catch2/catch.hpp>

using namespace lifeline;
using namespace std::chrono_literals;
using domain::errc;

namespace {

struct archive {
  storage::memory_journal journal;
  actors::surroundings around;
  archive() {
    around.journal = &journal;
    around.clock = {domain::from_micros(1'795'435'200'000'000), std::chrono::steady_clock::now()};
  }
  void log(const domain::call_id& id, domain::event_body body) {
    journal.append({{{0, around.now_steady(), id, std::move(body)}}, {}}, storage::durability::lazy);
  }
  void close(const domain::call_id& id, domain::recording_info recording) {
    domain::call_record r;
    r.call = id;
    r.recording = std::move(recording);
    journal.append({{}, {{storage::table::records, storage::call_key{id}.encode(), storage::encode_record(r)}}},
                   storage::durability::lazy);
  }
};

const domain::recording_info sealed{"2026/11/23/x.wav", "feed", 900, 5s, false};

} // namespace

TEST_CASE("recordings: a call's is in its record, or sealed later in the log") {
  archive a;
  a.close({1, 1}, sealed);
  CHECK(actors::find_recording(a.around, {1, 1})->path == sealed.path);
  a.close({2, 1}, {sealed.path, {}, 0, 0s, false});
  CHECK(actors::find_recording(a.around, {2, 1}).error().code == domain::errc::conflict);
  a.log({2, 1}, domain::recording_sealed{sealed});
  CHECK(actors::find_recording(a.around, {2, 1})->sha256 == "feed");
  a.close({3, 1}, {});
  CHECK(actors::find_recording(a.around, {3, 1}).error().message == "the call was not recorded");
  CHECK(actors::find_recording(a.around, {9, 9}).error().code == domain::errc::not_found);
}

TEST_CASE("recordings: one of a call to a rescuer is found by its attempt") {
  archive a;
  a.log({4, 1}, domain::recording_sealed{{"rescue/2026/11/23/y.wav", "beef", 900, 5s, false}});
  const auto found = actors::find_recording(a.around, {4, 1});
  REQUIRE(found);
  CHECK(found->path == "rescue/2026/11/23/y.wav");
  CHECK(found->sha256 == "beef");
  a.log({5, 1}, domain::recording_failed{"rescue/2026/11/23/z.wav", "disk full"});
  CHECK(actors::find_recording(a.around, {5, 1}).error().code == domain::errc::not_found);
}

TEST_CASE("recordings: who is given one stands in the call's entries") {
  archive a;
  a.close({1, 1}, sealed);
  REQUIRE(actors::note_fetch(a.around, {1, 1}, sealed.path, {"8002", "lead"}));
  std::vector<domain::event> entries;
  REQUIRE(a.journal.read_call({1, 1}, [&](const domain::event& e) {
    entries.push_back(e);
    return true;
  }));
  REQUIRE(entries.size() == 1);
  const auto& fetched = std::get<domain::recording_fetched>(entries.front().body);
  CHECK(fetched.path == sealed.path);
  CHECK(fetched.by == "8002");
  CHECK(fetched.client == "lead");
}
