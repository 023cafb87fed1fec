// What the validator has done since its start, for whoever watches it.
#pragma once

#include <array>
#include <cstdint>
#include <string_view>

#include "base/histogram.h"

namespace lakegate::validation {

// Why a worker process was ended, to be replaced by a new one.
enum class WorkerEnd {
  worn_out,     // it has had its number of jobs, or asks for it
  other_org,    // the next file is of another org
  crashed,      // it ended by itself while judging
  timed_out,    // a file took longer than its deadline
  misbehaved,   // what it said made no sense
  not_started,  // it was never ready
};
inline constexpr std::array all_worker_ends = {WorkerEnd::worn_out,  WorkerEnd::other_org,  WorkerEnd::crashed,
                                               WorkerEnd::timed_out, WorkerEnd::misbehaved, WorkerEnd::not_started};
std::string_view to_string(WorkerEnd end);

struct ValidatorCounts {
  int64_t workers = 0;        // that there shall be
  int64_t workers_ready = 0;  // that there are
  int64_t files_given = 0;    // to workers, now
  int64_t files_waiting = 0;  // for a worker, now
  int64_t good = 0;           // files by verdict
  int64_t bad = 0;
  int64_t faults = 0;               // judged bad since judging them failed twice
  HistogramCounts judging_us = {};  // of a file in its worker
  std::array<int64_t, all_worker_ends.size()> worker_ends = {};
};

}  // namespace lakegate::validation
