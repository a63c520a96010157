#pragma once
// How a journal of an older engine becomes one of this engine.
//
// To change the format: raise `schema_version`, and append a step to the list in migrations.cpp. Steps are never edited
// or removed once released. A new table needs no step (missing tables are made at opening), only its place in the
// enumeration and in the list of names.

#include "storage/column_store.hpp"

#include <functional>
#include <vector>

namespace lifeline::storage {

/// Turns the schema `from` into `from + 1`: reads what is there, and puts the rows to change into the batch, which is
/// written, synced, together with the new schema number. A failure ends the opening.
struct migration {
  std::uint32_t from = 0;
  std::function<tl::expected<void, failure>(const column_store&, column_store::batch&)> step;
};

/// What an engine can read: its own schema and, by the steps, the older ones.
struct schema {
  std::uint32_t version = schema_version;
  std::vector<migration> steps;
};
/// This engine's.
const schema& current_schema();

/// Brings the store from `found` to `wanted.version`, one step after the other. Each is atomic, so a crash between two
/// leaves a whole journal of a version in between, and the next opening goes on from there.
[[nodiscard]] tl::expected<void, failure> migrate(column_store& store, std::uint32_t found, const schema& wanted);

} // namespace lifeline::storage
