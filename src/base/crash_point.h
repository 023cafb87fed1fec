// Crash points: named places where a test build can stop the process dead, as kill -9 would.
// `LAKEGATE_CRASH_AT=upload.synced` or `…:3` (the third time) in the environment; nothing in release builds.
#pragma once

namespace lakegate {

#ifdef LAKEGATE_CRASH_POINTS
void crash_point(const char* name);
#else
inline void crash_point(const char*) {}
#endif

}  // namespace lakegate
