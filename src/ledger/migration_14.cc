#include "ledger/migration_14.h"

namespace lakegate::ledger {
namespace {

constexpr std::string_view statements[] = {
    // Numbers by which the server's threads still know what is gone from its table.
    R"(CREATE TABLE last_number (
      name   TEXT PRIMARY KEY,
      number INTEGER NOT NULL
    ) STRICT, WITHOUT ROWID)",
    "INSERT INTO last_number (name, number) SELECT 'subscription', coalesce(max(number), 0) FROM subscription",
};

}  // namespace

std::span<const std::string_view> migration_14() { return statements; }

}  // namespace lakegate::ledger
