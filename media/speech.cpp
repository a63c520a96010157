#include "media/speech_renderer.hpp"

#include "domain/rescue/rescue_speech.hpp"
#include "media/wav_reader.hpp"

#include <sodium.h>

#include <algorithm>
#include <array>
#include <cerrno>
#include <cstring>
#include <filesystem>
#include <fstream>

#include <fcntl.h>
#include <unistd.h>

namespace lifeline::media {

namespace {

namespace fs = std::filesystem;

constexpr std::size_t longest_text = 2000; // bytes
constexpr std::string_view folder_name = "speech";
constexpr std::string_view scratch_prefix = ".rendering-";

std::string hash_of(const std::string& text) {
  std::array<unsigned char, crypto_hash_sha256_BYTES> digest{};
  crypto_hash_sha256(digest.data(), reinterpret_cast<const unsigned char*>(text.data()), text.size());
  std::array<char, 2 * crypto_hash_sha256_BYTES + 1> hex{};
  sodium_bin2hex(hex.data(), hex.size(), digest.data(), digest.size());
  return hex.data();
}

/// Nothing: the phrase can be rendered.
std::string unfit(const phrase& p) {
  const auto plain = [](char c) { return (c >= 'a' && c <= 'z') || (c >= '0' && c <= '9') || c == '-' || c == '_'; };
  if (!std::all_of(p.name.begin(), p.name.end(), plain))
    return "phrase \"" + p.name + "\": a name consists of small letters, digits, '-' and '_'";
  if (p.text.find_first_not_of(" \t\r\n") == std::string::npos) return "phrase \"" + p.name + "\" has no text";
  if (p.text.size() > longest_text) return "phrase \"" + p.name + "\" is longer than 2000 bytes";
  return {};
}

/// An empty file is what a power failure left of one.
bool is_there(const fs::path& file) {
  std::error_code error;
  return fs::file_size(file, error) > 0 && !error;
}

std::string trouble(const fs::path& file, int error) { return file.string() + ": " + std::strerror(error); }

/// So that no half of a file is found after a power failure.
std::string flush(const fs::path& file) {
  const int fd = ::open(file.c_str(), O_RDONLY | O_CLOEXEC);
  if (fd < 0) return trouble(file, errno);
  const int error = ::fsync(fd) == 0 ? 0 : errno;
  ::close(fd);
  return error == 0 ? std::string{} : trouble(file, error);
}

/// Gives `from` the name `to`, unless there is such a file by now: then that one stays.
std::string move_into_place(const fs::path& from, const fs::path& to) {
  std::error_code error;
  if (fs::exists(to, error) && !is_there(to)) fs::remove(to, error);
  if (::link(from.c_str(), to.c_str()) == 0 || errno == EEXIST) return {};
  if (is_there(to)) return {};
  return ::rename(from.c_str(), to.c_str()) == 0 ? std::string{} : trouble(to, errno); // a disk without hard links
}

std::string write_text(const fs::path& file, const std::string& text) {
  std::ofstream out(file, std::ios::binary | std::ios::trunc);
  out << text;
  out.close();
  return out ? std::string{} : file.string() + ": cannot be written";
}

/// What an engine that died in the middle has left.
void sweep(const fs::path& folder) {
  std::error_code ignored;
  for (fs::directory_iterator it{folder, ignored}, end; !ignored && it != end; it.increment(ignored))
    if (it->path().filename().string().starts_with(scratch_prefix)) fs::remove(it->path(), ignored);
}

/// Names of the renderer's own, removed in any case.
struct scratch {
  explicit scratch(const fs::path& folder, std::uint64_t number) {
    const auto stem = std::string{scratch_prefix} + std::to_string(number);
    text = folder / (stem + ".txt");
    voice = folder / (stem + "-voice.wav");
    out = folder / (stem + ".wav");
  }
  ~scratch() {
    std::error_code ignored;
    for (const auto& file : {text, voice, out})
      fs::remove(file, ignored);
  }
  scratch(const scratch&) = delete;
  scratch& operator=(const scratch&) = delete;
  fs::path text;
  fs::path voice;
  fs::path out;
};

class espeak final : public speech {
public:
  explicit espeak(speech_settings s)
      : settings_(std::move(s)), folder_(fs::path(settings_.prompts) / folder_name), thread_([this] { run(); }) {}
  ~espeak() override { end(); }

  void prepare(std::vector<phrase> phrases, speech_ready done) override {
    std::string error;
    for (const auto& p : phrases)
      if (error.empty()) error = unfit(p);
    if (!error.empty()) return done(tl::unexpected(error));
    if (auto files = existing(phrases)) return done(std::move(*files));
    {
      const std::lock_guard lock{mutex_};
      if (stopping_) {
        error = "speech has stopped";
      } else if (queue_.size() >= settings_.max_queue) {
        error = "speech: " + std::to_string(queue_.size()) + " texts wait to be rendered already";
      } else {
        queue_.push_back({std::move(phrases), std::move(done)});
        return wake_.notify_one();
      }
    }
    done(tl::unexpected(error)); // nobody is called under the lock
  }

