// Parameters of a header field, as in `form-data; name="file"` and `multipart/form-data; boundary=x`.
#pragma once

#include <optional>
#include <string_view>

namespace lakegate::http {

// The value of `name="value"` or `name=value` behind a semicolon, the name in any case; without quotes, escapes within
// them as they are.
std::optional<std::string_view> header_parameter(std::string_view field, std::string_view name);

}  // namespace lakegate::http
