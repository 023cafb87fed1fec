// Raw deflate (RFC 1951), as Avro's codec of that name wants it: no header, no checksum.
#pragma once

#include <string>
#include <string_view>

#include "base/result.h"

namespace lakegate::iceberg {

std::string deflate(std::string_view bytes);

// `corrupt` where it is not one whole deflate stream, or would grow over `bytes_max`.
Result<std::string> inflate(std::string_view bytes, size_t bytes_max);

}  // namespace lakegate::iceberg
