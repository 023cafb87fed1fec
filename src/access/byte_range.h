// The header field Range of a request for a file's bytes. RFC 9110 section 14.
#pragma once

#include <cstdint>
#include <optional>
#include <string_view>

#include "model/batch_file.h"

namespace lakegate::access {

struct WantedBytes {
  enum class Kind {
    whole,          // 200: no range, or one that a server may ignore: another unit, malformed
    part,           // 206: `range`, not empty, within the file
    unsatisfiable,  // 416: a range that has no byte of the file
    several,        // 416: more than one range, which RFC 9110 section 15.5.17 lets a server reject
  };
  Kind kind = Kind::whole;
  ByteRange range = {};
  bool operator==(const WantedBytes&) const = default;
};

// `field` as sent, nothing where there was none: "bytes=0-99", "bytes=100-", "bytes=-500" (the last 500).
WantedBytes wanted_bytes(std::optional<std::string_view> field, int64_t size_bytes);

}  // namespace lakegate::access
