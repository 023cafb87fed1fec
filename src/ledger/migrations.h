// Migrations: the numbered steps that made the ledger's tables what they are. A step once released is never edited.
#pragma once

#include <span>
#include <string_view>

#include "base/clock.h"
#include "base/result.h"
#include "ledger/connection.h"

namespace lakegate::ledger {

struct Migration {
  int number;  // from 1, without gaps
  std::string_view name;
  std::span<const std::string_view> statements;
};

// In src order; SQLite's spelling.
std::span<const Migration> migrations();

// Brings the ledger to the last step, each step in a transaction of its own. `invalid`: the file is another program's
// database, or a newer binary's.
Status migrate(Connection& connection, Millis now);

}  // namespace lakegate::ledger
