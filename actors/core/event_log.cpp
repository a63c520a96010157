#include "actors/core/event_log.hpp"

#include "domain/log/describe.hpp"

#include <spdlog/spdlog.h>

#include <iterator>

namespace lifeline::actors {

namespace {

using domain::line_form;

spdlog::level::level_enum level_of(domain::severity s) {
  switch (s) {
  case domain::severity::debug: return spdlog::level::debug;
  case domain::severity::info: return spdlog::level::info;
  case domain::severity::warning: return spdlog::level::warn;
  case domain::severity::error: return spdlog::level::err;
  case domain::severity::critical: return spdlog::level::critical;
  }
  return spdlog::level::critical;
}

/// The fields that a log line may have, as name=value.
class line_fields {
public:
  explicit line_fields(std::string& out) : out_(out) {}

  template <class T> void operator()(const domain::field& f, const T& x) {
    if (f.line == line_form::hidden) return;
    if constexpr (std::same_as<T, domain::call_record>) { // the wait that counts is computed
      write("hotline", x.hotline);
      write("outcome", domain::to_string(x.outcome));
      write("cause", domain::to_string(x.cause));
      write("waited", text(domain::waited_in_all(x)));
      write("talk", text(x.talk));
    } else if constexpr (domain::described_part<T>) { // its own fields say which of them may be shown
      domain::describe(*this, x);
    } else if constexpr (std::same_as<T, std::string>) {
      write(f.line_name, f.line == line_form::whether  ? x.empty() ? "no" : "yes"
                         : f.line == line_form::quoted ? quoted(x)
                                                       : x);
    } else if constexpr (std::same_as<T, bool>) {
      write(f.line_name, f.if_true.empty() ? text(x) : x ? f.if_true : f.if_false);
    } else {
      write(f.line_name, text(x));
    }
  }
  template <class T> void operator()(const domain::field&, const std::vector<T>&) {} // no list is short enough
  template <class Flag, class Value> void operator()(const domain::field& f, domain::known_later<Flag, Value> x) {
    if (f.line != line_form::hidden) write(f.line_name, x.known ? text(x.value) : "begun");
  }

private:
  void write(std::string_view name, std::string_view value) { out_.append(" ").append(name).append("=").append(value); }
  static std::string text(domain::span x) { return fmt::format("{:.3f}", domain::seconds(x)); }
  static std::string text(domain::instant x) { return domain::to_rfc3339(x); }
  template <class Tag> static std::string text(const domain::basic_id<Tag>& x) {
    return x.is_nil() ? "-" : domain::to_string(x);
  }
  template <class T> static std::string text(const T& x) {
    if constexpr (std::is_enum_v<T>)
      return std::string{to_string(x)};
    else
      return fmt::format("{}", x);
  }
  static std::string quoted(const std::string& text) {
    std::string out{'"'};
    for (const char c : text) {
      if (c == '"' || c == '\\') out += '\\';
      out += static_cast<unsigned char>(c) < 0x20 ? ' ' : c;
    }
    return out + '"';
  }

  std::string& out_;
};

template <domain::described_entry Body> void write_line(spdlog::logger& to, const domain::event& e, const Body& body) {
  const auto level = level_of(domain::level_of(body));
  if (!to.should_log(level)) return;
  auto line = fmt::format("{} seq={}", domain::facts_of<Body>.name, e.seq);
  if (!e.call.is_nil()) line.append(" call=").append(domain::to_string(e.call));
  line_fields fields{line};
  domain::describe(fields, body);
  to.log(level, "{}", line);
}

} // namespace

void event_log::on_commit(const std::vector<domain::event>& events, bool stored) {
  for (const auto& e : events)
    std::visit([&](const auto& body) { write_line(*to_, e, body); }, e.body);
  if (!stored && !events.empty()) to_->error("journal lost {} events: the disk does not take them", events.size());
}

} // namespace lifeline::actors
