#pragma once
// Spoken texts as WAV files: sentences that were recorded in a studio lie in the prompts' folder; what is missing is
// rendered once by espeak-ng in Mandarin and kept. A rendered file is <prompts>/speech/<hash>.wav with the text beside
// it in <hash>.txt, so that a studio's recording can take its place: an existing file is never written again.

#include <tl/expected.hpp>

#include <functional>
#include <memory>
#include <string>
#include <vector>

namespace lifeline::media {

/// One piece of what is said: a named phrase (a file of that name in the prompts' folder, else its text is rendered),
/// or free text (an address).
struct phrase {
  std::string name; ///< "rescue-new-order"; empty: free text
  std::string text; ///< Chinese, UTF-8; digits are spoken one by one
};
using speech_ready = std::function<void(tl::expected<std::vector<std::string>, std::string>)>;

class speech {
public:
  virtual ~speech() = default;
  /// The files to be played one after the other, relative to the prompts' folder. What exists already is answered on
  /// the caller's thread, else on the renderer's; a text that cannot be rendered fails the whole with a sentence.
  virtual void prepare(std::vector<phrase> phrases, speech_ready done) = 0;
  virtual void stop() = 0;
};
/// `prompts` is made if missing. One thread; espeak-ng and sox are called as programs.
[[nodiscard]] tl::expected<std::unique_ptr<speech>, std::string> start_speech(const std::string& prompts);

} // namespace lifeline::media
