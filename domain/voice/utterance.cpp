#include "domain/voice/utterance.hpp"

namespace lifeline::domain {

std::vector<std::string> shipped_files(const utterance& named) {
  std::vector<std::string> files;
  for (const auto& piece : named)
    if (!piece.name.empty()) files.push_back(piece.name + ".wav");
  return files;
}

} // namespace lifeline::domain
