// SHA-256 of a text that is in memory.
#pragma once

#include <string>
#include <string_view>

namespace lakegate {

// 64 lower-case hexadecimal digits.
std::string sha256_hex(std::string_view text);

}  // namespace lakegate
