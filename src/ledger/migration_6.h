// Step 6: what the Catalog's lists need to be quick with a million batches.
#pragma once

#include <span>
#include <string_view>

namespace lakegate::ledger {

std::span<const std::string_view> migration_6();

}  // namespace lakegate::ledger
