// Step 7: public keys of clients.
#pragma once

#include <span>
#include <string_view>

namespace lakegate::ledger {

std::span<const std::string_view> migration_7();

}  // namespace lakegate::ledger
