#pragma once
// What must be right before the media gateway may start. Each error is a sentence for the operator.

#include "media/gateway.hpp"

#include <tl/expected.hpp>

#include <cstddef>
#include <string>

namespace lifeline::media {

tl::expected<void, std::string> check_ports(const settings& s);
/// Makes the folder when it is missing and proves that files can be made in it.
tl::expected<void, std::string> check_recordings_folder(const std::string& folder);
/// Raises the soft limit of open files as far as needed and allowed. Returns the limit in force.
tl::expected<std::size_t, std::string> ensure_open_files(std::size_t port_pairs);

} // namespace lifeline::media
