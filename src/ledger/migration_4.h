// Step 4: who refers to whom in the schema registry, its descriptors, and a counter of its changes.
#pragma once

#include <span>
#include <string_view>

namespace lakegate::ledger {

std::span<const std::string_view> migration_4();

}  // namespace lakegate::ledger
