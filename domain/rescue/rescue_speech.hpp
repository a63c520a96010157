#pragma once
// What the engine says to rescuers on the telephone, and what their keys mean. Pure: a text is a list of pieces, each a
// named phrase (which a studio may have recorded) or free text (an address). Nobody's name or number is ever spoken:
// only the place, the lift's code and how many people are concerned.

#include "domain/rescue/order_machine.hpp"
#include "domain/rescue/order_state.hpp"
#include "domain/voice/utterance.hpp"

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace lifeline::domain {

/// Every named phrase, with the text that is rendered as long as nobody has recorded it.
const utterance& rescue_phrases();
/// One of them; a name that is not there is a bug: std::out_of_range.
const spoken& rescue_phrase(std::string_view name);

/// Each digit (ASCII or full width) as its Chinese word: "淮海路12号" → "淮海路一二号".
std::string spell_digits(std::string_view text);
/// As a count: 2 → "两", 12 → "十二", 105 → "一百零五". From 10000 on digit by digit.
std::string count_in_words(std::uint64_t n);
/// Free text made fit to be spoken: digits spelled, control characters, brackets and ill-formed UTF-8 left out, cut
/// after 80 characters (a rescuer cannot listen to more).
std::string speakable(std::string_view text);

// ---- keys --------------------------------------------------------------------------------------------------------

/// What a key says. 1 and 2 answer an order, 3 says it once more, 4 and 5 report progress.
enum class rescue_key : std::uint8_t { accept = 1, refuse = 2, again = 3, arrived = 4, completed = 5 };
/// Which keys there are just now; `again` is always one of them.
struct key_menu {
  bool answer = false;   ///< 1, 2
  bool arrive = false;   ///< 4
  bool complete = false; ///< 5
  bool take = false;     ///< 1, of an alert: the alarm is taken
};
/// Of a call to a rescuer.
key_menu menu_of_call(bool accepted, bool arrived);
/// Of an alert of our own people.
key_menu menu_of_alert();
/// Of the report line: who has come may say so without having accepted before.
key_menu menu_of_report(deployment_phase phase);
/// Nothing: not a key of this menu.
std::optional<rescue_key> read_key(const key_menu& menu, char digit);
/// Nothing for `again`.
std::optional<rescuer_word> word_of(rescue_key key);
attempt_outcome outcome_of(rescuer_word word);

// ---- texts -------------------------------------------------------------------------------------------------------

/// A call to a rescuer: a new order or urging, what and where, how long ago when urging, the keys.
utterance announce(const order_state& about, std::uint8_t level, attempt_purpose purpose, const key_menu& keys,
                   instant now);
/// An alert: why it rings, what and where, the keys.
utterance announce_alert(const order_state& about, instant now);
utterance say_keys(const key_menu& keys);
/// After a wrong key.
utterance say_wrong_key(const key_menu& keys);
/// After a decision.
utterance confirm(rescuer_word word);
utterance confirm_alert();

/// The report line, one order: where it is, and the keys.
utterance tell_order(const order_state& about, const key_menu& keys);
/// Several: which key chooses which; at most nine are named.
utterance choose_order(const std::vector<const order_state*>& orders);

/// What can be said when free text cannot be rendered: the named phrases, and where it is is read in the order.
utterance without_free_text(const utterance& full);
/// Both. `at_once`: see sentence.
sentence rescue_sentence(utterance full, bool at_once = false);

} // namespace lifeline::domain
