#pragma once
// Why something that was asked for was not done: one type for all who refuse, so that a refusal comes out of the API as
// it was made.

#include <tl/expected.hpp>

#include <cstdint>
#include <string>
#include <string_view>

namespace lifeline::domain {

enum class errc : std::uint8_t {
  not_found = 1, ///< there is no such thing
  conflict,      ///< there is, but not in a state that allows it: the message says which
  invalid,       ///< an argument is wrong: the message says what was expected
  forbidden,     ///< whoever asks may not
  unavailable,   ///< an actor or the disk did not answer in time
};
/// "not_found" etc.: the code of the API's errors.
std::string_view to_string(errc x);

struct failure {
  errc code = errc::unavailable;
  std::string message = {}; ///< a sentence for a person
  std::string field = {};   ///< the argument at fault, or empty
};
template <class T> using result = tl::expected<T, failure>;

} // namespace lifeline::domain
