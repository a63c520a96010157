#pragma once
// One telephone number, one form, however a carrier writes it. What is no number has no form, and is nobody's key.

#include <string>
#include <string_view>
#include <vector>

namespace lifeline::domain {

/// Where we are: what a number without country or area means.
struct numbering {
  std::string area = "0517"; ///< of the city, with its 0; empty: local numbers stay as they are
  bool operator==(const numbering&) const = default;
};

/// Without visual separators (RFC 3966, 4: "-", ".", "(", ")"; blanks too), if the rest is a number ("+" and digits);
/// else as it is.
std::string without_separators(std::string_view text);

/// The form under which a number is kept, compared and found: a mobile as 11 digits, a landline with its area and the
/// 0 ("051783901234"), service numbers (95xxx, 96xxx, 12xxx, 1xx, 400, 800) as they are dialled, others of abroad with
/// "+". Extensions stay. Empty for what is no number: withheld, a name, a URI.
std::string normal_number(std::string_view text, const numbering& n = {});

/// Whether two texts name the same line. What is no number is nobody's, but equal to itself letter by letter.
bool same_number(std::string_view a, std::string_view b, const numbering& n = {});

/// The ways in which carriers write a number, the normal form first: for indexes that were written before there was
/// one. Only the text itself when it is no number.
std::vector<std::string> spellings(std::string_view text, const numbering& n = {});

/// What may stand for a caller: the number, and nothing for what is none. `caller` is in the normal form already.
bool is_number(std::string_view text);

} // namespace lifeline::domain
