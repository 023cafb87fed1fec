// `lakegate serve`: from settings to a server that runs until a signal ends it.
#pragma once

#include "server/settings.h"

namespace lakegate::server {

// Prints `lakegate ready <baseUrl>` on standard output, flushed, once requests are answered. Gives the process's exit
// status: 0 after an orderly stop, 1 where the start failed. A failed fsync ends the process at once with 70
// (base/fatal.h).
int serve(const LoadedSettings& loaded);

}  // namespace lakegate::server
