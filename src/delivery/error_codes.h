// The codes of subscriptions and deliveries.
#pragma once

#include "base/error.h"

namespace lakegate::codes {

inline constexpr ErrorCode target_forbidden{"LG-2301-400", ErrorKind::invalid, "Target is not allowed"};
inline constexpr ErrorCode subscriptions_too_many{"LG-2302-409", ErrorKind::conflict, "Too many subscriptions"};

}  // namespace lakegate::codes
