#include "actors/supervision/child_book.hpp"
#include "domain/base/ids.hpp"
#include "tests/actors/supervision/supervised_plant.hpp"

#include <optional>

using namespace lifeline::actors;
using namespace lifeline::testing;
using namespace std::chrono_literals;
using lifeline::domain::call_id;
using lifeline::domain::restart_type;
using names = std::vector<std::string>;
using verdict = child_verdict;

namespace {

/// An actor that supervises calls and does something else besides. The test says what it does about the news.
using desk_actor = caf::typed_actor<caf::reacts_to<supervisor_timer>, caf::replies_to<caf::get_atom>::with<int>>;

struct desk_state {
  static inline const char* name = "desk";
  std::optional<child_book<call_id>> book;
};
using desk_self = desk_actor::stateful_pointer<desk_state>;

const call_id first{1, 1};
const call_id second{1, 2};

class fixture : public supervision_fixture {
public:
  /// The owner writes to what is destroyed here, and hears of its children's ends.
  ~fixture() override {
    if (owner_) caf::anon_send_exit(owner_, caf::exit_reason::kill);
    owner_ = nullptr;
    run();
  }

  child_book<call_id>& open(child_rules rules) {
    owner_ = end_with_test(sys.spawn([this, rules](desk_self me) -> desk_actor::behavior_type {
      book_ = &me->state.book.emplace(me, rules);
      me->set_down_handler([this](const caf::down_msg& d) { take(book_->down(d)); });
      return {[this](const supervisor_timer& t) { take(book_->timer(t)); }, [](caf::get_atom) { return 1; }};
    }));
    run();
    return *book_;
  }

  caf::actor start(const call_id& id, restart_type type = restart_type::transient) {
    auto actor = make_worker(sys, in, to_string(id));
    book_->adopt(id, actor, type);
    run();
    return actor;
  }
  void order(const call_id& id, const std::string& what) { tell(to_string(id), what); }

  std::vector<verdict> news() { return std::exchange(news_, {}); }

  bool starts_again = true; ///< what is to be restarted is

private:
  void take(const child_news<call_id>& news) {
    if (news.what != verdict::none) news_.push_back(news.what);
    if (news.what != verdict::restart || !starts_again) return;
    book_->adopt(news.key, make_worker(sys, in, to_string(news.key)));
  }

  desk_actor owner_;
  child_book<call_id>* book_ = nullptr;
  std::vector<verdict> news_;
};

const child_rules three_each{{{3, 5s}, {}}, crash_scope::each};

} // namespace

TEST_CASE_METHOD(fixture, "a child that ends well is over, one that crashes is to be started again") {
  auto& book = open(three_each);
  start(first);
  start(second);
  order(first, "end");
  CHECK(news() == std::vector{verdict::over});
  CHECK(book.find(first) == nullptr);
  order(second, "crash");
  CHECK(news() == std::vector{verdict::restart});
  REQUIRE(book.record(second) != nullptr);
  CHECK(book.record(second)->crashes == 1);
  CHECK(book.record(second)->restarts == 1);
  CHECK(in.living[to_string(second)] == 1);
}

TEST_CASE_METHOD(fixture, "a temporary child is never started again, a permanent one always") {
  auto& book = open(three_each);
  start(first, restart_type::temporary);
  order(first, "crash");
  CHECK(news() == std::vector{verdict::over});
  CHECK(book.find(first) == nullptr);
  start(second, restart_type::permanent);
  order(second, "end");
  CHECK(news() == std::vector{verdict::restart});
}

TEST_CASE_METHOD(fixture, "who crashes too often is the owner's to decide about, and takes nobody along") {
  auto& book = open(three_each);
  start(first);
  start(second);
  for (int i = 0; i < 4; ++i)
    order(first, "crash");
  CHECK(news() == std::vector{verdict::restart, verdict::restart, verdict::restart, verdict::too_often});
  CHECK(in.living[to_string(second)] == 1);
  order(second, "crash"); // its own history
  CHECK(news() == std::vector{verdict::restart});
  SECTION("tried again after a pause") {
    book.retry(first, 30s);
    advance(29s);
    CHECK(news().empty());
    advance(1s);
    CHECK(news() == std::vector{verdict::restart});
    CHECK(in.living[to_string(first)] == 1);
  }
  SECTION("forgotten") {
    book.forget(first);
    advance(60s);
    CHECK(news().empty());
    CHECK(book.children().size() == 1);
  }
}

TEST_CASE_METHOD(fixture, "in the scope of all, everybody's restarts count together") {
  open({{{3, 5s}, {}}, crash_scope::all});
  start(first);
  start(second);
  for (const auto& id : {first, second, first, second})
    order(id, "crash");
  CHECK(news() == std::vector{verdict::restart, verdict::restart, verdict::restart, verdict::too_often});
}

TEST_CASE_METHOD(fixture, "whoever is started while it waits for its restart is not started twice") {
  auto& book = open({{{3, 5s}, {1s, 2.0, 2s}}, crash_scope::each});
  start(first);
  order(first, "crash");
  CHECK(news() == std::vector{verdict::waits});
  CHECK_FALSE(book.find(first)->actor);
  start(first);
  advance(5s);
  CHECK(news().empty());
  CHECK_FALSE(in.doubled);
}

TEST_CASE_METHOD(fixture, "a start that fails counts as a crash, and is never tried again at once") {
  auto& book = open(three_each);
  starts_again = false;
  start(first);
  order(first, "crash");
  CHECK(news() == std::vector{verdict::restart});
  CHECK(book.failed(first, "no room").what == verdict::waits);
  CHECK(book.record(first)->crashes == 2);
  CHECK(book.record(first)->last_reason == "no room");
  run();
  CHECK(news().empty());
  advance(0s);
  CHECK(news() == std::vector{verdict::restart});
}

TEST_CASE_METHOD(fixture, "a child that has ended before it was adopted is heard of at once") {
  const auto actor = make_worker(sys, in, to_string(first));
  order(first, "crash");
  starts_again = false;
  auto& book = open(three_each); // in the place of one that has crashed
  book.adopt(first, actor);
  run();
  CHECK(news() == std::vector{verdict::restart});
}

TEST_CASE_METHOD(fixture, "somebody else under the same key takes its place") {
  auto& book = open(three_each);
  const auto stage = start(first, restart_type::temporary);
  const auto call = start(first);
  caf::anon_send(stage, std::string{"crash"});
  run();
  CHECK(news().empty());
  CHECK(book.find(first)->actor->id() == call.id());
}

TEST_CASE_METHOD(fixture, "a closed book starts nobody again") {
  auto& book = open({{{3, 5s}, {1s, 2.0, 2s}}, crash_scope::each});
  start(first);
  start(second);
  order(first, "crash");
  book.close();
  CHECK(book.children().size() == 1);
  order(second, "crash");
  advance(10s);
  CHECK(news() == std::vector{verdict::waits, verdict::over});
  CHECK(book.children().empty());
}
