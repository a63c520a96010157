#include "sip/farewells.hpp"

#include "sip/trunk_links.hpp"

#include <algorithm>

namespace lifeline::sip {

using namespace std::chrono_literals;

namespace {

constexpr const char* reason = "SIP;cause=500;text=\"Engine was restarted\"";
/// How long it is worth while to wait for a phone that lost its connection: it registers again within its interval.
constexpr auto longest_absence = 10min;
/// Beyond the stack's own limit for an answer: it should have told us.
constexpr auto margin = 2s;

/// Nobody has answered, or nothing could be sent: also what the stack says by itself.
bool is_unreached(int status) { return status == 408 || status == 503 || status >= 700; }

/// The URI in "<uri>;params", and the place behind that entry of the list.
std::pair<std::string, std::size_t> first_of(const std::string& routes) {
  const auto open = routes.find('<');
  const auto close = routes.find('>', open == std::string::npos ? 0 : open);
  if (open == std::string::npos || close == std::string::npos) return {{}, routes.size()};
  return {routes.substr(open + 1, close - open - 1), std::min(routes.find(',', close), routes.size())};
}

bool is_loose(const std::string& uri) {
  const auto at = uri.find(";lr");
  return at != std::string::npos && (at + 3 == uri.size() || uri[at + 3] == ';' || uri[at + 3] == '=');
}

} // namespace

farewell_path path_of(const standing_dialog& d) {
  const auto [first, behind] = first_of(d.routes);
  if (first.empty() || is_loose(first)) return {d.target, d.routes};
  auto rest = behind < d.routes.size() ? d.routes.substr(behind + 1) : std::string{};
  rest.erase(0, rest.find_first_not_of(' '));
  return {first, rest + (rest.empty() ? "" : ", ") + "<" + d.target + ">"};
}

void farewells::begin(const standing_dialog& d, clock::time_point now, std::chrono::milliseconds patience) {
  patience_ = patience;
  auto& f = all_.emplace_back();
  f.to = d;
  send(f, now);
}

void farewells::send_again(farewell& f, std::string way, clock::time_point now) {
  f.again = true;
  f.to.way = std::move(way);
  drop(f);
  send(f, now);
}

void farewells::send(farewell& f, clock::time_point now) {
  f.due = f.waiting = now + patience_ + margin;
  const auto path = path_of(f.to);
  const auto cseq = std::to_string(farewell_cseq) + " BYE";
  f.challenged = false;
  f.handle = nua_handle(nua_, nullptr, NUTAG_URL(URL_STRING_MAKE(path.target.c_str())), TAG_END());
  if (!f.handle) {
    f.due = now; // a target of no use: there is nobody to be told
    return;
  }
  count_.sent(method::bye);
  nua_method(f.handle, NUTAG_METHOD("BYE"), SIPTAG_CALL_ID_STR(f.to.call_id.c_str()),
             SIPTAG_FROM_STR(f.to.local.c_str()), SIPTAG_TO_STR(f.to.remote.c_str()), SIPTAG_CSEQ_STR(cseq.c_str()),
             TAG_IF(!path.routes.empty(), SIPTAG_ROUTE_STR(path.routes.c_str())),
             TAG_IF(!f.to.way.empty(), NUTAG_PROXY(f.to.way.c_str())), SIPTAG_REASON_STR(reason),
             SIPTAG_CONTACT(static_cast<const sip_contact_t*>(SIP_NONE)), TAG_END());
}

void farewells::drop(farewell& f) {
  if (f.handle) nua_handle_destroy(std::exchange(f.handle, nullptr));
}

/// Whoever waits for it hears of it once, also if the phone is told later after all.
void farewells::finish(farewell& f) {
  drop(f);
  if (!std::exchange(f.reported, true)) over_(f.to.leg);
}

bool farewells::answers_challenge(farewell& f, int status, const sip_t* sip) {
  if ((status != 401 && status != 407) || f.to.trunk.empty() || std::exchange(f.challenged, true)) return false;
  const auto credentials = trunks_.credentials(f.to.trunk, sip);
  if (credentials.empty()) return false;
  const auto cseq = std::to_string(farewell_cseq + 1) + " BYE";
  count_.sent(method::bye);
  nua_authenticate(f.handle, NUTAG_AUTH(credentials.c_str()), SIPTAG_CSEQ_STR(cseq.c_str()), TAG_END());
  return true;
}

bool farewells::on_event(nua_event_t event, int status, nua_handle_t* handle, const sip_t* sip) {
  if (!handle) return false;
  const auto f = std::find_if(all_.begin(), all_.end(), [&](const farewell& x) { return x.handle == handle; });
  if (f == all_.end()) return false;
  if (event != nua_r_method || status < 200 || answers_challenge(*f, status, sip)) return true;
  const auto now = clock::now();
  if (!is_unreached(status) || f->to.account.empty() || f->again) {
    finish(*f);
    all_.erase(f);
  } else if (!f->newer_way.empty()) { // it is back already
    send_again(*f, std::move(f->newer_way), now);
  } else {
    drop(*f);
    f->due = now + longest_absence; // it may come back
  }
  return true;
}

void farewells::phones_changed(const std::string& account, const std::vector<contact>& contacts,
                               clock::time_point now) {
  if (contacts.empty()) return;
  for (auto& f : all_) {
    if (f.again || f.to.account != account) continue;
    const auto& newest = *std::max_element(contacts.begin(), contacts.end(),
                                           [](const contact& a, const contact& b) { return a.expires < b.expires; });
    auto way = newest.route.empty() ? newest.uri : newest.route;
    if (!f.handle)
      send_again(f, std::move(way), now);
    else if (way != f.to.way)
      f.newer_way = std::move(way);
  }
}

void farewells::tick(clock::time_point now) {
  for (auto f = all_.begin(); f != all_.end();) {
    if (f->due > now) {
      if (!f->handle && f->waiting <= now) finish(*f);
      ++f;
      continue;
    }
    finish(*f);
    f = all_.erase(f);
  }
}

void farewells::close() {
  for (auto& f : all_)
    drop(f);
  all_.clear();
}

} // namespace lifeline::sip
