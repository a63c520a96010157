#include "actors/rescue/rescue_voice.hpp"

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

std::vector<std::string> shipped_files(const domain::utterance& what) {
  std::vector<std::string> files;
  for (const auto& piece : domain::without_free_text(what))
    files.push_back(piece.name + ".wav");
  return files;
}

void prepare_voice(const rescue_surroundings_ptr& around, const caf::actor& to, std::uint64_t tag,
                   const domain::utterance& what) {
  auto* speech = around->speech;
  if (speech == nullptr) return caf::anon_send(to, speech_prepared{tag, shipped_files(what)});
  const auto brief = domain::without_free_text(what);
  speech->prepare(phrases_of(what),
                  [to, tag, brief, speech](const tl::expected<std::vector<std::string>, std::string>& full) {
                    if (full) return caf::anon_send(to, speech_prepared{tag, *full});
                    speech->prepare(phrases_of(brief),
                                    [to, tag, brief](const tl::expected<std::vector<std::string>, std::string>& named) {
                                      caf::anon_send(to, speech_prepared{tag, named ? *named : shipped_files(brief)});
                                    });
                  });
}

} // namespace lifeline::actors
