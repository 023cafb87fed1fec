// Step 11: orgs, sandboxes and keys come and go.
#pragma once

#include <span>
#include <string_view>

namespace lakegate::ledger {

std::span<const std::string_view> migration_11();

}  // namespace lakegate::ledger
