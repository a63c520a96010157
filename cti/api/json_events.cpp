#include "cti/api/json.hpp"

#include "domain/log/describe.hpp"

#include <concepts>
#include <type_traits>

namespace lifeline::cti {

namespace {

using domain::field;
using domain::when_void;

/// A described value's fields as members of an object.
class json_fields {
public:
  explicit json_fields(json& out) : out_(out) {}

  template <class T> void operator()(const field& f, const T& x) {
    if (!f.public_) return;
    auto name = std::string{f.name};
    if constexpr (std::same_as<T, domain::span>) {
      if (f.empty == when_void::absent_if_zero && x <= domain::span{0}) return;
      if (f.empty == when_void::absent_if_negative && x < domain::span{0}) return;
      out_[name + "_seconds"] = domain::seconds(x);
    } else {
      out_[name] = value(f, x);
    }
  }
  template <class Flag, class Value> void operator()(const field& f, domain::known_later<Flag, Value> x) {
    out_[std::string{f.name}] = x.known ? value(f, x.value) : json(nullptr);
  }

private:
  [[nodiscard]] json value(const field& f, bool x) const {
    return f.if_true.empty() ? json(x) : json(x ? f.if_true : f.if_false);
  }
  [[nodiscard]] json value(const field& f, const std::string& x) const {
    return x.empty() && !f.otherwise.empty() ? out_.at(std::string{f.otherwise}) : json(x);
  }
  [[nodiscard]] static json value(const field&, domain::instant x) { return time_json(x); }
  template <class Tag> [[nodiscard]] static json value(const field&, const domain::basic_id<Tag>& x) {
    return x.is_nil() ? json(nullptr) : json(domain::to_string(x));
  }
  template <class T> [[nodiscard]] json value(const field& f, const std::vector<T>& x) const {
    json list = json::array();
    for (const auto& each : x)
      list.push_back(value(f, each));
    return list;
  }
  template <class T> [[nodiscard]] static json value(const field& f, const T& x) {
    if constexpr (std::is_enum_v<T>)
      return to_string(x);
    else if constexpr (std::is_arithmetic_v<T>)
      return f.empty == when_void::null_if_zero && x == 0 ? json(nullptr) : json(x);
    else
      return to_json(x);
  }

  json& out_;
};

template <domain::described X> void add_fields(json& out, const X& x) {
  json_fields fields{out};
  domain::describe(fields, x);
}

template <domain::described_part X> json object_of(const X& x) {
  json out = json::object();
  add_fields(out, x);
  return out;
}

} // namespace

json to_json(const domain::candidate& x) { return object_of(x); }
json to_json(const domain::exclusion& x) { return object_of(x); }
json to_json(const domain::explanation& x) { return object_of(x); }
json to_json(const domain::recording_info& x) { return object_of(x); }
json to_json(const domain::alarm_report& x) { return object_of(x); }

json to_json(const domain::event& e) {
  json j{{"seq", e.seq},
         {"at", time_json(e.at)},
         {"type", domain::event_name(e.body)},
         {"call", e.call.is_nil() ? json(nullptr) : json(to_string(e.call))}};
  std::visit([&j](const auto& body) { add_fields(j, body); }, e.body);
  return j;
}

} // namespace lifeline::cti
