#pragma once
// From the API's answers to what is printed.

#include "apps/lifelinectl/client.hpp"
#include "apps/lifelinectl/commands.hpp"
#include "apps/lifelinectl/local_time.hpp"

#include <nlohmann/json.hpp>

#include <functional>
#include <string>

namespace lifeline::ctl {

using json = nlohmann::ordered_json;

/// Prints an answer: with --json as it is, else by `print`. A refusal goes to standard error with the engine's words.
int finish(const session& s, const tl::expected<reply, fault>& answer, const std::function<void(const json&)>& print);
int complain(const fault& f);

/// Fields of an answer; what is missing or null is empty.
std::string text(const json& j, const char* key);
double number(const json& j, const char* key);

/// The strings of a list, with spaces between them.
std::string joined(const json& list);
/// A request's body as text, whatever was typed.
std::string sent(const json& body);

/// "42s", "3m05s", "1h02m".
std::string duration(double seconds);
/// "12.5 ms".
std::string milliseconds(double seconds);
/// Seconds since 1970 of an RFC 3339 time in UTC; 0 when it is not one.
double epoch_seconds(const std::string& rfc3339);

void print(const std::string& line);

/// What an entry of the log is about, in a line: its plain fields.
std::string details(const json& entry);

/// Who did not answer, if anybody.
void print_silent(const json& answer);

/// A call's journey as a timeline.
std::string timeline(const json& journey, bool why);

} // namespace lifeline::ctl
