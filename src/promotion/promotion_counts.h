// What promotion has done since the start, for whoever watches it.
#pragma once

#include <array>
#include <cstdint>

#include "base/histogram.h"
#include "promotion/round.h"

namespace lakegate {

struct PromotionCounts {
  std::array<int64_t, all_round_kinds.size()> rounds = {};  // committed, by kind
  HistogramCounts batches = {};                             // of each round
  HistogramCounts round_us = {};                            // from reading what is staged to the commit
  HistogramCounts complete_to_active_us = {};               // of each batch: what its client waits for
};

}  // namespace lakegate
