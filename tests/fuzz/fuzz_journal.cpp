// Values of the journal: the first byte chooses the decoder. What can be read is written and read again.

#include "actors/core/checkpoints.hpp"
#include "storage/directory.hpp"
#include "storage/event_codec.hpp"
#include "storage/tables.hpp"
#include "tests/fuzz/scratch.hpp"
#include "tests/fuzz/target.hpp"

#include <utility>

using namespace lifeline;

namespace {

/// A value of an older class version is written in the newest form; from then on it must not change any more.
template <class Decode, class Encode> void check(std::string_view bytes, Decode decode, Encode encode) {
  const auto value = decode(bytes);
  if (!value) {
    fuzz::demand(value.error().code == storage::errc::corrupt && !value.error().message.empty(), "an odd refusal");
    return;
  }
  const auto written = encode(*value);
  const auto again = decode(std::string_view{written});
  fuzz::demand(again.has_value(), "a value that was read cannot be written and read");
  fuzz::demand(encode(*again) == written, "a value changes each time it is written");
}

void check_keys(std::string_view bytes) {
  using namespace storage;
  if (const auto k = sequence_key::decode(bytes)) fuzz::demand(k->encode() == bytes, "a sequence key changes");
  if (const auto k = call_key::decode(bytes)) fuzz::demand(k->encode() == bytes, "a call key changes");
  if (const auto k = call_log_key::decode(bytes)) fuzz::demand(k->encode() == bytes, "a call log key changes");
  if (const auto k = account_key::decode(bytes)) fuzz::demand(k->encode() == bytes, "an account key changes");
  if (const auto n = decode_u64(bytes)) fuzz::demand(encode_u64(*n) == bytes, "a number changes");
}

void check_marker(std::string_view bytes) {
  static const fuzz::scratch_folder folder;
  folder.write("LIFELINE_JOURNAL", bytes);
  const auto found = storage::identify(folder.path().string());
  if (found) fuzz::demand(found->state == storage::directory_state::ours && found->schema > 0, "a journal of nobody");
}

void run(std::string_view input) {
  using namespace storage;
  switch (fuzz::take_choice(input) % 9) {
  case 0:
    return check(
        input, [](auto b) { return decode_event(7, b); }, encode_event);
  case 1: return check(input, decode_record, encode_record);
  case 3:
    return check(
        input, [](auto b) { return actors::decode_call(b); }, [](const auto& x) { return actors::encode_call(x); });
  case 4:
    return check(
        input, [](auto b) { return actors::decode_agent(b); }, [](const auto& x) { return actors::encode_agent(x); });
  case 5:
    return check(
        input, [](auto b) { return actors::decode_registration(b); },
        [](const auto& x) { return actors::encode_registration(x); });
  case 6:
    return check(
        input, [](auto b) { return actors::decode_reservation(b); },
        [](const auto& x) { return actors::encode_reservation(x); });
  case 7: return check_keys(input);
  default: return check_marker(input);
  }
}

template <std::size_t... I> void add_events(std::vector<std::string>& all, std::index_sequence<I...>) {
  const auto add = [&](domain::event_body body) {
    domain::event e;
    e.at = domain::from_micros(1'795'435'200'000'000);
    e.call = domain::call_id{1, 2};
    e.body = std::move(body);
    all.push_back(std::string(1, '\0') + storage::encode_event(e));
  };
  (add(std::variant_alternative_t<I, domain::event_body>{}), ...);
}

std::vector<std::string> seeds() {
  std::vector<std::string> all;
  add_events(all, std::make_index_sequence<std::variant_size_v<domain::event_body>>{});
  domain::call_record record;
  record.caller = "13800000001";
  all.push_back('\1' + storage::encode_record(record));
  record.recording.path = "2026/11/23/a.wav";
  all.push_back('\1' + storage::encode_record(record));
  domain::call_state call;
  call.caller = "13800000001";
  call.caller_offer = domain::make_offer({"192.0.2.1", 30000});
  call.offers.emplace_back();
  all.push_back('\3' + actors::encode_call(call));
  domain::agent_model agent;
  agent.account = "8001";
  all.push_back('\4' + actors::encode_agent(agent));
  sip::registration registration;
  registration.account = "8001";
  registration.contacts.emplace_back();
  registration.contacts.back().uri = "sip:8001@192.0.2.7";
  all.push_back('\5' + actors::encode_registration(registration));
  all.push_back('\6' + actors::encode_reservation({}));
  all.push_back('\7' + storage::encode_u64(7));
  all.push_back("\x08lifeline journal\nschema 1\n");
  return all;
}

} // namespace

LIFELINE_FUZZ_TARGET(journal, run, seeds)
