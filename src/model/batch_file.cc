#include "model/batch_file.h"

#include <algorithm>

namespace lakegate {

std::vector<ByteRange> missing_ranges(std::vector<ByteRange> held, int64_t total) {
  std::ranges::sort(held);
  std::vector<ByteRange> missing;
  int64_t reached = 0;
  for (const ByteRange& range : held) {
    if (range.begin > reached) missing.push_back({reached, range.begin});
    reached = std::max(reached, range.end);
  }
  if (reached < total) missing.push_back({reached, total});
  return missing;
}

}  // namespace lakegate
