// Backup: a consistent copy of a data folder, whether a server runs on it or not. docs/decisions/backup.md says why it
// is a process of its own beside the server.
#pragma once

#include <cstdint>
#include <filesystem>
#include <functional>

#include "base/result.h"

namespace lakegate::backup {

struct BackupOptions {
  std::filesystem::path folder;  // the data folder
  std::filesystem::path target;  // a new or an empty folder
  bool copy = false;             // bytes of their own for every object, instead of hard links where possible
  std::function<void(int64_t done, int64_t total)> on_progress = {};  // objects
};

struct BackupReport {
  int64_t linked = 0;
  int64_t copied = 0;
  int64_t bytes_copied = 0;
  int64_t lost = 0;  // objects that the ledger knows and that are missing or too short: the original is damaged
};

// First the ledger as it is at one moment, then the objects that this copy refers to; nobody removes objects meanwhile
// (RemovalGate). Files that are judged never change again: they are linked. Of others the bytes that were answered for
// are copied. Durable when it returns; a crash leaves a folder without `ledger.db`, which no server takes. Blocks.
// `invalid`: no ledger there, or the target is not empty or lies within the folder.
Result<BackupReport> make_backup(const BackupOptions& options);

}  // namespace lakegate::backup
