#include "media/tone_sender.hpp"

#include "media/telephone_event.hpp"

namespace lifeline::media {

namespace {

constexpr unsigned tone_ticks = 5;
constexpr unsigned pause_ticks = 5;
constexpr std::size_t max_waiting = 64;

} // namespace

bool tone_sender::push(char key) {
  if (!event_of_digit(key) || waiting_.size() >= max_waiting) return false;
  waiting_.push_back(key);
  return true;
}

void tone_sender::next(frame& out) {
  if (step_ < tone_ticks)
    fill_dtmf_tone(waiting_.front(), step_, out);
  else
    out.fill(0);
  if (++step_ < tone_ticks + pause_ticks) return;
  step_ = 0;
  waiting_.pop_front();
}

} // namespace lifeline::media
