// Step 5: batches that take the place of earlier ones.
#pragma once

#include <span>
#include <string_view>

namespace lakegate::ledger {

std::span<const std::string_view> migration_5();

}  // namespace lakegate::ledger
