// What stands in a text to look like another one: for logs, messages and terminals.
#pragma once

#include <cstddef>
#include <string_view>

namespace lakegate {

struct CodePoint {
  unsigned number = 0;
  size_t bytes = 0;
};

// At the front of valid UTF-8: what ends a line for some reader (U+0085, U+2028, U+2029), commands a terminal (the
// other C1 controls) or turns the order of what stands beside it. `bytes` is 0 where it is none of these.
CodePoint find_disguise(std::string_view text);

}  // namespace lakegate
