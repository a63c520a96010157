#include "cti/public/push.hpp"

#include "cti/api/json.hpp"
#include "domain/base/text_encoding.hpp"
#include "domain/base/wall_time.hpp"

#include <sodium.h>

#include <algorithm>
#include <array>
#include <cmath>

namespace lifeline::cti {

using namespace std::chrono_literals;

namespace {

constexpr std::size_t longest_raw = 4096;
constexpr std::size_t longest_text = 1000;
constexpr std::size_t longest_key = 64;
constexpr std::size_t longest_id = 128;
constexpr std::size_t most_doubts = 20;
constexpr domain::span most_ahead = 5min;
constexpr domain::span most_back = 24h;
constexpr double most_persons = 1000;

/// The first bytes of a text, whole characters only.
std::string cut(std::string_view text, std::size_t most) {
  if (text.size() <= most) return std::string{text};
  while (most > 0 && (static_cast<unsigned char>(text[most]) & 0xC0) == 0x80)
    --most;
  return std::string{text.substr(0, most)};
}

std::string plain(std::string text) {
  std::replace_if(
      text.begin(), text.end(), [](char c) { return static_cast<unsigned char>(c) < 0x20 || c == 0x7F; }, ' ');
  return text;
}

std::string shown(const json& value) {
  return cut(plain(value.dump(-1, ' ', true, json::error_handler_t::replace)), 80);
}

std::string span_text(domain::span s) {
  const auto minutes = std::chrono::duration_cast<std::chrono::minutes>(s).count();
  if (minutes < 120) return std::to_string(minutes) + " min";
  return minutes < 48L * 60 ? std::to_string(minutes / 60) + " h" : std::to_string(minutes / 1440) + " days";
}

/// One event, field by field. What is not believed is left at its default and named in the doubts.
class event_reader {
public:
  event_reader(const json& event, const json& around, const domain::vendor_plan& vendor, domain::instant now)
      : event_(event), around_(around), vendor_(vendor), now_(now) {}

  domain::alarm_report read() {
    r_.channel = domain::report_channel::iot;
    r_.source = vendor_.name;
    r_.received = now_;
    read_kind();
    read_lift();
    read_occurred();
    read_coordinates();
    r_.description = text("description", longest_text);
    if (const auto place = text("place", longest_text); !place.empty()) r_.place = place;
    r_.trapped = persons("trapped");
    r_.injured = persons("injured");
    // Whatever would keep the alarm back must be said clearly; what brings it forward need not.
    r_.door_open = flag("door_open", false);
    r_.moving = flag("moving", false);
    r_.in_maintenance = flag("in_maintenance", false);
    r_.bypass = flag("bypass", true);
    r_.fire = flag("fire", true);
    r_.medical = flag("medical", true);
    r_.children = flag("children", true);
    r_.elderly = flag("elderly", true);
    return std::move(r_);
  }

private:
  const json* find(std::string_view name) const {
    for (const auto* j : {&event_, &around_}) {
      const auto found = j->find(std::string{name});
      if (found != j->end() && !found->is_null()) return &*found;
    }
    return nullptr;
  }

  void doubt(std::string_view field, const std::string& what) {
    if (r_.doubts.size() < most_doubts) r_.doubts.push_back(std::string{field} + ": " + what);
  }

  std::string text(std::string_view name, std::size_t most) {
    const auto* value = find(name);
    if (value == nullptr) return {};
    if (value->is_number_integer()) return value->dump();
    if (!value->is_string()) {
      doubt(name, "not a text: " + shown(*value));
      return {};
    }
    const auto whole = plain(value->get<std::string>());
    if (whole.size() > most) doubt(name, "cut at " + std::to_string(most) + " bytes");
    return cut(whole, most);
  }

  bool flag(std::string_view name, bool when_unclear) {
    const auto* value = find(name);
    if (value == nullptr) return false;
    if (value->is_boolean()) return value->get<bool>();
    if (value->is_number_integer() && (*value == 0 || *value == 1)) return *value == 1;
    doubt(name, "neither true nor false: " + shown(*value));
    return when_unclear;
  }

