// What is called when going on would risk what was answered already: a failed fsync, a database that cannot write
// its log. Given to the folders that keep data by whoever wires them.
#pragma once

#include <functional>

#include "base/error.h"

namespace lakegate {

// Called at most once per owner, from any thread, with the cause. In the server it logs and ends the process and does
// not return; where it returns (tests), its owner refuses everything from then on.
using FatalHandler = std::function<void(const Error& cause)>;

// Logs the cause and ends the process with status 70, without running destructors: nothing half known is written.
[[noreturn]] void stop_process(const Error& cause);

}  // namespace lakegate
