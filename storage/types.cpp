#include "storage/types.hpp"

namespace lifeline::storage {

std::string_view to_string(errc code) {
  switch (code) {
  case errc::io_error: return "io_error";
  case errc::corrupt: return "corrupt";
  case errc::foreign_directory: return "foreign_directory";
  case errc::newer_schema: return "newer_schema";
  case errc::in_use: return "in_use";
  case errc::disk_full: return "disk_full";
  case errc::not_found: return "not_found";
  }
  return "unknown";
}

} // namespace lifeline::storage
