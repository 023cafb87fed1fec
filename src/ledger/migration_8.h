// Step 8: subscriptions to events, how far each came, and what it could not deliver.
#pragma once

#include <span>
#include <string_view>

namespace lakegate::ledger {

std::span<const std::string_view> migration_8();

}  // namespace lakegate::ledger
