#include "media/prompt_store.hpp"

#include "media/wav_reader.hpp"

#include <filesystem>

namespace lifeline::media {

std::string prompt_path(const std::string& folder, const std::string& name) {
  return (std::filesystem::path(folder) / name).string(); // an absolute right side replaces the left one
}

prompt_store::prompt_store(std::string folder, std::size_t max_bytes)
    : folder_(std::move(folder)), max_bytes_(max_bytes), thread_([this] { run(); }) {}

prompt_store::~prompt_store() {
  {
    const std::lock_guard lock(mutex_);
    stopping_ = true;
  }
  work_.notify_all();
  thread_.join();
}

std::shared_ptr<const prompt> prompt_store::find(const std::string& name) {
  const std::lock_guard lock(mutex_);
  if (const auto found = cache_.find(name); found != cache_.end()) {
    auto& e = found->second;
    if (e.content->now != prompt::state::failed) {
      uses_.splice(uses_.begin(), uses_, e.use);
      return e.content;
    }
    uses_.erase(e.use); // the file may be there by now
    cache_.erase(found);
  }
  auto p = std::make_shared<prompt>();
  p->path = prompt_path(folder_, name);
  uses_.push_front(name);
  cache_[name] = entry{p, uses_.begin()};
  to_load_.push_back(p);
  work_.notify_one();
  return p;
}

void prompt_store::make_room() {
  std::size_t total = 0;
  for (const auto& [name, e] : cache_)
    if (e.content->now == prompt::state::ready) total += e.content->audio.size() * sizeof(std::int16_t);
  // The newest always stays; whoever plays an evicted one keeps it alive for as long.
  while (total > max_bytes_ && uses_.size() > 1) {
    const auto oldest = cache_.find(uses_.back());
    if (oldest->second.content->now == prompt::state::ready)
      total -= oldest->second.content->audio.size() * sizeof(std::int16_t);
    cache_.erase(oldest);
    uses_.pop_back();
  }
}

void prompt_store::run() {
  std::unique_lock lock(mutex_);
  while (true) {
    work_.wait(lock, [this] { return stopping_ || !to_load_.empty(); });
    if (stopping_) return;
    auto p = std::move(to_load_.front());
    to_load_.pop_front();
    lock.unlock();
    auto audio = read_wav(p->path);
    if (audio) {
      p->audio = std::move(*audio);
      p->now = prompt::state::ready;
    } else {
      p->error = audio.error();
      p->now = prompt::state::failed;
    }
    lock.lock();
    make_room();
  }
}

} // namespace lifeline::media
