#include "tests/simulation/script.hpp"

#include <algorithm>
#include <array>
#include <charconv>
#include <fstream>
#include <sstream>

namespace lifeline::simulation {

namespace {

/// `shape`: what follows the name: w = who, t = text, n = number; a capital T takes the rest of the line.
struct syntax {
  verb what;
  std::string_view name;
  std::string_view shape;
};

constexpr std::array grammar{
    syntax{verb::set, "set", "wT"},
    syntax{verb::reload, "reload", ""},
    syntax{verb::run, "run", "n"},
    syntax{verb::settle, "settle", ""},
    syntax{verb::pass, "pass", "n"},
    syntax{verb::tick, "tick", ""},
    syntax{verb::call, "call", "wt"},
    syntax{verb::call_delayed, "call-delayed", "wt"},
    syntax{verb::report_line, "report-line", "wT"},
    syntax{verb::code, "code", "wT"},
    syntax{verb::dials, "dials", "wt"},
    syntax{verb::leave, "leave", "w"},
    syntax{verb::vanish, "vanish", "w"},
    syntax{verb::hold, "hold", "w"},
    syntax{verb::resume, "resume", "w"},
    syntax{verb::phone_rings, "phone-rings", "w"},
    syntax{verb::phone_answers, "phone-answers", "w"},
    syntax{verb::phone_refuses, "phone-refuses", "wn"},
    syntax{verb::phone_leaves, "phone-leaves", "w"},
    syntax{verb::phone_vanishes, "phone-vanishes", "w"},
    syntax{verb::phone_holds, "phone-holds", "w"},
    syntax{verb::phone_resumes, "phone-resumes", "w"},
    syntax{verb::phone_late, "phone-answers-late", "w"},
    syntax{verb::again, "again", "w"},
    syntax{verb::lose, "lose", "n"},
    syntax{verb::registers, "registers", "wn"},
    syntax{verb::moves, "moves", "wn"},
    syntax{verb::unregisters, "unregisters", "w"},
    syntax{verb::agent, "agent", "wT"},
    syntax{verb::reroute, "reroute", "wt"},
    syntax{verb::release, "release", "w"},
    syntax{verb::mute, "mute", "w"},
    syntax{verb::crash, "crash", "wT"},
    syntax{verb::crash_now, "crash-now", "wT"},
    syntax{verb::kill_engine, "kill-engine", "n"},
    syntax{verb::disk_fails, "disk-fails", "n"},
    syntax{verb::disk_stalls, "disk-stalls", ""},
    syntax{verb::disk_well, "disk-well", ""},
    syntax{verb::media_slow, "media-slow", ""},
    syntax{verb::media_dead, "media-dead", ""},
    syntax{verb::port_fails, "port-fails", "n"},
    syntax{verb::media_well, "media-well", ""},
    syntax{verb::silent, "silent", "w"},
    syntax{verb::prompts_stuck, "prompts-stuck", ""},
    syntax{verb::recorder_dead, "recorder-dead", ""},
    syntax{verb::recorder_full, "recorder-full", ""},
    syntax{verb::recorder_well, "recorder-well", ""},
    syntax{verb::report, "report", "wT"},
    syntax{verb::report_again, "report-again", "w"},
    syntax{verb::rescuer, "rescuer", "wt"},
    syntax{verb::word, "word", "wT"},
    syntax{verb::desk, "desk", "wt"},
    syntax{verb::reader_leaves, "reader-leaves", ""},
    syntax{verb::reader_returns, "reader-returns", ""},
};

const syntax& syntax_of(verb v) {
  return *std::find_if(grammar.begin(), grammar.end(), [&](const syntax& s) { return s.what == v; });
}

std::string_view trimmed(std::string_view text) {
  const auto first = text.find_first_not_of(" \t\r");
  if (first == std::string_view::npos) return {};
  return text.substr(first, text.find_last_not_of(" \t\r") - first + 1);
}

/// Takes the first word off `rest`.
std::string_view next_word(std::string_view& rest) {
  rest = trimmed(rest);
  const auto end = std::min(rest.find_first_of(" \t"), rest.size());
  const auto word = rest.substr(0, end);
  rest = trimmed(rest.substr(end));
  return word;
}

template <class Number> bool read_number(std::string_view word, Number& into) {
  const auto [end, error] = std::from_chars(word.data(), word.data() + word.size(), into);
  return error == std::errc{} && end == word.data() + word.size() && !word.empty();
}

tl::expected<input, std::string> parse_input(std::string_view name, std::string_view rest) {
  const auto found = std::find_if(grammar.begin(), grammar.end(), [&](const syntax& s) { return s.name == name; });
  if (found == grammar.end()) return tl::unexpected("there is no input \"" + std::string{name} + "\"");
  input i;
  i.what = found->what;
  for (const char part : found->shape) {
    if (part == 'T') {
      i.text = std::string{trimmed(rest)};
      rest = {};
      continue;
    }
    const auto word = next_word(rest);
    if (word.empty()) return tl::unexpected("\"" + std::string{name} + "\" lacks a word");
    if (part == 'w') i.who = std::string{word};
    if (part == 't') i.text = std::string{word};
    if (part == 'n' && !read_number(word, i.number))
      return tl::unexpected("expected a number, found \"" + std::string{word} + "\"");
  }
  if (!rest.empty()) return tl::unexpected("\"" + std::string{rest} + "\" is too much");
  return i;
}

} // namespace

std::string to_string(const input& i) {
  const auto& s = syntax_of(i.what);
  std::string line{s.name};
  for (const char part : s.shape) {
    const auto word = part == 'w' ? i.who : part == 'n' ? std::to_string(i.number) : i.text;
    if (!word.empty()) line += ' ' + word;
  }
  return line;
}

std::string to_string(const script& s) {
  std::string text;
  for (const auto& c : s.comments)
    text += c.empty() ? "#\n" : "# " + c + '\n';
  text += "seed " + std::to_string(s.seed) + '\n';
  for (const auto& i : s.inputs)
    text += to_string(i) + '\n';
  for (const auto& r : s.reached)
    text += "reached " + r + '\n';
  return text;
}

tl::expected<script, std::string> parse_script(std::string_view text) {
  script s;
  std::size_t number = 0;
  while (!text.empty()) {
    ++number;
    const auto end = std::min(text.find('\n'), text.size());
    auto line = trimmed(text.substr(0, end));
    text.remove_prefix(std::min(end + 1, text.size()));
    const auto mark = line.find('#');
    if (mark == 0 && s.inputs.empty()) s.comments.emplace_back(trimmed(line.substr(1)));
    line = trimmed(line.substr(0, mark));
    if (line.empty()) continue;
    const auto wrong = [&](const std::string& what) {
      return tl::unexpected("line " + std::to_string(number) + ": " + what);
    };
    const auto name = next_word(line);
    if (name == "seed") {
      if (!read_number(line, s.seed)) return wrong("a seed is a number");
    } else if (name == "reached") {
      s.reached.emplace_back(line);
    } else {
      auto i = parse_input(name, line);
      if (!i) return wrong(i.error());
      s.inputs.push_back(std::move(*i));
    }
  }
  return s;
}

tl::expected<script, std::string> read_script(const std::string& file) {
  std::ifstream in(file, std::ios::binary);
  std::ostringstream text;
  text << in.rdbuf();
  if (!in) return tl::unexpected(file + ": cannot be read");
  auto parsed = parse_script(text.str());
  if (!parsed) return tl::unexpected(file + ", " + parsed.error());
  return parsed;
}

} // namespace lifeline::simulation
