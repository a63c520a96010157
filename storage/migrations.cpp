#include "storage/migrations.hpp"

#include <algorithm>

namespace lifeline::storage {

const schema& current_schema() {
  static const schema own{schema_version, {}};
  return own;
}

tl::expected<void, failure> migrate(column_store& store, std::uint32_t found, const schema& wanted) {
  for (auto version = found; version < wanted.version; ++version) {
    const auto it =
        std::find_if(wanted.steps.begin(), wanted.steps.end(), [&](const migration& m) { return m.from == version; });
    if (it == wanted.steps.end())
      return tl::unexpected(failure{errc::corrupt, "schema " + std::to_string(version) +
                                                       " is too old: this engine has no way from it to schema " +
                                                       std::to_string(wanted.version)});
    column_store::batch rows;
    if (auto r = it->step(store, rows); !r) return r;
    rows.put(table::meta, meta_schema_version, encode_u64(version + 1));
    if (auto r = store.write(rows, true); !r) return r;
  }
  return {};
}

} // namespace lifeline::storage
