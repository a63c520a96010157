#include "sip/registrar.hpp"

#include <algorithm>

namespace lifeline::sip {

using namespace std::chrono_literals;

namespace {

template <class Entries> std::vector<contact> values_of(const Entries& entries) {
  std::vector<contact> contacts;
  contacts.reserve(entries.size());
  for (const auto& e : entries)
    contacts.push_back(e.value);
  return contacts;
}

/// A retransmission is answered by the transaction; what is left is a request that was overtaken (10.3, step 7).
template <class Entry> bool is_overtaken(const Entry& e, const register_request& request) {
  return e.call_id == request.call_id && request.cseq <= e.cseq;
}

} // namespace

register_result registrar::remove_all(const register_request& request) {
  if (request.expires != 0s || !request.contacts.empty())
    return {400, "Contact * needs Expires 0 and no other contact", {}, false};
  const auto found = accounts_.find(request.account);
  if (found == accounts_.end()) return {};
  for (const auto& e : found->second)
    if (is_overtaken(e, request)) return {500, "Older CSeq", {}, false};
  accounts_.erase(found);
  return {200, {}, {}, true};
}

bool registrar::is_former_place(const entry& old, const register_request& request,
                                const register_request::binding& fresh) {
  for (const auto& b : request.contacts)
    if (b.uri == old.value.uri) return false; // bound by the same request: meant to be there beside it
  if (!fresh.instance.empty() || !old.instance.empty())
    return fresh.instance == old.instance && fresh.reg_id == old.reg_id;
  return old.call_id == request.call_id && request.cseq > old.cseq;
}

register_result registrar::apply(const register_request& request, domain::instant now) {
  if (request.all) return remove_all(request);
  const auto known = accounts_.find(request.account);
  auto entries = known == accounts_.end() ? std::vector<entry>{} : known->second;
  for (const auto& wanted : request.contacts) {
    const auto asked = wanted.expires ? *wanted.expires : request.expires.value_or(limits_.fallback);
    const auto same =
        std::find_if(entries.begin(), entries.end(), [&](const entry& e) { return e.value.uri == wanted.uri; });
    if (same != entries.end() && is_overtaken(*same, request)) return {500, "Older CSeq", {}, false};
    if (asked <= 0s) {
      if (same != entries.end()) entries.erase(same);
      continue;
    }
    if (asked < limits_.min) return {423, "Interval Too Brief", {}, false};
    entry updated{{wanted.uri, wanted.route, now + std::min(asked, limits_.max), request.user_agent},
                  request.call_id,
                  request.cseq,
                  wanted.instance,
                  wanted.reg_id};
    if (same != entries.end()) {
      *same = std::move(updated);
    } else {
      std::erase_if(entries, [&](const entry& e) { return is_former_place(e, request, wanted); });
      entries.push_back(std::move(updated));
    }
  }
  if (entries.size() > limits_.max_contacts) return {403, "Too many contacts", {}, false};
  register_result result;
  result.contacts = values_of(entries);
  result.changed = !request.contacts.empty();
  for (const auto& e : entries)
    plan_expiry(e.value.expires);
  if (entries.empty())
    accounts_.erase(request.account);
  else
    accounts_[request.account] = std::move(entries);
  return result;
}

std::vector<registration> registrar::restore(const std::vector<registration>& registrations, domain::instant now) {
  std::vector<registration> reduced;
  for (const auto& r : registrations) {
    std::vector<entry> entries;
    for (const auto& c : r.contacts) {
      if (c.expires <= now) continue;
      entry restored;
      restored.value = c;
      entries.push_back(std::move(restored));
      plan_expiry(c.expires);
    }
    if (entries.size() != r.contacts.size()) reduced.push_back({r.account, values_of(entries)});
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
    const auto gone = std::erase_if(entries, [&](const entry& e) { return e.value.expires <= now; });
    for (const auto& e : entries)
      plan_expiry(e.value.expires);
    if (gone != 0) reduced.push_back({it->first, values_of(entries)});
    it = entries.empty() ? accounts_.erase(it) : std::next(it);
  }
  return reduced;
}

std::optional<registration> registrar::remove(const std::string& account, const std::string& uri) {
  const auto found = accounts_.find(account);
  if (found == accounts_.end()) return std::nullopt;
  auto& entries = found->second;
  if (std::erase_if(entries, [&](const entry& e) { return e.value.uri == uri; }) == 0) return std::nullopt;
  registration left{account, values_of(entries)};
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
  return found == accounts_.end() ? std::vector<contact>{} : values_of(found->second);
}

void registrar::plan_expiry(domain::instant due) { next_expiry_ = std::min(next_expiry_, due); }

} // namespace lifeline::sip
