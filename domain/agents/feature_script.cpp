#include "domain/agents/feature_script.hpp"

#include <utility>

namespace lifeline::domain {

namespace {

struct feature_talk {
  feature_script& s;
  instant now;
  voice::commands<feature_script::request> out;

  void on(const voice::begins& e);
  void on(const voice::opened&);
  void on(const voice::no_port&) { refuse(500, "No media port"); }
  void on(const voice::played&);
  void on(const voice::gone&) { finish(); }
  void on(const voice::deaf&) { finish(); }
  void on(const voice::engine_stops&) { finish(); }
  void on(const voice::clock&);
  void on(const feature_reply::order_done& e);
  void on(const feature_reply::no_agent&);
  void on(const voice::picked_up&) {}
  void on(const voice::turned_down&) {}
  void on(const voice::acknowledged&) {}
  void on(const voice::pressed&) {}
  void on(const voice::prepared&) {}

  void enter(feature_phase next) { s.phase.enter(next, s.phase.due()); } // one time for all of it
  void finish() {
    s.phase.enter(feature_phase::over, never);
    out.emplace_back(voice::end{});
  }
  void refuse(int status, const char* reason) {
    if (!s.phase.in(feature_phase::confirming)) out.emplace_back(voice::refuse{status, reason});
    finish();
  }
};

void feature_talk::on(const voice::begins& e) {
  if (!e.usable) return refuse(488, "Not Acceptable Here");
  s.phase.enter(feature_phase::asking, now + longest_confirmation);
  out.emplace_back(feature_request::give_order{s.order});
}

void feature_talk::on(const feature_reply::no_agent&) {
  if (s.phase.in(feature_phase::asking)) refuse(480, "Temporarily Unavailable");
}

void feature_talk::on(const feature_reply::order_done& e) {
  if (!s.phase.in(feature_phase::asking)) return;
  s.prompt = e.done ? s.confirm_prompt : s.refuse_prompt;
  if (s.prompt.empty()) return refuse(e.done ? 480 : 403, e.done ? "Done" : "Refused");
  enter(feature_phase::opening);
  out.emplace_back(voice::open_port{});
}

void feature_talk::on(const voice::opened&) {
  if (!s.phase.in(feature_phase::opening)) return;
  enter(feature_phase::confirming);
  out.emplace_back(voice::answer{});
  out.emplace_back(voice::play{{s.prompt}});
}

void feature_talk::on(const voice::played&) {
  if (s.phase.in(feature_phase::confirming)) finish();
}

void feature_talk::on(const voice::clock&) {
  if (s.phase.overdue(now)) finish();
}

} // namespace

voice::commands<feature_script::request> step(feature_script& s, const voice::news& n, instant now) {
  return voice::apply<feature_talk>(s, n, now);
}

voice::commands<feature_script::request> step(feature_script& s, const feature_script::reply& r, instant now) {
  return voice::apply<feature_talk>(s, r, now);
}

} // namespace lifeline::domain
