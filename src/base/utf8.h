// UTF-8 as RFC 3629 has it: no surrogates, no over-long forms, nothing above U+10FFFF.
#pragma once

#include <cstddef>
#include <string>
#include <string_view>

namespace lakegate {

bool is_utf8(std::string_view text);

// Code points of valid UTF-8.
size_t code_point_count(std::string_view text);

// Valid UTF-8 for people: at most `code_points_max` code points, then "…"; control characters and bytes that are not
// UTF-8 as \xNN.
std::string printable(std::string_view bytes, size_t code_points_max);

}  // namespace lakegate
