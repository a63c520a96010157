#include "actors/voice/prepared_speech.hpp"

#include "media/speech.hpp"

namespace lifeline::actors {

namespace {

std::vector<media::phrase> phrases_of(const domain::utterance& what) {
  std::vector<media::phrase> all;
  all.reserve(what.size());
  for (const auto& piece : what)
    all.push_back({piece.name, piece.text});
  return all;
}

} // namespace

void prepare_speech(const surroundings_ptr& around, const caf::actor& to, const domain::voice::prepare& what) {
  auto* speech = around->speech;
  if (speech == nullptr) return caf::anon_send(to, speech_prepared{what.tag, domain::shipped_files(what.brief)});
  speech->prepare(phrases_of(what.full), [to, tag = what.tag, brief = what.brief,
                                          speech](const tl::expected<std::vector<std::string>, std::string>& full) {
    if (full) return caf::anon_send(to, speech_prepared{tag, *full});
    speech->prepare(phrases_of(brief),
                    [to, tag, brief](const tl::expected<std::vector<std::string>, std::string>& named) {
                      caf::anon_send(to, speech_prepared{tag, named ? *named : domain::shipped_files(brief)});
                    });
  });
}

} // namespace lifeline::actors
