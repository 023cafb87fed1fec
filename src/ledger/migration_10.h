// Step 10: events in the order of a whole sandbox, and the trace of a batch.
#pragma once

#include <span>
#include <string_view>

namespace lakegate::ledger {

std::span<const std::string_view> migration_10();

}  // namespace lakegate::ledger
