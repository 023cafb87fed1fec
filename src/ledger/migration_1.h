// The first tables.
#pragma once

#include <span>
#include <string_view>

namespace lakegate::ledger {

std::span<const std::string_view> migration_1();

}  // namespace lakegate::ledger
