// UTF-8 as RFC 3629 has it: no surrogates, no over-long forms, nothing above U+10FFFF.
#pragma once

#include <string_view>

namespace lakegate {

bool is_utf8(std::string_view text);

}  // namespace lakegate
