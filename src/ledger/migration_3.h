// Step 3: where the objects were when the tables' files were written.
#pragma once

#include <span>
#include <string_view>

namespace lakegate::ledger {

std::span<const std::string_view> migration_3();

}  // namespace lakegate::ledger
