// The target of a request: path and query, percent-decoding.
#pragma once

#include <string>
#include <string_view>
#include <vector>

#include "base/result.h"
#include "http/request.h"

namespace lakegate::http {

enum class PlusSign { stays, means_blank };

// `malformed_request`: an escape that is not %XX, a NUL, or bytes that are not UTF-8. `what` names the part.
Result<std::string> decode_percent(std::string_view text, PlusSign plus, std::string_view what);

// "a=1&b=x%20y&c": blanks as `+` or %20; a name without `=` has an empty value; empty pieces are skipped.
Result<std::vector<Parameter>> parse_query(std::string_view text);

// Decoded segments of an absolute path: "/a/b%2Fc/" gives "a", "b/c", "".
Result<std::vector<std::string>> decode_segments(std::string_view path);

// Fills path and query of `request` out of its target, and host if the target names one ("GET http://host/path").
// "*" stays a path of its own.
Status split_target(Request& request);

}  // namespace lakegate::http
