// Step 9: what clients were granted.
#pragma once

#include <span>
#include <string_view>

namespace lakegate::ledger {

std::span<const std::string_view> migration_9();

}  // namespace lakegate::ledger
