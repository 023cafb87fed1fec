// How this folder speaks of a failed system call.
#pragma once

#include <string_view>

#include "base/result.h"

namespace lakegate::objects {

// "Cannot <action> <what>: <system's words> (errno <n>)". ENOSPC and EDQUOT are `no_space`, ENOENT `not_found`, EEXIST
// `conflict`, EMFILE and ENFILE `unavailable`, EIO `corrupt`, the others `internal`.
std::unexpected<Error> system_failure(int number, std::string_view action, std::string_view what);

}  // namespace lakegate::objects
