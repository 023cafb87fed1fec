#include "ledger/migration_3.h"

namespace lakegate::ledger {
namespace {

constexpr std::string_view statements[] = {
    R"(CREATE TABLE store_location (
      number   INTEGER PRIMARY KEY CHECK (number = 1),
      location TEXT NOT NULL
    ) STRICT)",
};

}  // namespace

std::span<const std::string_view> migration_3() { return statements; }

}  // namespace lakegate::ledger
