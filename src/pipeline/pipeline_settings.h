// The pipeline's limits and dates. Every queue and pass has one.
#pragma once

#include <cstddef>
#include <cstdint>

#include "base/clock.h"
#include "ledger/retention.h"
#include "pipeline/back_off.h"

namespace lakegate::pipeline {

struct PipelineSettings {
  // Judging
  size_t files_in_flight_max = 32;  // given to the validator, or waiting for tail and verdict
  size_t verdict_threads = 8;       // each mostly waits for the disk; together they share the ledger's commits
  size_t files_set_back_max = 256;  // that met a fault and wait for another try; over it nothing new is begun
  size_t schemas_kept_max = 64;

  // Advancing and promoting
  size_t hints_max = 10'000;           // remembered wakes; over it the ledger is read through instead
  size_t batches_per_commit_max = 64;  // moved on by one ledger transaction
  size_t rounds_max = 4;               // at the same time, each of another table

  // Ends
  Millis abandon_after = 24LL * 3600 * 1000;
  Millis reader_grace = 24LL * 3600 * 1000;  // between a batch's end and the removal of its objects
  int64_t batches_per_abandon_max = 100;     // abandoned by one ledger transaction
  Millis batch_time_to_live = 0;             // of an active batch, where its dataset has no other; 0: it stays
  int64_t batches_per_expiry_max = 100;      // of one dataset, looked at in one pass
  Millis expiry_pause = 1'000;               // between two passes
  // How long snapshots that show what was reverted or expired stay in a table's metadata.
  Millis history_age_max = 24LL * 3600 * 1000;

  // Sweeping
  Millis sweep_pause = 1'000;  // between two passes
  int64_t objects_per_sweep_max = 256;
  Millis copy_pause = 2'000;  // before the next try, while a backup holds removals up
  Millis prune_interval = 3'600'000;
  int64_t prune_rows_max = 1'000;
  ledger::Retention retention = {};

  BackOff back_off = {};
};

}  // namespace lakegate::pipeline
