#include "cti/api/route_table.hpp"

#include "domain/base/wall_time.hpp"

#include <algorithm>
#include <charconv>

namespace lifeline::cti {

namespace {

response refuse_parameter(std::string_view name, const std::string& message) {
  return error_response(400, "invalid", message, name);
}

} // namespace

response error_response(int status, std::string_view code, std::string_view message, std::string_view field) {
  json error{{"code", code}, {"message", message}};
  if (!field.empty()) error["field"] = field;
  json body = json::object();
  body["error"] = std::move(error);
  return json_response(body, status);
}

response json_response(const json& body, int status) { return text_response(dump(body), status); }

response text_response(std::string json_text, int status) {
  response r;
  r.status = status;
  r.body = std::move(json_text);
  r.headers.emplace_back("Cache-Control", "no-store");
  return r;
}

response failure_response(const domain::failure& f) {
  const auto status = [&] {
    switch (f.code) {
    case domain::errc::not_found: return 404;
    case domain::errc::conflict: return 409;
    case domain::errc::invalid: return 400;
    case domain::errc::forbidden: return 403;
    case domain::errc::unavailable: break;
    }
    return 503;
  }();
  auto r = error_response(status, to_string(f.code), f.message, f.field);
  if (status == 503) r.headers.emplace_back("Retry-After", "1");
  return r;
}

std::optional<std::vector<std::string>> match_path(std::string_view pattern, const std::vector<std::string>& path,
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

response forbidden_response(std::string_view message, std::string_view field) {
  return error_response(403, "forbidden", message, field);
}

response dispatch(const std::vector<route>& table, const request& r, const target& to, std::size_t skip,
                  const routes_context& context, const api_client& client) {
  std::string allowed;
  for (const auto& candidate : table) {
    auto arguments = match_path(candidate.pattern, to.path, skip);
    if (!arguments) continue;
    if (candidate.method == r.method) {
      if (!candidate.allowed.has(client.role))
        return forbidden_response("this needs the role " + candidate.allowed.text() + "; " + client.name +
                                  " has the role " + std::string{to_string(client.role)});
      return candidate.answer({r, to, std::move(*arguments), context.engine, context, client});
    }
    if (!allowed.empty()) allowed += ", ";
    allowed += candidate.method;
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

domain::instant now_of(const routes_context& context) {
  if (context.now) return context.now();
  return domain::now_from_world();
}

domain::rescue_plan plan_of(const routes_context& context) {
  return context.rescue_plan ? context.rescue_plan() : domain::rescue_plan{};
}

std::optional<response> read_time(const route_call& c, std::string_view name, domain::day_end wanted,
                                  domain::instant& value) {
  const auto* text = find_query(c.to, name);
  if (text == nullptr) return std::nullopt;
  const auto at = domain::parse_time(*text, now_of(c.context), plan_of(c.context).utc_offset, wanted);
  if (!at) return refuse_parameter(name, "expected " + std::string{domain::time_forms});
  value = *at;
  return std::nullopt;
}

std::optional<response> read_period(const route_call& c, domain::instant& from, domain::instant& until) {
  if (auto refused = read_time(c, "from", domain::day_end::begin, from)) return refused;
  if (auto refused = read_time(c, "until", domain::day_end::end, until)) return refused;
  if (from == domain::never || until == domain::never || from <= until) return std::nullopt;
  return refuse_parameter("until", "until lies before from");
}

} // namespace lifeline::cti
