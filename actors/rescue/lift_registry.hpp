#pragma once
// The lifts and the rescue parties, in memory and in the journal's tables. A change is on disk before anybody sees it.
// Thread-safe; reading never waits for the disk.

#include "actors/rescue/rescue_operations.hpp"
#include "domain/lifts/elevator_index.hpp"
#include "storage/journal.hpp"

#include <memory>
#include <mutex>
#include <optional>
#include <shared_mutex>
#include <string>
#include <utility>
#include <vector>

namespace lifeline::actors {

class lift_registry {
public:
  lift_registry();

  /// Reads both tables; once, before anybody asks. Returns how many rows could not be read: they are passed over, and
  /// stay as they are.
  std::size_t load(storage::journal& journal, domain::span utc_offset);
  /// After a reload.
  void set_utc_offset(domain::span utc_offset);

  [[nodiscard]] std::optional<domain::elevator> find(const std::string& code) const; ///< any of its codes
  [[nodiscard]] std::vector<domain::elevator> search(const std::string& text, const std::string& district,
                                                     std::size_t limit) const;
  [[nodiscard]] std::vector<domain::elevator> list(const elevator_list_order& o) const;
  [[nodiscard]] std::size_t size() const;
  /// Lifts that have a phone of their own: rescue code and device id.
  [[nodiscard]] std::vector<std::pair<std::string, std::string>> devices() const;
  [[nodiscard]] std::shared_ptr<const domain::rescue_book> book() const;

  // These wait for the disk: not for an actor's thread. Each is one change: all of it, or nothing.

  domain::result<domain::elevator> put(const domain::elevator& e, const std::string& by, domain::instant now);
  domain::result<import_report> import(const std::string& csv, const import_options& options, domain::instant now);
  domain::result<domain::rescue_party> put_party(const domain::rescue_party& p, const std::string& by,
                                                 domain::instant now);
  domain::result<import_report> import_parties(const std::string& csv, const import_options& options,
                                               domain::instant now);
  domain::result<void> remove_party(const std::string& id, const std::string& by, domain::instant now);

private:
  domain::result<void> store(storage::change c, std::chrono::milliseconds longest) const;
  domain::result<void> store_and_publish(storage::change c, const std::vector<const domain::elevator*>& lifts,
                                         std::chrono::milliseconds longest);
  void publish(std::vector<domain::rescue_party> parties);

  storage::journal* journal_ = nullptr;
  std::mutex writing_;              ///< one change at a time, from the check to the publication
  mutable std::shared_mutex mutex_; ///< of all below
  domain::elevator_index index_;
  std::shared_ptr<const domain::rescue_book> book_;
  domain::span utc_offset_{0};
};

} // namespace lifeline::actors
