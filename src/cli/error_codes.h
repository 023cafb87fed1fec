// What can go wrong on the client's side, and the server's refusals as the client sees them: their message holds the
// server's code.
#pragma once

#include "base/error.h"

namespace lakegate::codes {

inline constexpr ErrorCode server_unreachable{"LG-1900-503", ErrorKind::unavailable, "Server cannot be reached"};
inline constexpr ErrorCode waited_long_enough{"LG-1901-504", ErrorKind::unavailable, "Time to wait is over"};
inline constexpr ErrorCode credentials_unusable{"LG-1902-400", ErrorKind::invalid, "Credentials are not usable"};
inline constexpr ErrorCode answer_not_understood{"LG-1903-502", ErrorKind::internal, "Answer is not understood"};
inline constexpr ErrorCode local_file{"LG-1904-400", ErrorKind::invalid, "File is not usable"};
inline constexpr ErrorCode name_ambiguous{"LG-1905-409", ErrorKind::conflict, "Name is ambiguous"};
inline constexpr ErrorCode refused_by_server{"LG-1906-400", ErrorKind::invalid, "Refused by the server"};
inline constexpr ErrorCode not_found_by_server{"LG-1907-404", ErrorKind::not_found, "Not found by the server"};
inline constexpr ErrorCode conflict_on_server{"LG-1908-409", ErrorKind::conflict, "Conflict on the server"};
inline constexpr ErrorCode server_busy{"LG-1909-503", ErrorKind::unavailable, "Server is busy"};
inline constexpr ErrorCode grant_unusable{"LG-1910-400", ErrorKind::invalid, "Grant is not understood"};

}  // namespace lakegate::codes
