#include "media/call_recording.hpp"

#include <utility>

namespace lifeline::media {

namespace {
constexpr std::size_t block_samples = 2 * sample_rate / 2; // half a second of two channels
}

call_recording::call_recording(recorder& disk, const recording_request& request, std::shared_ptr<endpoint_sink> sink)
    : disk_(disk), request_(request), sink_(std::move(sink)), serial_(disk.begin(request.path)) {
  block_.reserve(block_samples);
}

void call_recording::add(const frame& left, const frame& right) {
  for (std::size_t i = 0; i < tick_samples; ++i) {
    block_.push_back(left[i]);
    block_.push_back(right[i]);
  }
  if (block_.size() < block_samples) return;
  const auto frames = block_.size() / 2;
  if (disk_.append(serial_, silence_, std::move(block_))) {
    silence_ = 0;
  } else {
    silence_ += frames;
    dropped_ += frames;
  }
  block_ = {};
  block_.reserve(block_samples);
}

void call_recording::finish() {
  recording_event result;
  result.recording = request_.recording;
  result.path = request_.path;
  disk_.finish(serial_, silence_, std::move(block_), std::move(result), std::move(sink_));
}

} // namespace lifeline::media
