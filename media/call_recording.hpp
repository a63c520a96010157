#pragma once
// One call's recording on the media thread: every tick adds 20 ms to both channels, whatever came.

#include "media/codec.hpp"
#include "media/recorder.hpp"

namespace lifeline::media {

class call_recording {
public:
  call_recording(recorder& disk, const recording_request& request, std::shared_ptr<endpoint_sink> sink);

  [[nodiscard]] leg_id left() const { return request_.left; }
  [[nodiscard]] leg_id right() const { return request_.right; }
  [[nodiscard]] bool involves(leg_id leg) const { return leg == request_.left || leg == request_.right; }
  void set_legs(leg_id left, leg_id right) {
    request_.left = left;
    request_.right = right;
  }
  /// The sink of the left leg, kept for when its endpoint has been closed.
  void set_sink(std::shared_ptr<endpoint_sink> sink) { sink_ = std::move(sink); }

  void add(const frame& left, const frame& right);
  /// Hands the rest to the recorder, which seals the file and tells the sink. The last thing done.
  void finish();
  /// Frames that became silence because the disk did not keep up.
  [[nodiscard]] std::uint64_t dropped_frames() const { return dropped_; }

private:
  recorder& disk_;
  recording_request request_;
  std::shared_ptr<endpoint_sink> sink_;
  recorder::serial serial_;
  std::vector<std::int16_t> block_;
  std::uint64_t silence_ = 0; ///< frames owed from before the block
  std::uint64_t dropped_ = 0;
};

} // namespace lifeline::media