  std::uint32_t persons(std::string_view name) {
    const auto* value = find(name);
    if (value == nullptr) return 0;
    const auto number = value->is_number_integer() ? value->get<double>() : -1.0;
    if (number >= 0 && number <= most_persons) return static_cast<std::uint32_t>(number);
    doubt(name, "not a number of persons: " + shown(*value));
    return 0;
  }

  void read_kind() {
    r_.code = text("code", longest_key);
    if (r_.code.empty()) {
      doubt("code", "missing, taken for an entrapment");
      r_.kind = domain::report_kind::entrapment;
      return;
    }
    const auto known = vendor_.kinds.find(r_.code);
    if (known != vendor_.kinds.end()) {
      r_.kind = known->second;
    } else if (const auto named = domain::parse_report_kind(r_.code)) {
      r_.kind = *named;
    } else {
      doubt("code", "not in the table of " + vendor_.name + ", taken for a fault: " + r_.code);
      r_.kind = domain::report_kind::fault;
    }
  }

  void read_lift() {
    for (const std::string_view name :
         {std::string_view{vendor_.key_field}, std::string_view{"rescue_code"}, std::string_view{"registration_code"},
          std::string_view{"certificate"}, std::string_view{"device_id"}, std::string_view{"device"}}) {
      r_.lift_key = text(name, longest_key);
      if (!r_.lift_key.empty()) return;
    }
    doubt(vendor_.key_field, "missing: no lift is named");
  }

  /// RFC 3339, or seconds or milliseconds since 1970.
  std::optional<domain::instant> parse_time(const json& value) const {
    if (value.is_string()) return domain::parse_rfc3339(value.get_ref<const std::string&>());
    if (!value.is_number()) return std::nullopt;
    const auto number = value.get<double>();
    const auto in_seconds = number >= 1e11 ? number / 1000 : number;
    if (!(in_seconds > 0) || !(in_seconds < 1e11)) return std::nullopt;
    return domain::from_world(domain::from_micros(static_cast<std::int64_t>(std::llround(in_seconds * 1e6))));
  }

  void read_occurred() {
    const auto* value = find("occurred");
    if (value == nullptr) return;
    const auto at = parse_time(*value);
    if (!at)
      doubt("occurred", "not a time: " + shown(*value));
    else if (*at > now_ + most_ahead)
      doubt("occurred", span_text(*at - now_) + " in the future: " + shown(*value));
    else if (*at < now_ - most_back)
      doubt("occurred", span_text(now_ - *at) + " ago: " + shown(*value));
    else
      r_.occurred = *at;
  }

  /// They tell the place when no lift is named; a report has no other use for them.
  void read_coordinates() {
    const auto* latitude = find("latitude");
    const auto* longitude = find("longitude");
    if (latitude == nullptr && longitude == nullptr) return;
    if (latitude == nullptr || longitude == nullptr) return doubt("latitude", "one of the two coordinates is missing");
    const auto north = latitude->is_number() ? latitude->get<double>() : 999.0;
    const auto east = longitude->is_number() ? longitude->get<double>() : 999.0;
    const bool nowhere = north == 0 && east == 0;
    if (!(std::abs(north) <= 90) || !(std::abs(east) <= 180) || nowhere)
      return doubt("latitude", "no place on earth: " + shown(*latitude) + ", " + shown(*longitude));
    r_.place = "纬度 " + shown(*latitude) + " 经度 " + shown(*longitude);
  }