  void stop() override { end(); }

private:
  struct work {
    std::vector<phrase> phrases;
    speech_ready done;
  };

  [[nodiscard]] static std::string stem_of(const phrase& p) { return p.name.empty() ? hash_of(p.text) : p.name; }

  /// The phrase's file relative to the prompts' folder; empty: there is none yet.
  [[nodiscard]] std::string existing(const phrase& p) const {
    if (!p.name.empty() && is_there(fs::path(settings_.prompts) / (p.name + ".wav"))) return p.name + ".wav";
    const auto rendered = stem_of(p) + ".wav";
    return is_there(folder_ / rendered) ? (fs::path(folder_name) / rendered).string() : std::string{};
  }
  [[nodiscard]] std::optional<std::vector<std::string>> existing(const std::vector<phrase>& phrases) const {
    std::vector<std::string> files;
    for (const auto& p : phrases) {
      files.push_back(existing(p));
      if (files.back().empty()) return std::nullopt;
    }
    return files;
  }

  void run() {
    std::unique_lock lock(mutex_);
    while (true) {
      wake_.wait(lock, [this] { return stopping_ || !queue_.empty(); });
      if (queue_.empty()) return;
      auto w = std::move(queue_.front());
      queue_.pop_front();
      lock.unlock();
      w.done(render_all(w.phrases));
      lock.lock();
    }
  }

  tl::expected<std::vector<std::string>, std::string> render_all(const std::vector<phrase>& phrases) {
    std::vector<std::string> files;
    for (const auto& p : phrases) {
      if (stopping_) return tl::unexpected(std::string{"speech has stopped"});
      auto file = existing(p); // perhaps since it was asked for
      if (file.empty()) {
        if (auto error = render(p); !error.empty())
          return tl::unexpected((p.name.empty() ? "a text" : "phrase \"" + p.name + "\"") +
                                " cannot be rendered: " + error);
        file = (fs::path(folder_name) / (stem_of(p) + ".wav")).string();
      }
      files.push_back(std::move(file));
    }
    return files;
  }

  /// Empty: the file is there.
  std::string render(const phrase& p) {
    std::error_code made;
    fs::create_directories(folder_, made);
    if (made) return folder_.string() + ": " + made.message();
    const scratch names{folder_, ++rendered_};
    if (auto error = write_text(names.text, domain::spell_digits(p.text)); !error.empty()) return error;
    // As in scripts/make-prompts.sh: of espeak-ng's Mandarin voices only this one reads characters as Mandarin.
    const program speak{
        settings_.espeak,
        {"-b", "1", "-v", "cmn-latn-pinyin", "-s", "165", "-w", names.voice.string(), "-f", names.text.string()}};
    if (auto error = run_program(speak, settings_.patience, stopping_); !error.empty()) return error;
    // Pieces follow each other: less silence around them than around a whole prompt.
    const program convert{settings_.sox,
                          {"-q", names.voice.string(), "-r", "8000", "-c", "1", "-b", "16", names.out.string(), "norm",
                           "-6", "pad", "0.1", "0.15"}};
    if (auto error = run_program(convert, settings_.patience, stopping_); !error.empty()) return error;
    const auto audio = read_wav(names.out.string());
    if (!audio) return audio.error();
    if (audio->empty()) return settings_.espeak + " has said nothing";
    if (auto error = flush(names.out); !error.empty()) return error;
    const auto stem = stem_of(p);
    if (auto error = write_text(names.text, p.text); !error.empty()) return error;
    if (auto error = move_into_place(names.text, folder_ / (stem + ".txt")); !error.empty()) return error;
    return move_into_place(names.out, folder_ / (stem + ".wav"));
  }

  void end() {
    stopping_ = true;
    std::deque<work> left;
    {
      const std::lock_guard lock{mutex_};
      left.swap(queue_);
    }
    wake_.notify_all();
    for (auto& w : left)
      w.done(tl::unexpected(std::string{"speech has stopped"}));
    if (thread_.joinable()) thread_.join();
  }

  const speech_settings settings_;
  const fs::path folder_;
  std::mutex mutex_;
  std::condition_variable wake_;
  std::deque<work> queue_;
  std::atomic<bool> stopping_{false};
  std::uint64_t rendered_ = 0; ///< only the renderer's thread
  std::thread thread_;
};

} // namespace

tl::expected<std::unique_ptr<speech>, std::string> start_speech(const speech_settings& s) {
  if (sodium_init() < 0) return tl::unexpected(std::string{"libsodium does not start"});
  std::error_code error;
  fs::create_directories(fs::path(s.prompts) / folder_name, error);
  if (error) return tl::unexpected("prompts' folder " + s.prompts + ": " + error.message());
  sweep(fs::path(s.prompts) / folder_name);
  return std::make_unique<espeak>(s);
}

tl::expected<std::unique_ptr<speech>, std::string> start_speech(const std::string& prompts) {
  speech_settings s;
  s.prompts = prompts;
  return start_speech(s);
}

} // namespace lifeline::media
