#pragma once
// The agents' phones: they register, answer every offer at once, and hang up when the talk is over. One socket for all;
// the engine tells them apart by the account in the Request-URI, and so do we.

#include "bench/report.hpp"
#include "bench/rtp_streams.hpp"
#include "bench/udp_loop.hpp"

#include <chrono>
#include <functional>
#include <map>
#include <random>
#include <string>
#include <unordered_map>

namespace lifeline::bench {

struct phone_figures {
  std::uint64_t offers = 0;
  std::uint64_t connected = 0;
  std::uint64_t ended = 0;
  std::uint64_t cancelled = 0;
  std::uint64_t repeated = 0;  ///< answers and BYEs that had to be sent again
  std::uint64_t abandoned = 0; ///< dialogs in which the engine did not answer at all
  std::uint64_t doubled = 0;   ///< offers to an agent who was talking: must be 0
  std::uint64_t crossed = 0;   ///< offers to a phone whose last call was being cancelled and not yet over
};

class agent_phones {
public:
  agent_phones(udp_loop& loop, std::uint16_t engine_port);

  /// Registers every account (name and password) with these phones; renews it every 20 minutes. Throws after `timeout`.
  void sign_in(std::map<std::string, std::string> accounts, std::chrono::seconds timeout = std::chrono::seconds{30});
  /// How long a talk lasts that begins from now on; 0: until the other side hangs up. `spread`, up to 1: each is longer
  /// or shorter by up to this part of it, so that agents who began together do not end together.
  void set_talk(std::chrono::milliseconds talk, double spread = 0);
  /// Phones speak and listen; before the first call.
  void use(rtp_streams* sound) { sound_ = sound; }
  /// Called on the loop's thread with the caller's number as the offer shows it, and when the offer came.
  std::function<void(std::string_view caller, stamp)> on_offer;
  /// From now on: from an agent's BYE to the next offer at the same phone. Means something only while callers wait.
  void measure_free_to_offer(bool on);
  sample take_free_to_offer();
  phone_figures figures();
  /// All talks are ended by the phones.
  void hang_up_all();
  std::size_t talking();
  /// Everybody puts the receiver down without a word: after the engine has been killed.
  void forget_calls();
  [[nodiscard]] std::uint64_t dropped() const { return port_.dropped(); }

private:
  struct dialog {
    enum class step { answered, talking, leaving } at = step::answered;
    std::string account;
    std::string from, to; ///< ours and theirs, as our own requests have them
    std::string target;
    std::string answer; ///< the 200, to be sent again
    std::string bye;
    rtp_address wants;
    rtp_streams::id sound = 0;
    std::uint64_t number = 0;
  };
  struct agent {
    std::string password;
    bool registered = false;
    std::uint32_t sequence = 0;
    stamp freed = 0;
  };
  void read(std::string_view datagram, stamp at);
  void invited(const sip_message& m, stamp at);
  void acknowledged(const std::string& call_id);
  void left(const sip_message& m);
  void reply(const sip_message& m, const char* status, std::string_view to_tag = {});
  void hang_up(const std::string& call_id);
  void end(const std::string& call_id);
  void repeat(const std::string& call_id, std::uint64_t number, bool bye, std::chrono::milliseconds after);
  void send_register(const std::string& account, const std::string& authorization);
  void registered(const sip_message& m);
  void renew();

  udp_loop& loop_;
  udp_port port_;
  std::uint16_t engine_;
  std::chrono::milliseconds talk_{2000};
  double spread_ = 0;
  std::minstd_rand random_;
  rtp_streams* sound_ = nullptr;
  std::unordered_map<std::string, agent> agents_;
  std::unordered_map<std::string, dialog> dialogs_;   ///< by Call-ID
  std::unordered_map<std::string, std::string> busy_; ///< account → Call-ID of its talk
  std::size_t missing_ = 0;                           ///< accounts that are not registered yet
  std::uint64_t numbers_ = 0;
  bool measuring_ = false;
  sample free_to_offer_;
  phone_figures figures_;
};

} // namespace lifeline::bench
