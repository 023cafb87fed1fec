// Names that people give to orgs, sandboxes and keys.
#pragma once

#include <string_view>

#include "base/result.h"

namespace lakegate::auth {

inline constexpr size_t name_bytes_max = 256;
inline constexpr size_t sandbox_name_bytes_max = 64;

// `invalid_argument` unless it has 1 to name_bytes_max bytes, is not blank and holds no control character. `what`
// begins the message: "An org's name".
Status check_name(std::string_view what, std::string_view name);

// 1 to sandbox_name_bytes_max of a-z, 0-9 and hyphen, beginning with a letter. It is a namespace of tables, too.
Status check_sandbox_name(std::string_view name);

}  // namespace lakegate::auth
