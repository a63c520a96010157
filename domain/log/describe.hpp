#pragma once
// Every entry of the log, described once: domain/log/fields.hpp has the vocabulary. Bytes on disk follow the order of
// the fields here: one is only ever added at the end, by `from_version`, with the entry's version raised
// (tests/storage/golden). A new entry: its struct and its place in `event_body` (domain/log/events.hpp), its facts and
// `describe` here; the compiler, or tests/domain/log/test_describe.cpp, names whoever has to think of it.

#include "domain/log/describe_orders.hpp"
#include "domain/log/events.hpp"
#include "domain/log/fields.hpp"

namespace lifeline::domain {

// ---- parts of entries ------------------------------------------------------------------------------------------

template <> inline constexpr std::uint32_t part_version<candidate> = 1;
template <class V> void describe(V& v, is<candidate> auto& x) {
  v(named("agent"), x.agent);
  v(named("rank"), x.rank);
}
template <> inline constexpr std::uint32_t part_version<exclusion> = 1;
template <class V> void describe(V& v, is<exclusion> auto& x) {
  v(named("agent"), x.agent);
  v(named("reason"), x.reason);
}
template <> inline constexpr std::uint32_t part_version<explanation> = 2;
template <class V> void describe(V& v, is<explanation> auto& x) {
  v(named("strategy"), x.strategy);
  v(named("considered"), x.considered);
  v(named("excluded"), x.excluded);
  v(named("considered_count"), x.considered_count);
  v(named("excluded_count"), x.excluded_count);
  v(named("waiting_ahead"), x.waiting_ahead);
  v(named("note").from_version(2), x.note);
}
template <> inline constexpr std::uint32_t part_version<recording_info> = 1;
template <class V> void describe(V& v, is<recording_info> auto& x) {
  v(named("path").in_line(), x.path);
  v(named("sha256"), x.sha256);
  v(named("bytes").in_line(), x.bytes);
  v(named("duration"), x.duration);
  v(named("repaired"), x.repaired);
}

/// JSON (cti/api/json_status.cpp) and the log line show it in forms of their own, with what is computed from it.
template <> inline constexpr std::uint32_t part_version<call_record> = 3;
template <class V> void describe(V& v, is<call_record> auto& x) {
  v(named("call"), x.call);
  v(named("hotline"), x.hotline);
  v(named("queue"), x.queue);
  v(named("caller"), x.caller);
  v(named("called"), x.called);
  v(named("trunk"), x.trunk);
  v(named("arrived"), x.arrived);
  v(named("queued"), x.queued);
  v(named("answered"), x.answered);
  v(named("ended"), x.ended);
  v(named("agent"), x.agent);
  v(named("external"), x.external);
  v(named("outcome"), x.outcome);
  v(named("cause"), x.cause);
  v(named("waited"), x.waited);
  v(named("talk"), x.talk);
  v(named("hold"), x.hold);
  v(named("offers"), x.offers);
  v(named("recording"), x.recording);
  v(named("caller_received").from_version(2), x.caller_received);
  v(named("first_queued").from_version(3), x.first_queued);
  v(named("stays").from_version(3), x.stays);
}

// ---- the engine ------------------------------------------------------------------------------------------------

template <>
inline constexpr entry_facts facts_of<engine_started> = {.number = 1,
                                                         .name = "engine_started",
                                                         .of = subject::engine,
                                                         .words = "the engine started, version {version} ({revision})"};
template <class V> void describe(V& v, is<engine_started> auto& x) {
  v(named("version").in_line(), x.version);
  v(named("revision").in_line(), x.revision);
}

template <>
inline constexpr entry_facts facts_of<engine_stopped> = {
    .number = 2, .name = "engine_stopped", .of = subject::engine, .words = "the engine stopped[: {reason}]"};
template <class V> void describe(V& v, is<engine_stopped> auto& x) {
  v(named("reason").in_line(line_form::quoted), x.reason);
}

template <>
inline constexpr entry_facts facts_of<dispatcher_started> = {.number = 20,
                                                             .name = "dispatcher_started",
                                                             .of = subject::engine,
                                                             .words = "the dispatcher started, epoch {epoch}"};
template <class V> void describe(V& v, is<dispatcher_started> auto& x) { v(named("epoch").in_line(), x.epoch); }

template <>
inline constexpr entry_facts facts_of<actor_restarted> = {.number = 21,
                                                          .name = "actor_restarted",
                                                          .of = subject::engine,
                                                          .level = severity::warning,
                                                          .words = "its actor {actor} was restarted: {reason}"};
template <class V> void describe(V& v, is<actor_restarted> auto& x) {
  v(named("actor").in_line(line_form::quoted), x.actor);
  v(named("reason").in_line(line_form::quoted), x.reason);
}

template <>
inline constexpr entry_facts facts_of<hotline_rerouted> = {
    .number = 23,
    .name = "hotline_rerouted",
    .of = subject::engine,
    .level = severity::warning,
    .words = "hotline {hotline} {on?goes to its backup numbers:is served again}: {reason}"};
template <class V> void describe(V& v, is<hotline_rerouted> auto& x) {
  v(named("hotline").in_line(), x.hotline);
  v(named("on").in_line(), x.on);
  v(named("reason").in_line(line_form::quoted), x.reason);
}

template <>
inline constexpr entry_facts facts_of<trunk_changed> = {
    .number = 24, .name = "trunk_changed", .of = subject::engine, .words = "trunk {trunk} is {up?up:DOWN}[: {reason}]"};
constexpr severity severity_of(const trunk_changed& x) { return x.up ? severity::info : severity::error; }
template <class V> void describe(V& v, is<trunk_changed> auto& x) {
  v(named("trunk").in_line(), x.trunk);
  v(named("up").in_line(), x.up);
  v(named("registered").in_line(), x.registered);
  v(named("reason").in_line(line_form::quoted), x.reason);
}

template <>
inline constexpr entry_facts facts_of<source_banned> = {
    .number = 25,
    .name = "source_banned",
    .of = subject::engine,
    .level = severity::warning,
    .words = "requests from {address} are dropped[ until {until}]: {reason}"};
template <class V> void describe(V& v, is<source_banned> auto& x) {
  v(named("address"), x.address); // it may be a person's; `lifelinectl bans` shows it
  v(named("until").explained("null: the ban was lifted").in_line(), x.until);
  v(named("reason").in_line(line_form::quoted), x.reason);
}

template <>
inline constexpr entry_facts facts_of<configuration_reloaded> = {.number = 26,
                                                                 .name = "configuration_reloaded",
                                                                 .of = subject::engine,
                                                                 .level = severity::warning,
                                                                 .words = "the configuration was loaded anew, "
                                                                          "{changes} changes[: {summary}]"};
template <class V> void describe(V& v, is<configuration_reloaded> auto& x) {
  v(named("changes").in_line(), x.changes);
  v(named("summary"), x.summary); // may name persons and telephone numbers
}

template <>
inline constexpr entry_facts facts_of<engine_draining> = {.number = 27,
                                                          .name = "engine_draining",
                                                          .of = subject::engine,
                                                          .level = severity::warning,
                                                          .words = "no new calls are taken[: {reason}]"};
template <class V> void describe(V& v, is<engine_draining> auto& x) {
  v(named("reason").in_line(line_form::quoted), x.reason);
}

template <>
inline constexpr entry_facts facts_of<backup_made> = {.number = 28,
                                                      .name = "backup_made",
                                                      .of = subject::engine,
                                                      .words =
                                                          "a backup was made in {folder}, up to entry {last_sequence}"};
template <class V> void describe(V& v, is<backup_made> auto& x) {
  v(named("folder").in_line(line_form::quoted), x.folder);
  v(named("last_sequence").in_line(), x.last_sequence);
}

template <>
inline constexpr entry_facts facts_of<events_lost> = {
    .number = 29,
    .name = "events_lost",
    .of = subject::engine,
    .level = severity::error,
    .words = "{count} entries are LOST: {reason}",
    .about = "entries that the disk did not take, or, after a salvage, the entry of this number"};
template <class V> void describe(V& v, is<events_lost> auto& x) {
  v(named("count").in_line(), x.count);
  v(named("reason").in_line(line_form::quoted), x.reason);
}

template <>
inline constexpr entry_facts facts_of<log_salvaged> = {
    .number = 47,
    .name = "log_salvaged",
    .of = subject::engine,
    .level = severity::critical,
    .words = "the log was SALVAGED: {lost} entries are lost; the damaged files are in {kept}"};
template <class V> void describe(V& v, is<log_salvaged> auto& x) {
  v(named("lost").explained("entries").in_line(), x.lost);
  v(named("first").in_line(), x.first);
  v(named("last").explained("their numbers").in_line(), x.last);
  v(named("orders").explained("whose course has a hole").in_line(line_form::quoted), x.orders);
  v(named("kept").explained("folder with the damaged files").in_line(line_form::quoted), x.kept);
}

template <>
inline constexpr entry_facts facts_of<clock_stepped> = {
    .number = 48,
    .name = "clock_stepped",
    .of = subject::engine,
    .level = severity::warning,
    .words = "the clock was set by {by_seconds} s",
    .about = "the wall clock was set. `seq` is the order of entries, not `at`: `at` may lie before that of the entry "
             "before"};
template <class V> void describe(V& v, is<clock_stepped> auto& x) {
  v(named("by").explained("negative: backwards").in_line(line_form::plain, "by_seconds"), x.by);
}

template <>
inline constexpr entry_facts facts_of<outbound_resumed> = {.number = 49,
                                                           .name = "outbound_resumed",
                                                           .of = subject::engine,
                                                           .level = severity::warning,
                                                           .words = "calls out are taken up: {restored}",
                                                           .about =
                                                               "a restored copy calls and sends messages from here on"};
template <class V> void describe(V& v, is<outbound_resumed> auto& x) {
  v(named("restored").in_line(line_form::quoted), x.restored);
  v(named("by").in_line(line_form::quoted), x.by);
}

// ---- a call ----------------------------------------------------------------------------------------------------

template <>
inline constexpr entry_facts facts_of<call_arrived> = {
    .number = 3,
    .version = 2,
    .name = "call_arrived",
    .of = subject::call,
    .words = "arrived on {hotline} from {caller}, called {called}, trunk {trunk}"};
template <class V> void describe(V& v, is<call_arrived> auto& x) {
  v(named("hotline").in_line(), x.hotline);
  v(named("caller"), x.caller);
  v(named("called"), x.called);
  v(named("trunk").in_line(), x.trunk);
  v(named("leg").disk_only(), x.leg);
  v(named("caller_received").explained("as the carrier wrote it").from_version(2).or_as("caller"), x.caller_received);
}

template <>
inline constexpr entry_facts facts_of<call_blocked> = {.number = 4,
                                                       .name = "call_blocked",
                                                       .of = subject::call,
                                                       .level = severity::warning,
                                                       .words = "refused with {sip_status}: {reason}"};
template <class V> void describe(V& v, is<call_blocked> auto& x) {
  v(named("hotline").in_line(), x.hotline);
  v(named("reason"), x.reason);
  v(named("sip_status").in_line(line_form::plain, "status"), x.sip_status);
}

template <>
inline constexpr entry_facts facts_of<queue_entered> = {
    .number = 5,
    .version = 2,
    .name = "queue_entered",
    .of = subject::call,
    .level = severity::debug,
    .words = "{resumed?has its old place again in:entered} queue {queue} at position {position}[, expected wait "
             "{expected_wait_seconds:duration}]"};
template <class V> void describe(V& v, is<queue_entered> auto& x) {
  v(named("queue").in_line(), x.queue);
  v(named("priority"), x.priority);
  v(named("position").in_line(), x.position);
  v(named("expected_wait")
        .explained("left out without an estimate")
        .from_version(2)
        .void_as(when_void::absent_if_negative),
    x.expected_wait);
  v(named("resumed").explained("has its old place again").from_version(2), x.resumed);
}

template <>
inline constexpr entry_facts facts_of<queue_left> = {
    .number = 6,
    .name = "queue_left",
    .of = subject::call,
    .level = severity::debug,
    .words = "left queue {queue}: {outcome} after {waited_seconds:duration}"};
template <class V> void describe(V& v, is<queue_left> auto& x) {
  v(named("queue").in_line(), x.queue);
  v(named("outcome").explained("`answered`, `abandoned`, `overflowed`, `failed`").in_line(), x.outcome);
  v(named("waited").in_line(), x.waited);
}

template <>
inline constexpr entry_facts facts_of<agent_reserved> = {.number = 7,
                                                         .name = "agent_reserved",
                                                         .of = subject::call,
                                                         .level = severity::debug,
                                                         .words = "chose agent {agent} of queue {queue}"};
template <class V> void describe(V& v, is<agent_reserved> auto& x) {
  v(named("reservation").in_line(), x.reservation);
  v(named("agent").in_line(), x.agent);
  v(named("queue").in_line(), x.queue);
  v(named("epoch"), x.epoch);
  v(named("deadline"), x.deadline);
  v(named("why").explained("an explanation"), x.why);
}

template <>
inline constexpr entry_facts facts_of<agent_ringing> = {.number = 8,
                                                        .name = "agent_ringing",
                                                        .of = subject::call,
                                                        .level = severity::debug,
                                                        .words = "agent {agent} rings"};
template <class V> void describe(V& v, is<agent_ringing> auto& x) {
  v(named("reservation"), x.reservation);
  v(named("agent").in_line(), x.agent);
  v(named("leg").disk_only(), x.leg);
}

template <>
inline constexpr entry_facts facts_of<reservation_ended> = {
    .number = 9,
    .version = 2,
    .name = "reservation_ended",
    .of = subject::call,
    .words = "offer to {agent} ended: {outcome}[ ({sip_status})], rang {rang_seconds:duration}"};
constexpr severity severity_of(const reservation_ended& x) {
  return x.outcome == reservation_outcome::lease_expired ? severity::warning : severity::debug;
}
template <class V> void describe(V& v, is<reservation_ended> auto& x) {
  v(named("reservation"), x.reservation);
  v(named("agent").in_line(), x.agent);
  v(named("queue"), x.queue);
  v(named("outcome").in_line(), x.outcome);
  v(named("rang"), x.rang);
  v(named("sip_status")
        .explained("with which the call to the phone failed, or null; 408 and 503 also when it gave no answer")
        .from_version(2)
        .void_as(when_void::null_if_zero)
        .in_line(line_form::plain, "status"),
    x.sip_status);
}

template <>
inline constexpr entry_facts facts_of<call_connected> = {
    .number = 10,
    .version = 2,
    .name = "call_connected",
    .of = subject::call,
    .words = "connected to [agent {agent}][number {external}] after waiting {waited_seconds:duration}, "
             "{since_arrival_seconds:duration} after it arrived"};
template <class V> void describe(V& v, is<call_connected> auto& x) {
  v(named("reservation"), x.reservation);
  v(named("agent").in_line(), x.agent);
  v(named("external").explained("the number that answered instead"), x.external);
  v(named("queue").in_line(), x.queue);
  v(named("waited").explained("in this queue").in_line(), x.waited);
  v(named("since_arrival").from_version(2).in_line(), x.since_arrival);
}

template <>
inline constexpr entry_facts facts_of<call_held> = {.number = 11,
                                                    .name = "call_held",
                                                    .of = subject::call,
                                                    .level = severity::debug,
                                                    .words = "put on hold by the {by}"};
template <class V> void describe(V& v, is<call_held> auto& x) {
  v(named("by").explained("`caller`, `agent`").either("caller", "agent").in_line(), x.by_caller);
}

template <>
inline constexpr entry_facts facts_of<call_resumed> = {.number = 12,
                                                       .name = "call_resumed",
                                                       .of = subject::call,
                                                       .level = severity::debug,
                                                       .words = "resumed by the {by} after {held_seconds:duration}"};
template <class V> void describe(V& v, is<call_resumed> auto& x) {
  v(named("by").explained("`caller`, `agent`").either("caller", "agent").in_line(), x.by_caller);
  v(named("held"), x.held);
}

template <>
inline constexpr entry_facts facts_of<call_overflowed> = {
    .number = 13,
    .name = "call_overflowed",
    .of = subject::call,
    .level = severity::warning,
    .words = "overflows from {from} to [queue {to_queue}][number {to_number}]: {reason}"};
template <class V> void describe(V& v, is<call_overflowed> auto& x) {
  v(named("from").in_line(), x.from);
  v(named("to_queue").in_line(), x.to_queue);
  v(named("to_number").explained("where it is no queue").in_line(line_form::whether), x.to_number);
  v(named("reason"), x.reason);
}

template <>
inline constexpr entry_facts facts_of<call_escalated> = {.number = 22,
                                                         .name = "call_escalated",
                                                         .of = subject::call,
                                                         .words = "escalates in queue {queue} by rule {rule}: {what}"};
template <class V> void describe(V& v, is<call_escalated> auto& x) {
  v(named("queue").in_line(), x.queue);
  v(named("rule").explained("its number, from 1").in_line(), x.rule);
  v(named("what").in_line(line_form::quoted), x.what);
}

template <>
inline constexpr entry_facts facts_of<call_ended> = {
    .number = 14,
    .name = "call_ended",
    .of = subject::call,
    .words = "ended: {record.outcome}, {record.cause}, talked {record.talk_seconds:duration}"};
template <class V> void describe(V& v, is<call_ended> auto& x) { v(named("record").in_line(), x.record); }

template <>
inline constexpr entry_facts facts_of<recording_started> = {.number = 15,
                                                            .name = "recording_started",
                                                            .of = subject::call,
                                                            .level = severity::debug,
                                                            .words = "recording {path}"};
template <class V> void describe(V& v, is<recording_started> auto& x) { v(named("path").in_line(), x.path); }

template <>
inline constexpr entry_facts facts_of<recording_sealed> = {
    .number = 16,
    .name = "recording_sealed",
    .of = subject::call,
    .level = severity::debug,
    .words = "recording sealed, {recording.bytes} bytes, SHA-256 {recording.sha256}"};
template <class V> void describe(V& v, is<recording_sealed> auto& x) { v(named("recording").in_line(), x.recording); }

template <>
inline constexpr entry_facts facts_of<recording_failed> = {.number = 17,
                                                           .name = "recording_failed",
                                                           .of = subject::call,
                                                           .level = severity::error,
                                                           .words = "RECORDING FAILED: {reason}"};
template <class V> void describe(V& v, is<recording_failed> auto& x) {
  v(named("path").in_line(), x.path);
  v(named("reason").in_line(line_form::quoted), x.reason);
}

template <>
inline constexpr entry_facts facts_of<recording_fetched> = {
    .number = 40,
    .name = "recording_fetched",
    .of = subject::call,
    .words = "its recording was given to {by} ({client})",
    .about = "somebody was given the recording of `call` (or of the attempt with this id)"};
template <class V> void describe(V& v, is<recording_fetched> auto& x) {
  v(named("path").in_line(line_form::quoted), x.path);
  v(named("by").in_line(line_form::quoted), x.by);
  v(named("client").in_line(line_form::quoted), x.client);
}

template <>
inline constexpr entry_facts facts_of<call_cut> = {
    .number = 43,
    .name = "call_cut",
    .of = subject::call,
    .level = severity::error,
    .words = "CUT: the engine died {talking?in the talk:while the caller waited}; to be rung back",
    .about = "the engine died under the call"};
template <class V> void describe(V& v, is<call_cut> auto& x) {
  v(named("hotline").in_line(), x.hotline);
  v(named("caller"), x.caller);
  v(named("agent").in_line(), x.agent);
  v(named("talking").in_line(), x.talking);
  v(named("lift").in_line(line_form::quoted), x.lift);
  v(named("order"), x.order);
}

template <>
inline constexpr entry_facts facts_of<call_rung_back> = {
    .number = 44, .name = "call_rung_back", .of = subject::call, .words = "rung back[ by {by}][: {note}]"};
template <class V> void describe(V& v, is<call_rung_back> auto& x) {
  v(named("hotline").in_line(), x.hotline);
  v(named("by").in_line(line_form::quoted), x.by);
  v(named("note"), x.note);
}

// ---- an agent --------------------------------------------------------------------------------------------------

template <>
inline constexpr entry_facts facts_of<agent_changed> = {.number = 18,
                                                        .name = "agent_changed",
                                                        .of = subject::agent,
                                                        .level = severity::debug,
                                                        .words = "agent {agent} {from} -> {to}[: {reason}]"};
template <class V> void describe(V& v, is<agent_changed> auto& x) {
  v(named("agent").in_line(), x.agent);
  v(named("from").in_line(), x.from);
  v(named("to").in_line(), x.to);
  v(named("reason").in_line(line_form::quoted), x.reason);
  v(named("in_from"), x.in_from);
}

template <>
inline constexpr entry_facts facts_of<registration_changed> = {.number = 19,
                                                               .name = "registration_changed",
                                                               .of = subject::agent,
                                                               .words =
                                                                   "agent {agent} is registered at {contacts} phones"};
template <class V> void describe(V& v, is<registration_changed> auto& x) {
  v(named("agent").in_line(), x.agent);
  v(named("contacts").in_line(), x.contacts);
}

/// The severity of an entry's line.
template <described_entry X> constexpr severity level_of(const X& x) {
  if constexpr (requires { severity_of(x); })
    return severity_of(x);
  else
    return facts_of<X>.level;
}

} // namespace lifeline::domain
