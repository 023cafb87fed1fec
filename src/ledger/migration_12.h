// Step 12: quotas and what counts against them.
#pragma once

#include <span>
#include <string_view>

namespace lakegate::ledger {

std::span<const std::string_view> migration_12();

}  // namespace lakegate::ledger
