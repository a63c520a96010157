#pragma once
// How a long-lived thing lies on disk, and how its changes get there. What does not depend on which thing it is.

#include "actors/core/surroundings.hpp"
#include "storage/types.hpp"

#include <caf/all.hpp>

#include <cstdint>
#include <functional>
#include <optional>
#include <set>
#include <string>
#include <unordered_map>
#include <vector>

namespace lifeline::actors {

/// Where the rows of its kind lie; all three are keyed by, or end in, the thing's id.
struct kept_tables {
  storage::table rows;  ///< each thing's state
  storage::table open;  ///< those that a restart has to take up again
  storage::table index; ///< under what else it is to be found
};

/// A thing as it is to be on disk.
struct kept_rows {
  std::string key;
  std::string bytes;
  bool open = false;
  std::set<std::string> index;
};

/// Into the change. `indexed`: its rows in the index as they are; becomes what they will be.
void put_rows(storage::change& c, const kept_tables& tables, kept_rows wanted, std::set<std::string>& indexed);

/// The keys of a kind's open things.
tl::expected<std::vector<std::string>, storage::failure> open_keys(const storage::journal& journal,
                                                                   const kept_tables& tables);

/// A durable change of something that is in the log in any case: one that is refused is given to the journal again, as
/// a lazy one that it keeps until the disk takes it. At once, on the journal's thread: whoever asked may crash before
/// it hears of the refusal, and what happens next is logged after it. Without its rows unless `is_newest` (asked on the
/// journal's thread): those of a later change are newer. Never with rows of table::meta, which are the supervisor's
/// affair.
void append_durably(const surroundings_ptr& around, storage::change c, std::function<bool()> is_newest,
                    storage::completion done);

/// Told of a change when it is stored, or is known not to be.
using written = std::function<void(bool stored, const std::string& error)>;

/// An actor's changes that are on their way to the disk. What comes of each is a rows_stored to the actor.
class pending_writes {
public:
  struct write {
    bool again = false; ///< the second try, a lazy one
    written done;
  };
  /// To be given to the journal.
  storage::completion begin(caf::strong_actor_ptr me, write w);
  /// The one that is over; nothing: it is not known (any more).
  std::optional<write> take(const rows_stored& r);
  /// The same, and whoever waits for it is told. For those who keep no second try.
  void came(const rows_stored& r);
  [[nodiscard]] bool empty() const { return writes_.empty(); }

private:
  std::unordered_map<std::uint64_t, write> writes_;
  std::uint64_t last_ = 0;
};

} // namespace lifeline::actors
