#include "cti/public/public_part.hpp"

#include "cti/api/plate.hpp"
#include "cti/api/route_table.hpp"
#include "cti/public/pages.hpp"

#include <sodium.h>

#include <algorithm>
#include <array>

namespace lifeline::cti {

namespace {

constexpr std::size_t most_sources = 20000; // about 4 MB
constexpr std::size_t most_lifts = 100000;

std::vector<public_route> all_routes() {
  std::vector<public_route> all;
  for (const auto* part : {&alarm_page_routes(), &push_routes(), &rescuer_routes()})
    all.insert(all.end(), part->begin(), part->end());
  return all;
}

/// The source of an inline style or script in a content security policy (CSP level 2).
std::string hash_source(std::string_view text) {
  std::array<unsigned char, crypto_hash_sha256_BYTES> hash{};
  crypto_hash_sha256(hash.data(), reinterpret_cast<const unsigned char*>(text.data()), text.size());
  std::array<char, 64> base64{};
  sodium_bin2base64(base64.data(), base64.size(), hash.data(), hash.size(), sodium_base64_VARIANT_ORIGINAL);
  return std::string{"'sha256-"} + base64.data() + "'";
}

/// For the proxy before this server.
response alive() {
  response r;
  r.content_type = "text/plain; charset=utf-8";
  r.body = "alive\n";
  return r;
}

/// What every answer says to a browser, beside what it says already.
void secure(response& r) {
  const auto add = [&](const char* name, const char* value) {
    const auto has = [&](const auto& h) { return h.first == name; };
    if (std::none_of(r.headers.begin(), r.headers.end(), has)) r.headers.emplace_back(name, value);
  };
  add("Content-Security-Policy", "default-src 'none'; frame-ancestors 'none'; base-uri 'none'; form-action 'none'");
  add("Cache-Control", "no-store");
  add("Referrer-Policy", "no-referrer");
  add("X-Frame-Options", "DENY");
}

/// A browser that opens an address, not the script of a page or a platform.
bool is_for_a_person(const request& r, std::string_view path) {
  if (r.method != "GET" && r.method != "HEAD" && !r.method.empty()) return false;
  return !path.starts_with("/iot/") && !(path.starts_with("/a/") && path.ends_with("/status"));
}

} // namespace

response too_often(std::chrono::seconds wait, std::string_view message) {
  auto r = error_response(429, "too_many", message);
  r.headers.emplace_back("Retry-After", std::to_string(wait.count()));
  return r;
}

response page_response(const page_content& p, int status) {
  response r;
  r.status = status;
  r.content_type = "text/html; charset=utf-8";
  r.body = "<!doctype html>\n<html lang=\"zh-CN\">\n<head>\n<meta charset=\"utf-8\">\n"
           "<meta name=\"viewport\" content=\"width=device-width,initial-scale=1\">\n"
           "<meta name=\"format-detection\" content=\"telephone=no\">\n<title>" +
           escape_markup(p.title) + "</title>\n<style>" + std::string{p.style} + "</style>\n</head>\n" + p.body +
           "<script>" + std::string{p.script} + "</script>\n</body>\n</html>\n";
  r.headers.emplace_back("Content-Security-Policy",
                         "default-src 'none'; style-src " + hash_source(p.style) + "; script-src " +
                             hash_source(p.script) +
                             "; connect-src 'self'; frame-ancestors 'none'; base-uri 'none'; form-action 'none'");
  return r;
}

public_part::public_part(const public_settings& s, actors::rescue_operations& r, public_hooks h)
    : settings_(s), rescue_(r), hooks_(std::move(h)),
      sources_(s.requests_per_minute / 60, std::max(s.burst, 1.0), most_sources),
      lifts_(s.alarms_per_hour_per_lift / 3600, std::max(s.alarms_per_hour_per_lift, 1.0), most_lifts) {}

domain::instant public_part::now() const {
  if (hooks_.now) return hooks_.now();
  return std::chrono::time_point_cast<domain::span>(std::chrono::system_clock::now());
}

std::chrono::steady_clock::time_point public_part::steady() const {
  return hooks_.steady_now ? hooks_.steady_now() : std::chrono::steady_clock::now();
}

domain::rescue_plan public_part::plan() const { return settings_.plan ? settings_.plan() : domain::rescue_plan{}; }

std::string public_part::vendor_secret(const std::string& vendor) const {
  if (settings_.vendor_secret) return settings_.vendor_secret(vendor);
  const auto found = settings_.vendor_secrets.find(vendor);
  return found == settings_.vendor_secrets.end() ? std::string{} : found->second;
}

void public_part::count(std::string_view why) const {
  if (hooks_.count_refused) hooks_.count_refused(why);
}

std::string public_part::source(const request& r) const {
  const auto& proxies = settings_.proxies;
  if (std::find(proxies.begin(), proxies.end(), r.peer) == proxies.end()) return source_of(r.peer);
  const auto forwarded = r.header("x-forwarded-for");
  auto last = forwarded.substr(forwarded.rfind(',') + 1); // what the proxy itself has added
  last.erase(0, last.find_first_not_of(' '));
  return source_of(last.empty() ? r.peer : last.substr(0, 64));
}

std::optional<response> public_part::refuse_often(const std::string& name) {
  const std::lock_guard lock{mutex_};
  const auto at = steady();
  if (sources_.take(name, at)) return std::nullopt;
  count("rate");
  return too_often(sources_.wait(name, at), "too many requests; in need call " + plan().hotline);
}

response public_part::refuse_stranger(const request& r, std::string_view why, response refusal) {
  if (auto refused = refuse_often("stranger " + source(r))) return *refused;
  count(why);
  return refusal;
}

std::optional<std::chrono::seconds> public_part::refuse_unclear(const domain::vendor_plan& vendor) {
  const std::lock_guard lock{mutex_};
  const auto at = steady();
  if (vendors_.take(vendor, at)) return std::nullopt;
  count("rate");
  return vendors_.wait(vendor, at);
}

bool public_part::is_first(const std::string& rescue_code) {
  const std::lock_guard lock{mutex_};
  return lifts_.is_full(rescue_code, steady());
}

bool public_part::may_report(const std::string& rescue_code) {
  const std::lock_guard lock{mutex_};
  return lifts_.has(rescue_code, steady());
}

void public_part::reported(const std::string& rescue_code) {
  const std::lock_guard lock{mutex_};
  (void)lifts_.take(rescue_code, steady());
}

std::chrono::seconds public_part::until_report(const std::string& rescue_code) {
  const std::lock_guard lock{mutex_};
  return lifts_.wait(rescue_code, steady());
}

response public_part::route(const request& r) {
  static const auto table = all_routes();
  const auto to = parse_target(r.target, true);
  if (!to) return error_response(400, "bad_target", to.error());
  if (r.method == "GET" && r.target == "/healthz") return alive();
  std::string allowed;
  for (const auto& candidate : table) {
    auto arguments = match_path(candidate.pattern, to->path, 0);
    if (!arguments) continue;
    if (candidate.method == r.method) return candidate.answer({r, *to, std::move(*arguments), *this});
    if (!allowed.empty()) allowed += ", ";
    allowed += candidate.method;
  }
  if (allowed.empty()) return refuse_stranger(r, "link", error_response(404, "not_found", "there is no such path"));
  auto refused = error_response(405, "method_not_allowed", "this path takes " + allowed);
  refused.headers.emplace_back("Allow", allowed);
  return refused;
}

response public_part::answer(const request& r) {
  response made;
  try {
    made = route(r);
  } catch (const std::exception&) { // a fault of ours must not end the door for alarms
    made = error_response(500, "internal", "the engine has a fault; in need call the hotline");
  }
  made = dress(r, std::move(made));
  secure(made);
  return made;
}

response public_part::dress(const request& r, response error) const {
  const auto path = std::string_view{r.target}.substr(0, r.target.find('?'));
  if (error.status < 400 || !is_for_a_person(r, path)) return error;
  auto page = page_response(problem_page_of(path, error.status, plan().hotline), error.status);
  for (auto& h : error.headers)
    if (h.first == "Retry-After" || h.first == "Allow") page.headers.push_back(std::move(h));
  return page;
}

} // namespace lifeline::cti
