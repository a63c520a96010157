#pragma once
// For how long, at most, actors are waited for.

#include "domain/base/failure.hpp"

#include <chrono>

namespace lifeline::actors {

/// For so long at most an operation waits for whoever knows.
inline constexpr std::chrono::milliseconds operation_timeout{2000};

} // namespace lifeline::actors
