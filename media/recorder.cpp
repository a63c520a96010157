#include "media/recorder.hpp"

#include <algorithm>
#include <array>
#include <cerrno>
#include <filesystem>

#include <fcntl.h>
#include <unistd.h>

namespace lifeline::media {

namespace {
/// A call of the disk that takes longer makes recording "not possible" in the statistics.
constexpr std::chrono::seconds stalled_after{2};
/// Two seconds of a recording: less room would be used up at once.
constexpr std::size_t probe_size = std::size_t{64} * 1024;
} // namespace

recorder::recorder(std::string folder, std::size_t max_queued_bytes, disk_calls& disk,
                   std::chrono::milliseconds probe_every)
    : folder_(std::move(folder)), max_queued_bytes_(max_queued_bytes), disk_(disk), probe_every_(probe_every),
      thread_([this] { run(); }) {}

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
      const auto awake = [this] { return stopping_ || !queue_.empty(); };
      if (possible_) {
        wake_.wait(lock, awake);
      } else {
        wake_.wait_until(lock, probe_at_, awake);
      }
      if (queue_.empty() && stopping_) return;
      batch.swap(queue_);
    }
    // The bytes count as queued until they are written: this is what bounds the memory.
    for (auto& w : batch) {
      const auto bytes = w.samples.size() * sizeof(std::int16_t);
      busy_since_ = clock::now().time_since_epoch().count();
      probe_if_due();
      perform(w);
      busy_since_ = 0;
      const std::lock_guard lock(mutex_);
      queued_bytes_ -= bytes;
    }
    if (batch.empty()) {
      busy_since_ = clock::now().time_since_epoch().count();
      probe_if_due();
      busy_since_ = 0;
    }
    batch.clear();
  }
}

// ---- trouble -------------------------------------------------------------------------------------------------

void recorder::fail(open_recording& r, std::string error) {
  if (!r.error.empty()) return;
  r.error = std::move(error);
  ++failed_;
}

void recorder::note(open_recording& r, const disk_error& e) {
  if (!e.passes()) return fail(r, e.text);
  r.trouble = e.text;
  if (possible_.exchange(false)) probe_at_ = clock::now() + probe_every_;
}

void recorder::mark_cut(open_recording& r) {
  if (!r.cut) ++cut_;
  r.cut = true;
}

void recorder::drop(open_recording& r, std::uint64_t silence, std::uint64_t frames) {
  r.owed += silence + frames;
  dropped_ += frames;
  if (silence + frames > 0) mark_cut(r);
}

bool recorder::resume(open_recording& r) {
  if (r.file) {
    const auto kept = r.file->reopen();
    if (!kept) return note(r, kept.error()), false;
    if (!*kept) r.stored = 0;
  } else {
    auto file = recording_file::create(r.path, disk_);
    if (!file) return note(r, file.error()), false;
    r.file.emplace(std::move(*file));
  }
  if (auto paid = r.file->write_silence(r.owed); !paid) return note(r, paid.error()), false;
  bytes_ += r.owed * recording_frame_size;
  r.owed = 0;
  return true;
}

void recorder::probe_if_due() {
  if (possible_ || clock::now() < probe_at_) return;
  if (probe()) {
    possible_ = true;
  } else {
    probe_at_ = clock::now() + probe_every_;
  }
}

bool recorder::probe() {
  std::error_code ec;
  std::filesystem::create_directories(folder_, ec);
  const auto path = (std::filesystem::path(folder_) / ".probe").string();
  const int fd = disk_.open(path.c_str(), O_RDWR | O_CREAT | O_TRUNC | O_CLOEXEC, 0640);
  if (fd < 0) return false;
  const std::vector<char> block(probe_size);
  const bool well =
      disk_.write(fd, block.data(), block.size(), 0) == static_cast<std::int64_t>(block.size()) && disk_.sync(fd) == 0;
  ::close(fd);
  (void)::unlink(path.c_str());
  return well;
}

// ---- the work ------------------------------------------------------------------------------------------------

void recorder::perform(work& w) {
  auto& r = recordings_[w.id];
  if (w.what == work::kind::begin) {
    auto safe = folder_.empty()
                    ? tl::expected<void, std::string>(tl::unexpect, "no folder for recordings is configured")
                    : check_recording_path(w.path);
    if (!safe) return fail(r, safe.error());
    r.path = (std::filesystem::path(folder_) / w.path).string();
    auto file = recording_file::create(r.path, disk_);
    if (!file) return note(r, file.error());
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
  const auto frames = w.samples.size() / 2;
  if (!r.trouble.empty()) {
    if (!possible_ || !resume(r)) return drop(r, w.silence, frames);
    r.trouble.clear();
  }
  if (w.silence > 0) mark_cut(r);
  if (auto silent = r.file->write_silence(w.silence); !silent) return note(r, silent.error());
  const auto before = r.file->frames();
  const auto written = r.file->write(w.samples);
  const auto stored = r.file->frames() - before;
  r.stored += stored;
  bytes_ += (w.silence + stored) * recording_frame_size;
  if (written) return;
  note(r, written.error());
  if (r.error.empty()) drop(r, 0, frames - stored);
}

void recorder::complete(open_recording& r, work& w) {
  const auto trouble = r.trouble;
  if (r.error.empty() && !trouble.empty()) (void)resume(r); // whatever the last probe said
  if (r.file) {
    auto done = r.file->finish(); // after an error, too: what was recorded so far is worth keeping
    if (done) {
      w.result.sha256 = done->sha256;
      w.result.bytes = done->bytes;
      w.result.duration = done->duration;
    } else {
      fail(r, done.error().text);
    }
  }
  if (!trouble.empty() && r.stored == 0) fail(r, trouble); // nothing that was said is in it
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
  s.recorder_dropped_frames += dropped_;
  s.recordings_cut = cut_;
  const auto since = busy_since_.load();
  const bool stalled = since != 0 && clock::now() - clock::time_point{clock::duration{since}} > stalled_after;
  s.recording_possible = possible_ && !stalled;
}

} // namespace lifeline::media
