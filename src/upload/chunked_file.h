// A file that comes in parts: its beginning, its end, and how much of it is here.
#pragma once

#include <optional>
#include <vector>

#include "upload/uploads.h"

namespace lakegate::upload {

// INITIALIZE. Repeated while nothing is held: the same file again. `file_has_bytes` names what is held. Blocks.
Result<BatchFile> initialize(Uploads& uploads, const FileAddress& address);

// COMPLETE of one file. Repeated, or of a file that came whole: the file as it is. `file_has_gaps` names the missing
// ranges. Blocks.
Result<BatchFile> complete(Uploads& uploads, const FileAddress& address);

// In any state of the batch. Costs the same however many parts are there. Blocks.
struct HeldBytes {
  BatchFile file;
  int64_t held = 0;        // bytes in all
  int64_t contiguous = 0;  // bytes from the file's begin on without a gap
};
Result<HeldBytes> held_bytes(Uploads& uploads, const FileAddress& address);

// With all of it, in order, a gap between any two: reads each part behind the first gap.
struct HeldRanges {
  HeldBytes bytes;
  std::vector<ByteRange> ranges;
};
Result<HeldRanges> held_ranges(Uploads& uploads, const FileAddress& address);

}  // namespace lakegate::upload
