// How much a round takes, and how much of a table's past its metadata keeps.
#pragma once

#include <cstdint>

#include "base/clock.h"

namespace lakegate {

struct PromotionSettings {
  int64_t batches_per_round_max = 1'000;
  int64_t files_per_round_max = 10'000;      // a batch that alone has more makes a round of its own
  int64_t snapshots_max = 100;               // in table metadata; older ones leave it with the round
  int64_t manifests_to_merge = 32;           // so many of about one size become one
  int64_t manifest_bytes_max = 8 << 20;      // of a merged one
  Millis reader_grace = 24LL * 3600 * 1000;  // between the last reference to an object and its removal
};

}  // namespace lakegate
