// The codes every layer may use. Codes of one topic live beside it in model/error_codes.h.
#pragma once

#include "base/error.h"

namespace lakegate::codes {

inline constexpr ErrorCode invalid_argument{"LG-1000-400", ErrorKind::invalid, "Invalid request"};
inline constexpr ErrorCode not_found{"LG-1001-404", ErrorKind::not_found, "Not found"};
inline constexpr ErrorCode conflict{"LG-1002-409", ErrorKind::conflict, "Conflict"};
inline constexpr ErrorCode unavailable{"LG-1003-503", ErrorKind::unavailable, "Temporarily unavailable"};
inline constexpr ErrorCode no_space{"LG-1004-507", ErrorKind::no_space, "Storage is full"};
inline constexpr ErrorCode corrupt{"LG-1005-500", ErrorKind::corrupt, "Stored data is damaged"};
inline constexpr ErrorCode internal{"LG-1006-500", ErrorKind::internal, "Internal error"};
inline constexpr ErrorCode commit_unknown{"LG-1007-503", ErrorKind::commit_unknown, "Outcome unknown"};
inline constexpr ErrorCode too_large{"LG-1008-413", ErrorKind::too_large, "Too large"};

}  // namespace lakegate::codes
