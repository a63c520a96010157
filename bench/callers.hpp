#pragma once
// Callers of our own beside SIPp's: each has a number of its own, so that the moment of its INVITE can be compared with
// that of the offer to an agent. They wait, talk until the agent hangs up, and can be told to give up.

#include "bench/report.hpp"
#include "bench/rtp_streams.hpp"
#include "bench/udp_loop.hpp"

#include <chrono>
#include <map>
#include <string>
#include <unordered_map>

namespace lifeline::bench {

struct caller_figures {
  std::uint64_t placed = 0;
  std::uint64_t answered = 0;
  std::uint64_t ended = 0;    ///< after they were answered
  std::uint64_t left = 0;     ///< gave up before
  std::uint64_t unheard = 0;  ///< no answer at all
  std::uint64_t repeated = 0; ///< INVITEs and others that had to be sent again
  std::map<int, std::uint64_t> refused;
};

class callers {
public:
  callers(udp_loop& loop, std::uint16_t engine_port, std::string hotline);

  /// Callers speak and listen; before the first call.
  void use(rtp_streams* sound) { sound_ = sound; }
  /// So many calls a second from now on; 0: no more.
  void place(double per_second);
  /// So many calls open at any time from now on: one that ends is replaced. They come at `per_second` at the most.
  /// 0: no more.
  void keep_open(std::size_t count, double per_second);
  /// After the engine has been killed: nobody is on the line any more.
  void forget_calls();
  /// Since the last `forget_calls`: when the first caller was heard by the engine, and the first answered. 0: not yet.
  struct firsts {
    stamp heard = 0;
    stamp answered = 0;
  };
  firsts first();
  /// Whoever waits gives up, whoever talks hangs up.
  void give_up();
  /// On the loop's thread: a call of this number is being offered (agent_phones::on_offer).
  void offered(std::string_view number, stamp at);

  std::size_t open();
  std::size_t waiting(); ///< of these, heard by the engine and not answered
  caller_figures figures();
  sample take_to_offer();  ///< from the INVITE to the agent's INVITE, ms
  sample take_to_answer(); ///< from the INVITE to the 200, ms
  [[nodiscard]] std::uint64_t dropped() const { return port_.dropped(); }

private:
  struct call {
    enum class step { inviting, waiting, talking, cancelling, leaving } at = step::inviting;
    std::uint64_t number = 0;
    stamp begun = 0;
    bool offered = false;
    std::string request; ///< the one that is being repeated
    std::string to;      ///< theirs, with their tag
    std::string target;
    rtp_streams::id sound = 0;
  };
  void read(std::string_view datagram, stamp at);
  void place_one();
  void place_next(std::uint64_t generation);
  void answered(call& c, const sip_message& m, stamp at);
  void acknowledge(const call& c, std::string_view to, const std::string& target, bool refused);
  void leave(call& c);
  void end(std::uint64_t number);
  void repeat(std::uint64_t number, call::step at, std::chrono::milliseconds after);
  [[nodiscard]] std::string request(const char* method, const call& c, const std::string& target,
                                    std::string_view to) const;
  [[nodiscard]] std::string dialled() const;

  udp_loop& loop_;
  udp_port port_;
  std::uint16_t engine_;
  std::string hotline_;
  rtp_streams* sound_ = nullptr;
  std::unordered_map<std::uint64_t, call> calls_;
  std::uint64_t numbers_ = 0;
  double rate_ = 0;
  std::size_t most_open_ = 0; ///< 0: no limit, new ones come at the rate
  std::uint64_t generation_ = 0;
  udp_loop::clock::time_point due_;
  firsts firsts_;
  sample to_offer_;
  sample to_answer_;
  caller_figures figures_;
};

} // namespace lifeline::bench