  const json& event_;
  const json& around_;
  const domain::vendor_plan& vendor_;
  const domain::instant now_;
  domain::alarm_report r_;
};

/// Something came from a platform that we trust, and nobody can say what: a person must look.
domain::alarm_report unreadable(const std::string& raw, const std::string& why, const domain::vendor_plan& vendor,
                                domain::instant now) {
  domain::alarm_report r;
  r.channel = domain::report_channel::iot;
  r.source = vendor.name;
  r.message_id = hash_id(raw);
  r.kind = domain::report_kind::entrapment;
  r.received = now;
  r.raw = cut(raw, longest_raw);
  r.doubts = {why};
  return r;
}

/// Its own id; one of a list may go by the message's id and its place in the list; else its content's hash.
std::string id_of(const json& event, const std::string& message_id, std::optional<std::size_t> place,
                  std::vector<std::string>& doubts) {
  const auto found = event.find("message_id");
  std::string id;
  if (found != event.end() && found->is_string()) id = plain(found->get<std::string>());
  if (found != event.end() && found->is_number_integer()) id = found->dump();
  if (!id.empty() && id.size() <= longest_id) return id;
  if (!id.empty()) return hash_id(id);
  if (place && !message_id.empty()) return message_id + "#" + std::to_string(*place + 1);
  doubts.push_back("message_id: missing; the message's hash stands for it");
  return hash_id(event.dump(-1, ' ', true, json::error_handler_t::replace));
}

std::string message_id_of(const json& message) {
  std::vector<std::string> ignored;
  return message.contains("message_id") ? id_of(message, {}, std::nullopt, ignored) : std::string{};
}

domain::alarm_report read_event(const json& event, const json& around, std::optional<std::size_t> place,
                                const domain::vendor_plan& vendor, domain::instant now) {
  auto r = event_reader{event, around, vendor, now}.read();
  r.message_id = id_of(event, message_id_of(around), place, r.doubts);
  r.raw = cut(event.dump(-1, ' ', false, json::error_handler_t::replace), longest_raw);
  return r;
}

void read_list(push& p, const json& message, const domain::vendor_plan& vendor, domain::instant now) {
  const auto& events = message.at("events");
  auto around = message;
  around.erase("events");
  for (std::size_t i = 0; i < std::min(events.size(), most_pushed); ++i) {
    if (events[i].is_object()) {
      p.reports.push_back(read_event(events[i], around, i, vendor, now));
    } else {
      p.is_whole = false;
      const auto raw = events[i].dump(-1, ' ', false, json::error_handler_t::replace);
      p.reports.push_back(unreadable(raw, "event " + std::to_string(i + 1) + " is not a JSON object", vendor, now));
      p.reports.back().description = cut(plain(raw), longest_text);
    }
  }
  if (events.size() <= most_pushed) return;
  p.is_whole = false;
  json rest = json::array();
  for (std::size_t i = most_pushed; i < events.size(); ++i)
    rest.push_back(events[i]);
  p.reports.push_back(unreadable(rest.dump(-1, ' ', false, json::error_handler_t::replace),
                                 std::to_string(rest.size()) + " events past the first " + std::to_string(most_pushed) +
                                     " were not read",
                                 vendor, now));
}

} // namespace

std::string hash_id(std::string_view text) {
  std::array<unsigned char, crypto_hash_sha256_BYTES> hash{};
  crypto_hash_sha256(hash.data(), reinterpret_cast<const unsigned char*>(text.data()), text.size());
  std::array<char, 2 * 16 + 1> hex{};
  sodium_bin2hex(hex.data(), hex.size(), hash.data(), 16);
  return hex.data();
}

push read_push(const std::string& body, const domain::vendor_plan& vendor, domain::instant now) {
  push p;
  const auto text = domain::decode_text(body); // platforms write GBK, too
  const auto give_up = [&](const std::string& why) {
    p.is_whole = false;
    auto r = unreadable(text ? text->text : body, why, vendor, now);
    r.message_id = hash_id(body);
    if (text) r.description = cut(plain(r.raw), longest_text); // a person may read in it what we could not
    p.reports.push_back(std::move(r));
    return p;
  };
  if (!text) return give_up("the message is no text: " + text.error());
  const auto parsed = parse_json(text->text);
  if (!parsed) return give_up("the message is " + parsed.error());
  const auto& message = *parsed;
  if (!message.is_object()) return give_up("the message is not a JSON object");
  const auto events = message.find("events");
  if (events == message.end()) {
    p.reports.push_back(read_event(message, json::object(), std::nullopt, vendor, now));
    return p;
  }
  if (!events->is_array() || events->empty()) return give_up("events: not a list with anything in it");
  p.is_list = true;
  read_list(p, message, vendor, now);
  return p;
}

} // namespace lifeline::cti
