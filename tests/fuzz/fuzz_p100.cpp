// A lift phone's digits: the reader, and the dialogue with any digits at any times.

#include "domain/lifts/p100.hpp"
#include "tests/fuzz/target.hpp"

using namespace lifeline;

namespace {

void check_reader(std::string_view input) {
  const auto packet = domain::read_p100(input);
  if (packet) fuzz::demand(domain::write_p100(*packet) == input, "a packet is read and not written alike");
}

/// Each byte is a digit, or in its upper half a pause.
void check_dialogue(std::string_view input) {
  domain::p100_state s;
  auto now = domain::instant{std::chrono::hours{24 * 365 * 50}};
  const auto begun = now;
  int ends = 0;
  const auto give = [&](const domain::p100_event& e) {
    for (const auto& c : domain::step(s, e, now)) {
      const bool goes_on = std::holds_alternative<domain::p100_command::send_tone>(c) ||
                           std::holds_alternative<domain::p100_command::identified>(c);
      if (!goes_on) ++ends;
    }
  };
  give(domain::p100_begins{});
  for (const char c : input) {
    const auto byte = static_cast<unsigned char>(c);
    if (byte < 128) {
      now += std::chrono::milliseconds{100};
      give(domain::p100_digit{c});
    } else {
      now += std::chrono::milliseconds{(byte - 128) * 20};
      if ((byte & 1) != 0) give(domain::p100_stored{(byte & 2) != 0});
      give(domain::p100_clock{});
    }
  }
  for (int i = 0; i < 1000 && domain::next_deadline(s) != domain::never; ++i) {
    now = std::max(now, domain::next_deadline(s));
    give(domain::p100_clock{});
  }
  fuzz::demand(domain::next_deadline(s) == domain::never, "a dialogue does not end");
  fuzz::demand(ends == 1, "a dialogue ends more than once");
  fuzz::demand(s.retries <= domain::p100_max_retries, "too many retransmissions");
  fuzz::demand(now >= begun, "time runs backwards");
}

void run(std::string_view input) {
  check_reader(input);
  check_dialogue(input);
}

std::vector<std::string> seeds() {
  return {"18123456782D", "2B0000004210014", "389999999953",
          "18123456792D\xC0"
          "18123456782D\x83",
          "18123456782D\x83\xA0"
          "18123456782D\xFF"};
}

} // namespace

LIFELINE_FUZZ_TARGET(p100, run, seeds)
