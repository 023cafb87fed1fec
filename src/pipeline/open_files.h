// Open files at COMPLETE: those that came in parts and whose own COMPLETE never came.
#pragma once

#include "base/clock.h"
#include "base/result.h"
#include "ledger/transaction.h"
#include "model/batch.h"

namespace lakegate::pipeline {

inline constexpr int64_t files_stitched_max = 500;  // in one transaction: others write meanwhile

// Completes open files, at most files_stitched_max of them. False: there are more. `batch_incomplete_files` at the
// first that lacks bytes: roll back.
Result<bool> stitch_open_files(Tx& tx, const BatchId& batch, Millis now);

// What all open files of the batch lack, as `batch_incomplete_files` tells it; none lacks anything: success.
Status check_open_files(ReadTx& tx, const BatchId& batch);

}  // namespace lakegate::pipeline
