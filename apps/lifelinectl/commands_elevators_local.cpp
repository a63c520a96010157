#include "apps/lifelinectl/commands_elevators_local.hpp"

#include "apps/lifelinectl/commands.hpp"
#include "domain/lifts/elevator_csv.hpp"
#include "domain/rescue/rescue_data.hpp"

#include <nlohmann/json.hpp>

#include <cerrno>
#include <cstdio>
#include <cstring>
#include <fstream>

namespace lifeline::ctl {

namespace {

using json = nlohmann::ordered_json;

int write(const std::string& text, const std::string& file) {
  bool good = false;
  if (file.empty()) {
    good = std::fwrite(text.data(), 1, text.size(), stdout) == text.size() && std::fflush(stdout) == 0;
  } else {
    std::ofstream out(file, std::ios::binary | std::ios::trunc);
    out.write(text.data(), static_cast<std::streamsize>(text.size()));
    out.close();
    good = out.good();
  }
  if (good) return exit_ok;
  std::fprintf(stderr, "lifelinectl: %s: %s\n", file.empty() ? "standard output" : file.c_str(), std::strerror(errno));
  return exit_failed;
}

/// Monday is 1.
json days_of(std::uint8_t weekdays) {
  json days = json::array();
  for (unsigned day = 0; day < 7; ++day)
    if (((weekdays >> day) & 1U) != 0) days.push_back(day + 1);
  return days;
}

std::string time_of_day(std::uint16_t minute) {
  char text[8];
  std::snprintf(text, sizeof text, "%02u:%02u", minute / 60U % 24U, minute % 60U);
  return text;
}

json to_json(const domain::duty_phone& phone) {
  json shifts = json::array();
  for (const auto& s : phone.shifts)
    shifts.push_back({{"days", days_of(s.weekdays)}, {"from", time_of_day(s.from)}, {"until", time_of_day(s.until)}});
  return {{"number", phone.number}, {"label", phone.label}, {"shifts", std::move(shifts)}};
}

json to_json(const domain::rescue_party& p) {
  json phones = json::array();
  for (const auto& phone : p.phones)
    phones.push_back(to_json(phone));
  json party{{"id", p.id}, {"name", p.name}, {"kind", domain::to_string(p.kind)}, {"districts", p.districts}};
  if (p.where) party["where"] = {{"latitude", p.where->latitude}, {"longitude", p.where->longitude}};
  party["phones"] = std::move(phones);
  party["order"] = domain::to_string(p.order);
  party["webhook"] = p.webhook;
  party["active"] = p.active;
  return party;
}

} // namespace

int generate_elevators(std::uint64_t count, std::uint64_t seed, const std::string& file) {
  return write(domain::write_elevator_csv(domain::invent_elevators(count, seed)), file);
}

int generate_parties(std::uint64_t seed, const std::string& file) {
  json parties = json::array();
  for (const auto& p : domain::invent_parties(seed))
    parties.push_back(to_json(p));
  return write(parties.dump(2) + "\n", file);
}

} // namespace lifeline::ctl
