// Header fields that are lists with parameters, as Accept and Prefer: "a;q=0.5, b". RFC 9110 sections 5.6 and 12.4.2.
#pragma once

#include <string_view>

namespace lakegate::http {

// Takes what stands before the first `mark` off `rest`, and the mark; all of it where there is none. Without blanks
// around it.
std::string_view cut(std::string_view& rest, char mark);

// Whether the parameters "q=0; …" of an element say that it is not acceptable.
bool has_zero_weight(std::string_view parameters);

}  // namespace lakegate::http
