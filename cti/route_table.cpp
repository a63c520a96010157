#include "cti/route_table.hpp"

#include <algorithm>
#include <charconv>

namespace lifeline::cti {

namespace {

/// The arguments if the path fits the pattern.
std::optional<std::vector<std::string>> match(std::string_view pattern, const std::vector<std::string>& path,
                                              std::size_t skip) {
  std::vector<std::string> arguments;
  std::size_t at = skip;
  while (!pattern.empty()) {
    const auto slash = std::min(pattern.find('/'), pattern.size());
    const auto segment = pattern.substr(0, slash);
    pattern.remove_prefix(std::min(slash + 1, pattern.size()));
    if (at == path.size()) return std::nullopt;
    if (segment == "*")
      arguments.push_back(path[at]);
    else if (segment != path[at])
      return std::nullopt;
    ++at;
  }
  if (at != path.size()) return std::nullopt;
  return arguments;
}

response refuse_parameter(std::string_view name, const std::string& message) {
  return error_response(400, "invalid", message, name);
}

std::optional<response> refuse_missing(std::string_view name, std::string_view needed) {
  if (needed.empty()) return std::nullopt;
  return refuse_parameter(name, std::string{needed});
}

} // namespace

response error_response(int status, std::string_view code, std::string_view message, std::string_view field) {
  json error{{"code", code}, {"message", message}};
  if (!field.empty()) error["field"] = field;
  json body = json::object();
  body["error"] = std::move(error);
  return json_response(body, status);
}

response json_response(const json& body, int status) {
  response r;
  r.status = status;
  r.body = dump(body);
  r.headers.emplace_back("Cache-Control", "no-store");
  return r;
}

response failure_response(const actors::operation_failure& f) {
  switch (f.code) {
  case actors::operation_errc::not_found: return error_response(404, "not_found", f.message);
  case actors::operation_errc::conflict: return error_response(409, "conflict", f.message);
  case actors::operation_errc::invalid: return error_response(400, "invalid", f.message);
  case actors::operation_errc::unavailable: break;
  }
  auto r = error_response(503, "unavailable", f.message);
  r.headers.emplace_back("Retry-After", "1");
  return r;
}

response dispatch(const std::vector<route>& table, const request& r, const target& to, std::size_t skip,
                  actors::operations& engine) {
  std::string allowed;
  for (const auto& candidate : table) {
    auto arguments = match(candidate.pattern, to.path, skip);
    if (!arguments) continue;
    if (candidate.method == r.method) return candidate.answer({r, to, std::move(*arguments), engine});
    allowed += (allowed.empty() ? "" : ", ") + std::string{candidate.method};
  }
  if (allowed.empty()) return error_response(404, "not_found", "there is no such path");
  auto refused = error_response(405, "method_not_allowed", "this path takes " + allowed);
  refused.headers.emplace_back("Allow", allowed);
  return refused;
}

std::optional<response> check_query(const target& to, std::initializer_list<std::string_view> known) {
  for (auto it = to.query.begin(); it != to.query.end(); ++it) {
    if (std::find(known.begin(), known.end(), it->first) == known.end()) {
      std::string message = "unknown query parameter; known are:";
      for (const auto& name : known)
        message += " " + std::string{name};
      if (known.size() == 0) message = "this path takes no query parameters";
      return refuse_parameter(it->first, message);
    }
    if (std::any_of(to.query.begin(), it, [&](const auto& x) { return x.first == it->first; }))
      return refuse_parameter(it->first, "the parameter is given twice");
  }
  return std::nullopt;
}

const std::string* find_query(const target& to, std::string_view name) {
  for (const auto& [key, value] : to.query) {
    if (key == name) return &value;
  }
  return nullptr;
}

std::optional<response> read_number(const target& to, std::string_view name, std::uint64_t least, std::uint64_t most,
                                    std::uint64_t& value) {
  const auto* text = find_query(to, name);
  if (text == nullptr) return std::nullopt;
  std::uint64_t number = 0;
  const auto* end = text->data() + text->size();
  const auto [stop, failed] = std::from_chars(text->data(), end, number);
  if (failed != std::errc{} || stop != end || number < least || number > most)
    return refuse_parameter(name,
                            "expected a whole number from " + std::to_string(least) + " to " + std::to_string(most));
  value = number;
  return std::nullopt;
}

std::optional<response> read_time(const target& to, std::string_view name, domain::instant& value) {
  const auto* text = find_query(to, name);
  if (text == nullptr) return std::nullopt;
  const auto at = parse_rfc3339(*text);
  if (!at) return refuse_parameter(name, "expected a time of RFC 3339, like 2026-11-23T08:00:00+08:00");
  value = *at;
  return std::nullopt;
}

body_result read_body(const request& r, std::initializer_list<std::string_view> known) {
  body_result result;
  if (r.body.empty()) return result;
  try {
    result.object = json::parse(r.body);
  } catch (const json::parse_error& e) {
    result.refused = error_response(400, "bad_json", "the body is not JSON: wrong at byte " + std::to_string(e.byte));
    return result;
  } catch (const json::exception&) { // a number out of range
    result.refused = error_response(400, "bad_json", "the body is not JSON: a number is out of range");
    return result;
  }
  if (!result.object.is_object()) {
    result.refused = error_response(400, "invalid", "the body must be a JSON object");
    return result;
  }
  for (const auto& [name, value] : result.object.items()) {
    if (std::find(known.begin(), known.end(), name) != known.end()) continue;
    result.refused = error_response(400, "invalid", "unknown field", name);
    break;
  }
  return result;
}

std::optional<response> refuse_arguments(const route_call& c) {
  if (auto refused = check_query(c.to, {})) return refused;
  return read_body(c.message, {}).refused;
}

std::optional<response> read_text(const json& body, std::string_view name, std::string_view needed, std::size_t longest,
                                  std::string& value) {
  const auto found = body.find(std::string{name});
  if (found == body.end()) return refuse_missing(name, needed);
  if (!found->is_string()) return refuse_parameter(name, "expected a string");
  const auto& text = found->get_ref<const std::string&>();
  if (text.empty() || text.size() > longest)
    return refuse_parameter(name, "expected 1 to " + std::to_string(longest) + " bytes");
  if (std::any_of(text.begin(), text.end(), [](char x) { return static_cast<unsigned char>(x) < 0x20 || x == 0x7F; }))
    return refuse_parameter(name, "control characters are not allowed");
  value = text;
  return std::nullopt;
}

std::optional<response> read_flag(const json& body, std::string_view name, std::string_view needed, bool& value) {
  const auto found = body.find(std::string{name});
  if (found == body.end()) return refuse_missing(name, needed);
  if (!found->is_boolean()) return refuse_parameter(name, "expected true or false");
  value = found->get<bool>();
  return std::nullopt;
}

std::optional<response> read_seconds(const json& body, std::string_view name, std::string_view needed,
                                     std::chrono::seconds least, std::chrono::seconds most, domain::span& value) {
  const auto found = body.find(std::string{name});
  if (found == body.end()) return refuse_missing(name, needed);
  const auto number = found->is_number() ? found->get<double>() : -1.0;
  if (!(number >= static_cast<double>(least.count())) || !(number <= static_cast<double>(most.count())))
    return refuse_parameter(name, "expected a number of seconds from " + std::to_string(least.count()) + " to " +
                                      std::to_string(most.count()));
  value = std::chrono::duration_cast<domain::span>(std::chrono::duration<double>(number));
  return std::nullopt;
}

} // namespace lifeline::cti
