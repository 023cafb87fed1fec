// Content-Range of a part: where its bytes belong. RFC 9110 section 14.4, for requests.
#pragma once

#include <string_view>

#include "base/result.h"
#include "model/batch_file.h"

namespace lakegate::upload {

struct ContentRange {
  ByteRange range;  // never empty
  int64_t total = 0;
  bool operator==(const ContentRange&) const = default;
};

// Reads `bytes a-b/total`, also without the unit, in any case and with blanks between the parts. Every error is
// `content_range_invalid`, quotes what was sent and says what is expected; a total of `*` is one.
Result<ContentRange> parse_content_range(std::string_view text);

// As Content-Range and Range write it: inclusive bounds, "0-9".
std::string to_string(const ByteRange& range);

}  // namespace lakegate::upload
