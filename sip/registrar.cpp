#include "sip/registrar.hpp"

#include <algorithm>
#include <tuple>

namespace lifeline::sip {

using namespace std::chrono_literals;

namespace {

bool binds(const register_request& request, const std::string& uri) {
  return std::any_of(request.contacts.begin(), request.contacts.end(), [&](const auto& b) { return b.uri == uri; });
}

/// A retransmission is answered by the transaction; what is left is a request that was overtaken (10.3, step 7).
bool is_overtaken(const contact& e, const register_request& request) {
  return e.call_id == request.call_id && request.cseq <= e.cseq;
}

} // namespace

register_result registrar::remove_all(const register_request& request) {
  if (request.expires != 0s || !request.contacts.empty())
    return {400, "Contact * needs Expires 0 and no other contact", {}, false};
  const auto found = accounts_.find(request.account);
  if (found == accounts_.end()) return {};
  for (const auto& e : found->second)
    if (is_overtaken(e, request)) return {500, "a later REGISTER of this phone has come already", {}, false};
  accounts_.erase(found);
  return {200, {}, {}, true};
}

bool registrar::is_former_place(const contact& old, const register_request& request,
                                const register_request::binding& fresh) {
  if (binds(request, old.uri)) return false; // meant to be there beside it
  if (!fresh.instance.empty() || !old.instance.empty())
    return fresh.instance == old.instance && fresh.reg_id == old.reg_id;
  return old.call_id == request.call_id && request.cseq > old.cseq;
}

/// False: the request alone has too many.
bool registrar::make_room(std::vector<contact>& entries, const register_request& request,
                          const judgement& silent) const {
  while (entries.size() > limits_.max_contacts) {
    const auto rank = [&](const contact& c) { // the lowest goes
      return std::tuple{binds(request, c.uri), !(silent && silent(c)), c.refreshed};
    };
    const auto least = std::min_element(entries.begin(), entries.end(),
                                        [&](const contact& a, const contact& b) { return rank(a) < rank(b); });
    if (binds(request, least->uri)) return false;
    entries.erase(least);
  }
  return true;
}

register_result registrar::apply(const register_request& request, domain::instant now, const judgement& silent) {
  if (request.all) return remove_all(request);
  auto entries = contacts(request.account);
  for (const auto& wanted : request.contacts) {
    const auto asked = wanted.expires ? *wanted.expires : request.expires.value_or(limits_.fallback);
    const auto same =
        std::find_if(entries.begin(), entries.end(), [&](const contact& e) { return e.uri == wanted.uri; });
    if (same != entries.end() && is_overtaken(*same, request))
      return {500, "a later REGISTER of this phone has come already", {}, false};
    if (asked <= 0s) {
      if (same != entries.end()) entries.erase(same);
      continue;
    }
    if (asked < limits_.min) return {423, "the shortest registration is in Min-Expires", {}, false};
    contact updated{wanted.uri,         wanted.route,    now + std::min(asked, limits_.max),
                    request.user_agent, wanted.instance, wanted.reg_id,
                    request.call_id,    request.cseq,    now};
    if (same != entries.end()) {
      *same = std::move(updated);
    } else {
      std::erase_if(entries, [&](const contact& e) { return is_former_place(e, request, wanted); });
      entries.push_back(std::move(updated));
    }
  }
  if (!make_room(entries, request, silent))
    return {403,
            "more than the " + std::to_string(limits_.max_contacts) + " contacts of an account in one request",
            {},
            false};
  register_result result;
  result.contacts = entries;
  result.changed = !request.contacts.empty();
  for (const auto& e : entries)
    plan_expiry(e.expires);
  if (entries.empty())
    accounts_.erase(request.account);
  else
    accounts_[request.account] = std::move(entries);
  return result;
}

std::vector<registration> registrar::restore(const std::vector<registration>& registrations, domain::instant now) {
  std::vector<registration> reduced;
  for (const auto& r : registrations) {
    std::vector<contact> entries;
    for (const auto& c : r.contacts) {
      if (c.expires <= now) continue;
      entries.push_back(c);
      plan_expiry(c.expires);
    }
    if (entries.size() != r.contacts.size()) reduced.push_back({r.account, entries});
    if (!entries.empty()) accounts_[r.account] = std::move(entries);
  }
  return reduced;
}

std::vector<registration> registrar::expire(domain::instant now) {
  std::vector<registration> reduced;
  if (now < next_expiry_) return reduced;
  next_expiry_ = domain::instant::max();
  for (auto it = accounts_.begin(); it != accounts_.end();) {
    auto& entries = it->second;
    const auto gone = std::erase_if(entries, [&](const contact& e) { return e.expires <= now; });
    for (const auto& e : entries)
      plan_expiry(e.expires);
    if (gone != 0) reduced.push_back({it->first, entries});
    it = entries.empty() ? accounts_.erase(it) : std::next(it);
  }
  return reduced;
}

std::optional<registration> registrar::remove(const std::string& account, const std::string& uri) {
  const auto found = accounts_.find(account);
  if (found == accounts_.end()) return std::nullopt;
  auto& entries = found->second;
  if (std::erase_if(entries, [&](const contact& e) { return e.uri == uri; }) == 0) return std::nullopt;
  registration left{account, entries};
  if (entries.empty()) accounts_.erase(found);
  return left;
}

std::vector<registration> registrar::remove_accounts(const std::function<bool(const std::string&)>& stays) {
  std::vector<registration> gone;
  std::erase_if(accounts_, [&](const auto& item) {
    if (stays(item.first)) return false;
    gone.push_back({item.first, {}});
    return true;
  });
  return gone;
}

std::vector<contact> registrar::contacts(const std::string& account) const {
  const auto found = accounts_.find(account);
  return found == accounts_.end() ? std::vector<contact>{} : found->second;
}

void registrar::plan_expiry(domain::instant due) { next_expiry_ = std::min(next_expiry_, due); }

} // namespace lifeline::sip
