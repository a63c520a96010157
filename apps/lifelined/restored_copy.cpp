#include "apps/lifelined/restored_copy.hpp"

#include "storage/backup.hpp"
#include "storage/directory.hpp"
#include "storage/wal_check.hpp"

#include <filesystem>

namespace lifeline::app {

namespace {

std::string mark_in(const std::string& data) { return (std::filesystem::path{data} / storage::restored_mark).string(); }

} // namespace

std::string restored_copy(const std::string& data) {
  const auto text = storage::read_whole_file(mark_in(data));
  if (!text) return text.error().code == storage::errc::not_found ? std::string{} : text.error().message;
  const auto line = text->substr(0, text->find('\n'));
  return line.empty() ? "a restored backup" : line;
}

tl::expected<void, std::string> confirm_copy(const std::string& data) {
  std::error_code error;
  std::filesystem::remove(mark_in(data), error);
  if (error) return tl::unexpected("removing " + mark_in(data) + ": " + error.message());
  if (auto kept = storage::sync_directory(data); !kept) return tl::unexpected(kept.error().message);
  return {};
}

} // namespace lifeline::app
