// A copy of a ledger that may be in use, by this process or another one.
#pragma once

#include <filesystem>

#include "base/result.h"

namespace lakegate::ledger {

// Writes the ledger as it is at one moment to `copy`, a file that does not exist. Writers go on meanwhile; the log
// grows until it is done. Not durable: the caller syncs. `no_space`, `corrupt` and others leave half a file.
Status copy_ledger(const std::filesystem::path& file, const std::filesystem::path& copy);

}  // namespace lakegate::ledger
