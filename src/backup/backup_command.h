// `lakegate backup`.
#pragma once

#include <filesystem>

namespace lakegate::backup {

struct BackupCommand {
  std::filesystem::path folder;
  std::filesystem::path target;
  bool copy = false;
  bool json = false;
};

inline constexpr int original_damaged = 5;

// Prints what was copied, on standard error a line of progress where that is a terminal. Gives the exit status: 0, 1
// where no backup was made, `original_damaged` where it was and objects are missing in the original.
int run_backup(const BackupCommand& command);

}  // namespace lakegate::backup
