// What the process says to scripts when it ends. docs/cli.md has the same table.
#pragma once

#include "base/error.h"
#include "cli/error_codes.h"

namespace lakegate::cli {

enum ExitStatus : int {
  done = 0,
  refused = 1,       // the server refused, a file cannot be read: the message says which and why
  usage = 2,         // the command line is wrong
  batch_failed = 3,  // the batch ended, but not as asked for: failed, aborted, abandoned …
  unreachable = 4,   // no connection, no answer, server busy, or the time to wait was over: try again
                     // 5: verify or backup found damage
};

inline ExitStatus exit_status(const Error& error) {
  if (error.code == &codes::grant_unusable) return usage;
  return error.kind() == ErrorKind::unavailable ? unreachable : refused;
}

}  // namespace lakegate::cli
