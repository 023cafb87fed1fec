// Step 14: no number of a subscription is given twice.
#pragma once

#include <span>
#include <string_view>

namespace lakegate::ledger {

std::span<const std::string_view> migration_14();

}  // namespace lakegate::ledger
