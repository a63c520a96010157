#include "metrics/scrape.hpp"

#include "domain/base/wall_time.hpp"

#include <filesystem>

namespace lifeline::actors {

namespace {

double number(std::uint64_t x) { return static_cast<double>(x); }

/// Shown with 0 before the first one comes, so that rates start right.
const std::vector<std::string> usual_methods{"INVITE", "ACK", "BYE", "CANCEL", "REGISTER", "OPTIONS"};

std::map<std::string, std::uint64_t> with_usual(std::map<std::string, std::uint64_t> by_method) {
  for (const auto& method : usual_methods)
    by_method.try_emplace(method, 0);
  return by_method;
}

} // namespace

prometheus::ClientMetric& scrape::sample(const std::string& name, const std::string& help, prometheus::MetricType type,
                                         const labels& with) {
  if (families_.empty() || families_.back().name != name) {
    families_.emplace_back();
    families_.back().name = name;
    families_.back().help = help;
    families_.back().type = type;
  }
  auto& metric = families_.back().metric.emplace_back();
  for (const auto& [label, value] : with)
    metric.label.push_back({label, value});
  return metric;
}

void scrape::gauge(const std::string& name, const std::string& help, double value, const labels& with) {
  sample(name, help, prometheus::MetricType::Gauge, with).gauge.value = value;
}

void scrape::counter(const std::string& name, const std::string& help, double value, const labels& with) {
  sample(name, help, prometheus::MetricType::Counter, with).counter.value = value;
}

void scrape::add(const sip::sip_statistics& s) {
  const char* requests = "SIP requests by method; unknown methods are OTHER.";
  for (const auto& [method, n] : with_usual(s.requests_received))
    counter("lifeline_sip_requests_total", requests, number(n), {{"direction", "received"}, {"method", method}});
  for (const auto& [method, n] : with_usual(s.requests_sent))
    counter("lifeline_sip_requests_total", requests, number(n), {{"direction", "sent"}, {"method", method}});
  const char* responses = "SIP responses by status.";
  for (const auto& [status, n] : s.responses_received)
    counter("lifeline_sip_responses_total", responses, number(n),
            {{"direction", "received"}, {"status", std::to_string(status)}});
  for (const auto& [status, n] : s.responses_sent)
    counter("lifeline_sip_responses_total", responses, number(n),
            {{"direction", "sent"}, {"status", std::to_string(status)}});
  for (const auto& [reason, n] : s.refused)
    counter("lifeline_sip_requests_refused_total", "SIP requests that were refused, by reason.", number(n),
            {{"reason", reason}});
  counter("lifeline_sip_emergency_refused_total",
          "Calls to an emergency number that were refused for overload or their rate.", number(s.emergency_refused));
  gauge("lifeline_sip_legs", "SIP dialogs alive.", number(s.legs));
  gauge("lifeline_sip_registered_accounts", "Accounts with at least one registered phone.",
        number(s.registered_accounts));
  counter("lifeline_sip_heartbeats_total", "Grows once a second while the SIP thread is alive.", number(s.heartbeat));
  counter("lifeline_sip_faults_total", "Faults in the engine's own code on the SIP thread.", number(s.faults));
  gauge("lifeline_sip_lag_seconds", "How late the SIP thread's timer was, the worst of the last second.",
        domain::seconds(s.lag));
  gauge("lifeline_sip_connections", "TCP and TLS connections.", number(s.connections));
  gauge("lifeline_sip_banned_addresses", "Addresses that are banned now.", number(s.bans));
  counter("lifeline_sip_dropped_requests_total", "Requests of banned addresses.", number(s.dropped));
  const auto expires = std::chrono::duration<double>(s.certificate_expires.time_since_epoch()).count();
  if (expires > 0)
    gauge("lifeline_sip_certificate_expiry_timestamp_seconds", "When the TLS certificate in use expires.", expires);
}

void scrape::add(const media::media_statistics& s) {
  gauge("lifeline_rtp_endpoints", "Open RTP endpoints.", number(s.endpoints));
  const char* packets = "RTP packets.";
  counter("lifeline_rtp_packets_total", packets, number(s.packets_received), {{"direction", "received"}});
  counter("lifeline_rtp_packets_total", packets, number(s.packets_sent), {{"direction", "sent"}});
  counter("lifeline_rtp_packets_lost_total", "RTP packets that never came, by sequence numbers.",
          number(s.packets_lost));
  counter("lifeline_rtp_packets_late_total", "RTP packets that came after their place had been played.",
          number(s.packets_late));
  const char* jitter = "Interarrival jitter (RFC 3550) of the live streams.";
  gauge("lifeline_rtp_jitter_seconds", jitter, s.jitter_seconds_max, {{"statistic", "max"}});
  gauge("lifeline_rtp_jitter_seconds", jitter, s.jitter_seconds_mean, {{"statistic", "mean"}});
  gauge("lifeline_recordings_active", "Recordings being made.", number(s.recordings_active));
  counter("lifeline_recordings_sealed_total", "Recordings that were finished and sealed.", number(s.recordings_sealed));
  counter("lifeline_recordings_failed_total", "Recordings that failed.", number(s.recordings_failed));
  counter("lifeline_recordings_written_bytes_total", "Bytes of recordings written.", number(s.recording_bytes));
  counter("lifeline_recordings_dropped_frames_total", "Audio frames lost because the disk did not keep up.",
          number(s.recorder_dropped_frames));
  counter("lifeline_media_heartbeats_total", "Grows once a second while the media thread is alive.",
          number(s.heartbeat));
  counter("lifeline_media_faults_total", "Faults in the engine's own code on the media thread.", number(s.faults));
  gauge("lifeline_recording_possible", "0 while the disk refuses recordings.", s.recording_possible ? 1 : 0);
  counter("lifeline_recordings_cut_total", "Recordings with a gap, because the disk refused for a while.",
          number(s.recordings_cut));
}

void scrape::add(const std::vector<sip::trunk_state>& trunks) {
  for (const auto& t : trunks)
    gauge("lifeline_trunk_up", "1 while calls can go out through the trunk.", t.up ? 1 : 0, {{"trunk", t.name}});
  for (const auto& t : trunks) {
    if (!t.registers) continue;
    gauge("lifeline_trunk_registered", "1 while the engine is registered at the trunk.", t.registered ? 1 : 0,
          {{"trunk", t.name}});
  }
  for (const auto& t : trunks)
    counter("lifeline_trunk_calls_out_total", "Calls dialled through the trunk.", number(t.calls_out),
            {{"trunk", t.name}});
  for (const auto& t : trunks)
    counter("lifeline_trunk_failovers_total", "Calls that went on to another trunk.", number(t.failovers),
            {{"trunk", t.name}});
  for (const auto& t : trunks) {
    if (t.round_trip <= std::chrono::microseconds{0}) continue; // never answered
    gauge("lifeline_trunk_round_trip_seconds", "Time that the trunk took for its last answer to OPTIONS.",
          domain::seconds(t.round_trip), {{"trunk", t.name}});
  }
}

void scrape::add_disks(const std::map<std::string, std::string>& folders) {
  std::vector<std::pair<std::string, std::filesystem::space_info>> known;
  for (const auto& [name, path] : folders) {
    std::error_code failed;
    const auto space = std::filesystem::space(path, failed);
    if (!failed && space.capacity > 0) known.emplace_back(name, space);
  }
  for (const auto& [name, space] : known)
    gauge("lifeline_disk_free_bytes", "Space left for the engine where the folder lies.", number(space.available),
          {{"folder", name}});
  for (const auto& [name, space] : known)
    gauge("lifeline_disk_size_bytes", "Size of the file system where the folder lies.", number(space.capacity),
          {{"folder", name}});
}

void scrape::add(const storage::journal_health& s) {
  gauge("lifeline_journal_writable", "1 while the disk takes what the journal writes.", s.writable ? 1 : 0);
  gauge("lifeline_journal_queued_changes", "Changes waiting for the journal's writer.", number(s.queued));
  counter("lifeline_journal_commits_total", "Batches that the journal wrote.", number(s.commits));
  counter("lifeline_journal_failures_total", "Batches that could not be written.", number(s.failures));
  counter("lifeline_journal_lost_events_total", "Entries given up because the disk failed for too long.",
          number(s.lost_events));
  gauge("lifeline_log_salvaged_timestamp_seconds", "When a damaged log was salvaged last; 0: never.",
        domain::seconds(domain::to_world(s.salvaged).time_since_epoch()));
  gauge("lifeline_log_salvage_lost_entries", "Entries that the last salvage could not save.", number(s.salvage_lost));
}

void scrape::add(const process_figures& f) {
  counter("process_cpu_seconds_total", "Total user and system CPU time spent in seconds.", f.cpu_seconds);
  gauge("process_start_time_seconds", "Start time of the process since unix epoch in seconds.", f.start_time_seconds);
  gauge("process_resident_memory_bytes", "Resident memory size in bytes.", number(f.resident_bytes));
  gauge("process_virtual_memory_bytes", "Virtual memory size in bytes.", number(f.virtual_bytes));
  gauge("process_open_fds", "Number of open file descriptors.", number(f.open_files));
  gauge("process_max_fds", "Maximum number of open file descriptors.", number(f.max_files));
  gauge("process_threads", "Threads of the process.", number(f.threads));
}

} // namespace lifeline::actors
