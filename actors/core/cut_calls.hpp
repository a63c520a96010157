#pragma once
// Calls that the engine died under: their callers are to be rung back. On the list until somebody says that it was
// seen to, over restarts as well.

#include "domain/log/events.hpp"
#include "storage/journal.hpp"

#include <tl/expected.hpp>

#include <cstdint>
#include <map>
#include <mutex>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace lifeline::actors {

struct cut_call {
  domain::call_id call;
  std::string hotline;
  domain::queue_id queue;
  std::string caller; ///< "anonymous": withheld
  std::string called;
  domain::instant arrived = domain::never;
  domain::instant cut = domain::never; ///< the last moment that is known of it
  bool talking = false;                ///< else it waited
  domain::agent_id agent;              ///< who talked with the caller, or empty
  std::string lift;
  domain::order_id order;
};

/// Keys in table::meta, with the call's id behind.
inline constexpr std::string_view cut_prefix = "cut/";
inline constexpr std::string_view cut_end = "cut0"; ///< first key after the prefix
std::string cut_key(const domain::call_id& call);
std::string encode_cut(const cut_call& c);
tl::expected<cut_call, storage::failure> decode_cut(std::string_view bytes);

/// From the call's last account; what it knows of a lift is added by whoever has the checkpoint.
cut_call cut_of(const domain::call_record& r);
/// What a call's end by a restart adds to its batch: the entry, and its place on the list.
void list_as_cut(const cut_call& c, domain::instant now, storage::change& change);

/// The list in memory. Thread-safe.
class cut_list {
public:
  /// As the journal has it. Rows that cannot be read are left where they are.
  void load(const storage::journal& journal);
  [[nodiscard]] std::vector<cut_call> all() const; ///< the oldest first
  [[nodiscard]] std::map<std::string, std::uint64_t> by_hotline() const;
  [[nodiscard]] std::optional<cut_call> find(const domain::call_id& call) const;
  /// False: it is not there any more.
  bool remove(const domain::call_id& call);
  void put(cut_call c);

private:
  mutable std::mutex mutex_;
  std::map<domain::call_id, cut_call> calls_;
};

} // namespace lifeline::actors
