#include "domain/voice/announcer.hpp"

#include <utility>

namespace lifeline::domain::voice {

prepare announcer::ask(text& t, sentence what) {
  t = {std::move(what), ++last_tag_, std::nullopt};
  return {t.tag, t.what.full, t.what.brief};
}

play announcer::start(std::vector<std::string> files, instant now) {
  playing_ = true;
  played_ = now;
  replay_due_ = never;
  return {std::move(files)};
}

sounds announcer::get_ready(sentence what) { return {ask(repeated_, std::move(what))}; }

sounds announcer::start_repeated(instant now) {
  current_ = heard::repeated;
  replay_due_ = never;
  if (repeated_.files) {
    ++plays_;
    return {start(*repeated_.files, now)};
  }
  if (!repeated_.what.at_once) return {}; // as soon as it is ready
  ++plays_;
  return {start(shipped_files(repeated_.what.brief), now)};
}

sounds announcer::repeat(instant now) {
  plays_ = 0;
  return start_repeated(now);
}

sounds announcer::repeat(sentence what) {
  auto out = hush();
  current_ = heard::repeated;
  plays_ = 0;
  out.emplace_back(ask(repeated_, std::move(what)));
  return out;
}

sounds announcer::say_once(sentence what) {
  auto out = hush();
  current_ = heard::once;
  plays_ = 0;
  out.emplace_back(ask(once_, std::move(what)));
  return out;
}

sounds announcer::once(sentence what) { return say_once(std::move(what)); }

sounds announcer::last_words(sentence what, instant due) {
  leave_due_ = due;
  return say_once(std::move(what));
}

sounds announcer::hush() {
  current_ = heard::nothing;
  playing_ = false;
  replay_due_ = never;
  return {stop_playing{}};
}

sounds announcer::on(const prepared& p, instant now) {
  if (p.tag == once_.tag) {
    if (current_ != heard::once) return {};
    return {start(p.files, now)};
  }
  if (p.tag != repeated_.tag) return {};
  repeated_.files = p.files;
  if (current_ != heard::repeated || playing_) return {}; // what is being said is said to its end
  plays_ = 1;                                             // all that was said up to now was the short form
  return {start(p.files, now)};
}

void announcer::on(const played&, instant now) {
  if (!playing_) return; // of something that was overtaken
  if (leave_due_ != never) {
    if (now - played_ >= shortest_words)
      ended_ = true;
    else
      leave_due_ = now + likely_words;
    return;
  }
  playing_ = false;
  if (plays_ < manner_.most_plays) replay_due_ = now + manner_.pause;
}

sounds announcer::on(const clock&, instant now) {
  if (leave_due_ != never) {
    if (now >= leave_due_) ended_ = true;
    return {};
  }
  if (replay_due_ == never || now < replay_due_) return {};
  return start_repeated(now);
}

} // namespace lifeline::domain::voice
