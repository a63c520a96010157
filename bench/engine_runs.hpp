#pragma once
// Runs that drive a real engine (build/<preset>/bin/lifelined, or $LIFELINE_BIN) over loopback.

#include "bench/report.hpp"

#include <cstddef>
#include <string>
#include <vector>

namespace lifeline::bench {

struct alarms_options {
  std::size_t alarms = 10'000;
  double rate = 500; ///< a second
  std::size_t connections = 16;
  int idle_seconds = 20;
};
void run_alarms(report& r, const alarms_options& o);

struct calls_options {
  std::string media = "direct"; ///< or "anchored": RTP ports and a recording for each call, without sound
  std::size_t agents = 200;
  double talk_seconds = 2;     ///< shortened where the rate would keep all agents busy
  double rate = 0;             ///< one fixed rate; 0: the highest that is held is looked for
  double most = 3200;          ///< of that search
  int seconds = 20;            ///< of each measurement; a step of the search takes half
  std::size_t waiting = 5'000; ///< callers, for the memory of one
};
void run_calls(report& r, const calls_options& o);

struct deep_queue_options {
  std::vector<std::size_t> depths{500, 1'000, 2'000, 5'000, 10'000};
  std::size_t agents = 50;
  double talk_seconds = 1;
  int seconds = 20; ///< at each depth
};
void run_deep_queue(report& r, const deep_queue_options& o);

struct media_options {
  std::size_t calls = 100;
  bool record = true;
  int seconds = 30;
};
void run_media(report& r, const media_options& o);

struct recovery_options {
  std::size_t records = 1'000'000;
  std::size_t alarms = 10'000;
  std::size_t live_calls = 100;
  int kills = 3; ///< without calls, and so many with them
};
void run_recovery(report& r, const recovery_options& o);

struct soak_options {
  double minutes = 60;
  double rate = 10; ///< calls a second
  std::string media = "anchored";
  std::size_t sounding = 10; ///< further calls at any time that speak and listen; only with anchored media
  std::size_t agents = 100;
  double talk_seconds = 2;
};
void run_soak(report& r, const soak_options& o);

struct flood_options {
  std::vector<std::string> methods{"OPTIONS"}; ///< in turn
  double rate = 10'000;                        ///< requests a second
  double seconds = 60;
  double rest = 60;             ///< seconds of silence afterwards, in which memory is to be given back
  std::string called = "12399"; ///< nobody's number
};
void run_flood(report& r, const flood_options& o);

} // namespace lifeline::bench
