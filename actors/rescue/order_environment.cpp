#include "actors/rescue/order_environment.hpp"

#include "actors/core/checkpoints.hpp"
#include "domain/rescue/hotline_desk.hpp"
#include "storage/event_codec.hpp"
#include "storage/tables.hpp"

namespace lifeline::actors {

namespace {

std::optional<domain::call_answer> answered(domain::instant at, const domain::agent_id& agent) {
  if (at == domain::never) return std::nullopt;
  return domain::call_answer{at, agent};
}

} // namespace

std::optional<domain::call_answer> answer_of(const rescue_surroundings& around, const domain::call_id& call) {
  const auto key = storage::call_key{call}.encode();
  if (const auto row = around.kept.get(storage::table::live_calls, key)) {
    const auto live = decode_call(*row);
    return live ? answered(live->connected, live->peer.agent) : std::nullopt;
  }
  const auto row = around.journal->get(storage::table::records, key);
  if (!row || !*row) return std::nullopt; // an order must not fail for a time
  const auto record = storage::decode_record(**row);
  return record ? answered(record->answered, record->agent) : std::nullopt;
}

domain::order_environment order_environment_of(const rescue_surroundings& around, const domain::rescue_book& book,
                                               domain::id_source& ids) {
  const auto& plan = around.plan();
  return {plan.rescue, book, ids, [&around](const domain::call_id& call) { return answer_of(around, call); },
          [&plan](const domain::agent_id& account) { return domain::desk_of(plan, plan.rescue.hotline, account); }};
}

} // namespace lifeline::actors
