// Who comes to the rescue: firms, stations, public rescue; their phones and shifts.

#include "cti/api/list_response.hpp"
#include "cti/api/rescue_route.hpp"
#include "domain/rescue/party_csv.hpp"

#include <algorithm>

namespace lifeline::cti {

namespace {

response list(const rescue_call& c) {
  if (auto refused = check_query(c.to, {})) return *refused;
  const auto result = c.rescue.parties();
  return list_response(result, "parties");
}

response put(const rescue_call& c) {
  if (auto refused = check_query(c.to, {})) return *refused;
  const auto party = read_party(c.arguments[0], c.message);
  if (!party) return party.error();
  const auto by = acting_for(c);
  if (by.refused) return *by.refused;
  const auto result = c.rescue.put_party(*party, by.name);
  return result ? json_response(to_json(*result)) : failure_response(result.error());
}

response import(const rescue_call& c) {
  return import_list(c, false, [&](const actors::import_options& options) {
    return c.rescue.import_parties(c.message.body, options);
  });
}

response export_all(const rescue_call& c) {
  if (auto refused = check_query(c.to, {})) return *refused;
  const auto result = c.rescue.parties();
  return result ? csv_response(domain::write_party_csv(*result)) : failure_response(result.error());
}

response remove(const rescue_call& c) {
  if (auto refused = refuse_arguments(c)) return *refused;
  const auto by = acting_for(c);
  if (by.refused) return *by.refused;
  const auto result = c.rescue.remove_party(c.arguments[0], by.name);
  if (!result) return failure_response(result.error());
  json body = json::object();
  body["party"] = c.arguments[0];
  body["removed"] = true;
  return json_response(body);
}

/// To be told to the party, who verifies with it what it is sent.
response webhook_secret(const rescue_call& c) {
  if (auto refused = check_query(c.to, {})) return *refused;
  const auto parties = c.rescue.parties();
  if (!parties) return failure_response(parties.error());
  const auto& id = c.arguments[0];
  if (std::none_of(parties->begin(), parties->end(), [&](const auto& p) { return p.id == id; }))
    return error_response(404, "not_found", "there is no such party");
  const auto secret = c.context.webhook_secret ? c.context.webhook_secret(id) : std::string{};
  if (secret.empty()) return error_response(409, "conflict", "messages to this party are not signed");
  json body = json::object();
  body["party"] = id;
  body["secret"] = secret;
  auto r = json_response(body);
  r.headers.emplace_back("Cache-Control", "no-store");
  return r;
}

} // namespace

const std::vector<route>& party_routes() {
  static const std::vector<route> table{
      {"GET", "parties", roles::everyone, rescue_route<list>},
      {"POST", "parties/import", roles::supervisors, rescue_route<import>},
      {"GET", "parties/export", roles::supervisors, rescue_route<export_all>},
      {"PUT", "parties/*", roles::supervisors, rescue_route<put>},
      {"DELETE", "parties/*", roles::supervisors, rescue_route<remove>},
      {"GET", "parties/*/webhook-secret", roles::admins, rescue_route<webhook_secret>},
  };
  return table;
}

} // namespace lifeline::cti
