// Crash points: named places where a test can stop the process dead, as kill -9 would.
// `lakegate-with-crash-points` obeys `LAKEGATE_CRASH_AT=upload.synced` or `…:3` (the third time) in the
// environment; in `lakegate` and in unit tests the call does nothing.
#pragma once

namespace lakegate {

void crash_point(const char* name);

}  // namespace lakegate
