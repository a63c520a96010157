#pragma once
// Prompts and music in memory, shared by all who hear them. Files are read on a thread of their own, so that a slow
// disk delays only the one prompt that is not there yet. A changed file is heard after it has left the cache or after a
// restart.

#include <atomic>
#include <condition_variable>
#include <cstdint>
#include <deque>
#include <list>
#include <memory>
#include <mutex>
#include <string>
#include <thread>
#include <unordered_map>
#include <vector>

namespace lifeline::media {

struct prompt {
  enum class state : std::uint8_t { loading, ready, failed };
  std::string path;
  std::atomic<state> now{state::loading};
  // Written before `now` changes, never after.
  std::vector<std::int16_t> audio;
  std::string error;
};

class prompt_store {
public:
  /// `folder`: what relative names are relative to. At most about `max_bytes` of audio are kept.
  prompt_store(std::string folder, std::size_t max_bytes);
  prompt_store(const prompt_store&) = delete;
  prompt_store& operator=(const prompt_store&) = delete;
  ~prompt_store();

  /// Returns at once; the audio may still be loading.
  std::shared_ptr<const prompt> find(const std::string& name);

private:
  struct entry {
    std::shared_ptr<prompt> content;
    std::list<std::string>::iterator use;
  };
  void run();
  void make_room();

  const std::string folder_;
  const std::size_t max_bytes_;
  std::mutex mutex_;
  std::condition_variable work_;
  bool stopping_ = false;
  std::deque<std::shared_ptr<prompt>> to_load_;
  std::unordered_map<std::string, entry> cache_;
  std::list<std::string> uses_; ///< most recent first
  std::thread thread_;
};

/// An absolute name as it is, any other one below `folder`.
std::string prompt_path(const std::string& folder, const std::string& name);

} // namespace lifeline::media
