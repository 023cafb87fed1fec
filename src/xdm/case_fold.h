// Letter case as the engines that read our tables fold it when they compare names.
#pragma once

#include <string>
#include <string_view>

namespace lakegate::xdm {

// Lower case for ASCII, Latin-1, Latin Extended-A, Greek and Cyrillic; other code points and invalid UTF-8 stay as they
// are. Two names with equal results may be one name to some reader.
std::string fold_case(std::string_view utf8);

}  // namespace lakegate::xdm
