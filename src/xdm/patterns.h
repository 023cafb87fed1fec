// ECMA-262 patterns in RE2's terms, for linear time. Translated: \cX, \uXXXX, \/ and other needless escapes, \d \w \s
// with ECMA's meaning of white space, [^] and [], $ and ^ as ends of the text, \b; code points, not UTF-16 units. RE2
// has no look-around and no back-references, and repeats at most 1000 times: such patterns are refused when the schema
// is made.
#pragma once

#include <string>
#include <string_view>

#include "base/result.h"

namespace lakegate::xdm {

inline constexpr size_t pattern_bytes_max = 8192;

// The RE2 text (for RE2::PartialMatch, default options, UTF-8). `schema_invalid` says what it cannot hold.
Result<std::string> translate_pattern(std::string_view ecma);

}  // namespace lakegate::xdm
