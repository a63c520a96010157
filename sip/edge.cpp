#include "sip/edge.hpp"

#include "sip/identity.hpp"

#include <algorithm>

namespace lifeline::sip {

using namespace std::chrono_literals;

namespace {

constexpr unsigned ticks_per_second = 10;
constexpr double emergency_factor = 4; ///< as in source_guard::admit_invite

std::vector<cidr> blocks_of(const std::vector<domain::trunk_plan>& trunks) {
  std::vector<cidr> blocks;
  for (const auto& trunk : trunks)
    for (const auto& text : trunk.cidrs)
      if (auto block = cidr::parse(text)) blocks.push_back(*block);
  return blocks;
}

/// Where a phone's packets come from: behind a NAT that is its route.
std::optional<ip_address> source_of_contact(const contact& c) {
  const auto parsed = parse_name_addr(c.route.empty() ? c.uri : c.route);
  if (!parsed) return std::nullopt;
  auto host = parsed->host;
  if (host.size() > 2 && host.front() == '[')
    host = host.substr(1, host.find(']') - 1);
  else
    host.erase(std::min(host.find(':'), host.size()));
  const auto address = parse_address(host);
  if (!address) return std::nullopt;
  return source_key(*address);
}

} // namespace

bool edge_board::take_ban(const std::string& address) {
  const auto key = parse_source(address);
  if (!key) return false;
  const auto text = source_text(*key);
  const std::lock_guard lock{mutex_};
  return std::erase_if(bans_, [&](const ban& b) { return b.address == text; }) != 0;
}

bool is_emergency(const std::string& called, const std::vector<std::string>& numbers) {
  return std::find(numbers.begin(), numbers.end(), called) != numbers.end();
}

std::string check_edge(const settings& s) {
  if (auto error = check_guard(s.guard); !error.empty()) return error;
  for (const auto& trunk : s.trunks)
    if (auto error = check_outbound(trunk); !error.empty()) return error;
  for (const auto& secret : s.trunk_secrets)
    if (std::none_of(s.trunks.begin(), s.trunks.end(), [&](const auto& t) { return t.name == secret.trunk; }))
      return "sip: a secret names the trunk \"" + secret.trunk + "\", which does not exist";
  if (s.keepalive.count() < 0 || s.keepalive_failures < 1)
    return "sip: keepalive must not be negative and keepalive_failures at least 1";
  if (s.max_connections < 1 || s.idle_connection.count() < 1)
    return "sip: max_connections must be at least 1 and idle_connection at least 1 s";
  if (s.max_message < 2048) return "sip: max_message must be at least 2048 bytes";
  return {};
}

edge::edge(const settings& s, gateway_sink& sink, counters& count, edge_board& board)
    : sink_{sink}, count_{count}, board_{board}, guard_{s.guard}, trunks_{count,
                                                                          [this](const trunk_state& t) {
                                                                            board_.put(trunks_.states());
                                                                            sink_.on_trunk(t);
                                                                          }},
      keepalive_{s.keepalive, s.keepalive_failures} {}

void edge::open(nua_t* nua, std::vector<std::uint16_t> ports, const std::string& own_host,
                trunk_links::contact_maker contact) {
  nua_ = nua;
  ports_ = std::move(ports);
  own_host_ = own_host;
  epoll_ = find_epoll(ports_.front());
  trunks_.open(nua, own_host, std::move(contact));
}

void edge::configure(const settings& s, domain::instant now) {
  for (const auto& b : guard_.configure(s.guard))
    tell(b);
  for (const auto& b : guard_.spare(blocks_of(s.trunks)))
    tell(b);
  std::map<std::string, trunk_budget> budgets;
  for (const auto& trunk : s.trunks) {
    if (trunk.max_invites_per_second <= 0) continue;
    if (const auto old = trunk_budgets_.find(trunk.name); old != trunk_budgets_.end())
      budgets[trunk.name] = old->second;
    budgets[trunk.name].rate = trunk.max_invites_per_second;
  }
  trunk_budgets_ = std::move(budgets);
  keepalive_.configure(s.keepalive, s.keepalive_failures);
  connection_limits_ = {s.max_connections, s.idle_connection};
  trunks_.configure(s.trunks, s.trunk_secrets, now);
  publish();
}

void edge::close() {
  for (const auto& [handle, phone] : probe_of_)
    nua_handle_destroy(handle);
  probe_of_.clear();
  probes_.clear();
  trunks_.close();
  nua_ = nullptr;
}

bool edge::hears(const first_look& look, domain::instant now) {
  if (look.request && guard_.drops(look.source, now)) {
    count_.dropped();
    return false;
  }
  if (look.stream) connections_.spoke(look.source, look.port);
  return true;
}

edge::dead_phones edge::tick(domain::instant now) {
  trunks_.tick(now);
  const bool second = ++ticks_ % ticks_per_second == 0;
  // Near the limit connections are looked after ten times a second.
  if (second || connected_ * 2 > connection_limits_.most) look_at_connections(now);
  if (second) {
    for (const auto& b : guard_.expire(now))
      tell(b);
    publish();
  }
  auto round = keepalive_.due(now);
  for (const auto& phone : round.dead)
    if (const auto found = probes_.find(phone); found != probes_.end()) {
      probe_of_.erase(found->second);
      nua_handle_destroy(found->second);
      probes_.erase(found);
    }
  for (const auto& p : round.probes)
    send_probe(p);
  return std::move(round.dead);
}

void edge::look_at_connections(domain::instant now) {
  const auto all = list_connections(epoll_, ports_);
  const auto out = connections_.surplus(
      all, connection_limits_, [&](const ip_address& peer) { return guard_.is_banned(peer, now); },
      [&](const ip_address& peer) { return guard_.spared(peer) || phone_at(peer); }, now);
  for (const auto& c : out)
    shut_down_connection(c);
  connected_ = all.size() - out.size();
  count_.set_connections(connected_);
}

void edge::send_probe(const keepalive_watch::probe& p) {
  auto& handle = probes_[p.phone];
  if (handle) { // not answered for a whole interval
    probe_of_.erase(handle);
    nua_handle_destroy(std::exchange(handle, nullptr));
  }
  const auto from = "<sip:" + own_host_ + ">";
  const auto to = "<" + p.phone.second.substr(0, p.phone.second.find_first_of(";?")) + ">";
  handle = nua_handle(nua_, nullptr, NUTAG_URL(URL_STRING_MAKE(p.phone.second.c_str())), SIPTAG_TO_STR(to.c_str()),
                      SIPTAG_FROM_STR(from.c_str()), TAG_END());
  if (!handle) {
    probes_.erase(p.phone);
    return;
  }
  probe_of_[handle] = p.phone;
  count_.sent(method::options);
  nua_options(handle, TAG_IF(!p.route.empty(), NUTAG_PROXY(p.route.c_str())), TAG_END());
}

bool edge::on_event(nua_event_t event, int status, nua_handle_t* handle, const sip_t* sip, domain::instant now) {
  if (!handle) return false;
  if (const auto found = probe_of_.find(handle); found != probe_of_.end()) {
    if (event == nua_r_options && status >= 200) {
      const auto phone = found->second;
      probe_of_.erase(found);
      probes_.erase(phone);
      nua_handle_destroy(handle);
      keepalive_.answered(phone, status);
    }
    return true;
  }
  return trunks_.on_event(event, status, handle, sip, now);
}

void edge::phones_changed(const std::string& account, const std::vector<contact>& contacts, domain::instant now) {
  keepalive_.track(account, contacts, now);
  auto& sources = phones_[account];
  for (const auto& source : sources)
    if (const auto found = phone_sources_.find(source); --found->second == 0) phone_sources_.erase(found);
  sources.clear();
  for (const auto& c : contacts) {
    const auto source = source_of_contact(c);
    if (!source) continue;
    sources.push_back(*source);
    ++phone_sources_[*source];
  }
  if (sources.empty()) phones_.erase(account);
}

double edge::trunk_budget::rate_of(bool emergency) const { return emergency ? emergency_factor * rate : rate; }

bool edge::admit_invite(const std::string* trunk, bool emergency, domain::instant now) {
  if (trunk) {
    const auto found = trunk_budgets_.find(*trunk);
    if (found != trunk_budgets_.end()) {
      auto& budget = found->second;
      const auto rate = budget.rate_of(emergency);
      if (!(emergency ? budget.emergencies : budget.calls).take(rate, std::max(1.0, rate), now)) return false;
    }
  }
  return guard_.admit_invite(emergency, now);
}

bool edge::would_admit_invite(const std::string* trunk, bool emergency, domain::instant now) const {
  if (trunk) {
    const auto found = trunk_budgets_.find(*trunk);
    if (found != trunk_budgets_.end()) {
      const auto& budget = found->second;
      const auto rate = budget.rate_of(emergency);
      if (!(emergency ? budget.emergencies : budget.calls).has(rate, std::max(1.0, rate), now)) return false;
    }
  }
  return guard_.would_admit_invite(emergency, now);
}

void edge::offend(const ip_address& source, offence what, domain::instant now) {
  if (const auto begun = guard_.offend(source, what, phone_at(source), now)) tell(*begun);
}

void edge::ban_source(const std::string& address, std::chrono::seconds duration, domain::instant now) {
  const auto source = parse_source(address);
  if (!source) return;
  if (const auto begun = guard_.punish(*source, duration, now)) tell(*begun);
}

void edge::unban(const std::string& address) {
  const auto source = parse_source(address);
  if (!source) return;
  if (const auto gone = guard_.pardon(*source)) tell(*gone);
}

void edge::tell(const ban& b) {
  publish();
  sink_.on_ban(b);
}

void edge::publish() {
  count_.set_bans(guard_.banned());
  board_.put(guard_.bans());
  board_.put(trunks_.states());
}

} // namespace lifeline::sip
