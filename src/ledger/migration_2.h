// Step 2: what goes by time is found without walking all batches.
#pragma once

#include <span>
#include <string_view>

namespace lakegate::ledger {

std::span<const std::string_view> migration_2();

}  // namespace lakegate::ledger
