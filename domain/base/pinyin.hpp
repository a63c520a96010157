#pragma once
// Chinese by its sound.

#include <string>
#include <string_view>

namespace lifeline::domain {

/// The initials of a text's pinyin in lower case; letters and digits stay, the rest is left out: "淮安A座" → "haaz".
std::string pinyin_initials(std::string_view utf8);

} // namespace lifeline::domain
