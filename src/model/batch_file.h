// BatchFile: one path of a batch, as the client sent it. The bytes are one object, under a key of our own.
#pragma once

#include <optional>
#include <string>
#include <vector>

#include "base/clock.h"
#include "model/ids.h"

namespace lakegate {

// Half open: [begin, end).
struct ByteRange {
  int64_t begin = 0;
  int64_t end = 0;
  int64_t size() const { return end - begin; }
  auto operator<=>(const ByteRange&) const = default;
};

struct BatchFile {
  BatchId batch_id;
  int64_t number = 0;  // from 1 within the batch, never reused; DataSetFile id is "<batch>-<number>"
  std::string path;    // decoded, relative, no "..", at most 1024 bytes
  ObjectKey object;
  bool chunked = false;                // INITIALIZE made it
  bool complete = false;               // all bytes are there and durable; it can be judged
  std::optional<int64_t> total_bytes;  // declared by Content-Range; fixed by the first PATCH
  int64_t sent_bytes = 0;              // of a complete file
  std::string sha256;                  // lower-case hex, when the client asked for a check; else empty
  Millis created = 0;
  Millis updated = 0;
};

// The ranges that are missing in [0, total) when `held` (any order, no overlaps) are there. Ascending.
std::vector<ByteRange> missing_ranges(std::vector<ByteRange> held, int64_t total);

}  // namespace lakegate
