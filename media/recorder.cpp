#include "media/recorder.hpp"

#include <filesystem>

namespace lifeline::media {

recorder::recorder(std::string folder, std::size_t max_queued_bytes)
    : folder_(std::move(folder)), max_queued_bytes_(max_queued_bytes), thread_([this] { run(); }) {}

void recorder::stop() {
  {
    const std::lock_guard lock(mutex_);
    stopping_ = true;
  }
  wake_.notify_all();
  if (thread_.joinable()) thread_.join();
}

void recorder::push(work&& w) {
  {
    const std::lock_guard lock(mutex_);
    queued_bytes_ += w.samples.size() * sizeof(std::int16_t);
    queue_.push_back(std::move(w));
  }
  wake_.notify_one();
}

recorder::serial recorder::begin(const std::string& path) {
  work w;
  w.what = work::kind::begin;
  w.id = ++last_;
  w.path = path;
  ++active_;
  push(std::move(w));
  return last_;
}

bool recorder::append(serial id, std::uint64_t silence, std::vector<std::int16_t>&& samples) {
  {
    const std::lock_guard lock(mutex_);
    if (queued_bytes_ + samples.size() * sizeof(std::int16_t) > max_queued_bytes_) return false;
  }
  work w;
  w.id = id;
  w.silence = silence;
  w.samples = std::move(samples);
  push(std::move(w));
  return true;
}

void recorder::finish(serial id, std::uint64_t silence, std::vector<std::int16_t>&& samples, recording_event result,
                      std::shared_ptr<endpoint_sink> sink) {
  work w;
  w.what = work::kind::finish;
  w.id = id;
  w.silence = silence;
  w.samples = std::move(samples);
  w.result = std::move(result);
  w.sink = std::move(sink);
  push(std::move(w));
}

void recorder::run() {
  std::deque<work> batch;
  while (true) {
    {
      std::unique_lock lock(mutex_);
      wake_.wait(lock, [this] { return stopping_ || !queue_.empty(); });
      if (queue_.empty()) return;
      batch.swap(queue_);
    }
    // The bytes count as queued until they are written: this is what bounds the memory.
    for (auto& w : batch) {
      const auto bytes = w.samples.size() * sizeof(std::int16_t);
      perform(w);
      const std::lock_guard lock(mutex_);
      queued_bytes_ -= bytes;
    }
    batch.clear();
  }
}

void recorder::fail(open_recording& r, std::string error) {
  if (!r.error.empty()) return;
  r.error = std::move(error);
  ++failed_;
}

void recorder::perform(work& w) {
  auto& r = recordings_[w.id];
  if (w.what == work::kind::begin) {
    auto safe = folder_.empty()
                    ? tl::expected<void, std::string>(tl::unexpect, "no folder for recordings is configured")
                    : check_recording_path(w.path);
    if (!safe) return fail(r, safe.error());
    auto file = recording_file::create((std::filesystem::path(folder_) / w.path).string());
    if (!file) return fail(r, file.error());
    r.file.emplace(std::move(*file));
    return;
  }
  write(r, w);
  if (w.what != work::kind::finish) return;
  complete(r, w);
  recordings_.erase(w.id);
}

void recorder::write(open_recording& r, const work& w) {
  if (!r.error.empty()) return;
  auto written = r.file->write_silence(w.silence);
  if (written) written = r.file->write(w.samples);
  if (!written) return fail(r, written.error());
  bytes_ += w.silence * recording_frame_size + w.samples.size() * sizeof(std::int16_t);
}

void recorder::complete(open_recording& r, work& w) {
  if (r.file) {
    auto done = r.file->finish(); // after an error, too: what was recorded so far is worth keeping
    if (done) {
      w.result.sha256 = done->sha256;
      w.result.bytes = done->bytes;
      w.result.duration = done->duration;
    } else {
      fail(r, done.error());
    }
  }
  w.result.ok = r.error.empty();
  w.result.error = r.error;
  if (w.result.ok) ++sealed_;
  --active_;
  if (w.sink) w.sink->on_recording_event(w.result);
}

void recorder::add_to(media_statistics& s) const {
  s.recordings_active = active_;
  s.recordings_sealed = sealed_;
  s.recordings_failed = failed_;
  s.recording_bytes = bytes_;
}

} // namespace lifeline::media
