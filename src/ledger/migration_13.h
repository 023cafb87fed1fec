// Step 13: outside issuers.
#pragma once

#include <span>
#include <string_view>

namespace lakegate::ledger {

std::span<const std::string_view> migration_13();

}  // namespace lakegate::ledger
