// The codes of the feed of events.
#pragma once

#include "base/error.h"

namespace lakegate::codes {

inline constexpr ErrorCode event_cursor_invalid{"LG-2400-400", ErrorKind::invalid, "Cursor is not of this feed"};
inline constexpr ErrorCode event_streams_too_many{"LG-2401-503", ErrorKind::unavailable, "Too many streams of events"};

}  // namespace lakegate::codes
