#include "tests/sip/edge_support.hpp"

#include "sip/digest.hpp"

#include <catch2/catch.hpp>

namespace lifeline::sip::testing {

domain::trunk_plan trunk_at(const std::string& name, const raw_peer& peer) {
  auto trunk = trunk_named(name, {});
  trunk.outbound = "127.0.0.1:" + std::to_string(peer.port());
  trunk.username = "hotline";
  return trunk;
}

void take_over(live& engine, const settings& s) {
  const auto taken = engine.gate->reconfigure(s);
  if (!taken) FAIL(taken.error());
}

trunk_state state_of(const live& engine, const std::string& trunk) {
  for (const auto& t : engine.gate->trunks())
    if (t.name == trunk) return t;
  return {};
}

std::string challenge_line(const std::string& algorithm, const std::string& nonce, bool stale,
                           const std::string& name) {
  return name + ": Digest realm=\"carrier \\\"x\\\"\", nonce=\"" + nonce + "\", opaque=\"op\", algorithm=" + algorithm +
         ", qop=\"auth,auth-int\"" + (stale ? ", stale=true" : "") + "\r\n";
}

bool proves(const message& request, const std::string& user, const std::string& password, const std::string& header) {
  auto value = request.header(header);
  if (value.rfind("Digest ", 0) != 0) return false;
  value.erase(0, 7);
  std::vector<std::string> items;
  std::string item;
  bool quoted = false;
  for (std::size_t i = 0; i < value.size(); ++i) {
    if (value[i] == '\\' && quoted) {
      item += value[i];
      item += value[++i];
      continue;
    }
    if (value[i] == '"') quoted = !quoted;
    if (value[i] == ',' && !quoted) {
      items.push_back(item);
      item.clear();
      while (i + 1 < value.size() && value[i + 1] == ' ')
        ++i;
      continue;
    }
    item += value[i];
  }
  items.push_back(item);
  const auto answer = read_digest_answer(std::vector<std::string_view>{items.begin(), items.end()});
  if (!answer || answer->username != user || value.find("opaque=\"op\"") == std::string::npos) return false;
  const auto ha1 = hash_hex(answer->algorithm, user + ":" + answer->realm + ":" + password);
  return answer->realm == "carrier \"x\"" && digest_response(*answer, ha1, request.method()) == answer->response;
}

std::pair<leg_id, std::shared_ptr<recording_leg>> dial_trunks(live& engine, const std::vector<std::string>& trunks,
                                                              std::uint64_t number, std::chrono::milliseconds ring) {
  invite_request request;
  request.leg = {77, number};
  request.target_uri = "13800138000";
  request.trunks = trunks;
  request.from_number = "12315";
  request.offer = media_at(30000);
  request.ring_timeout = ring;
  auto leg = std::make_shared<recording_leg>();
  engine.gate->attach(request.leg, leg);
  engine.gate->invite(request);
  return {request.leg, leg};
}

} // namespace lifeline::sip::testing
