// A text that a pattern matches, for samples.
#pragma once

#include <cstddef>
#include <optional>
#include <string>
#include <string_view>

namespace lakegate::registry {

// A short text of at least `length_min` and at most `length_max` characters that the ECMA-262 pattern finds something
// in; none where this one does not come up with any. Always checked against the pattern.
std::optional<std::string> sample_of_pattern(std::string_view pattern, size_t length_min, size_t length_max);

}  // namespace lakegate::registry
