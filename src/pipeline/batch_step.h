// BatchStep: what a completed batch needs next, decided out of the ledger alone, and the change that does it.
#pragma once

#include <cstdint>
#include <string>
#include <vector>

#include "base/clock.h"
#include "base/result.h"
#include "ledger/batches.h"
#include "ledger/transaction.h"
#include "model/batch.h"
#include "model/batch_file.h"
#include "model/validation_report.h"

namespace lakegate::pipeline {

struct BatchStep {
  enum class Kind {
    none,   // nothing can be done now
    take,   // loaded → staging; files wait for their verdicts
    stage,  // → staged: all files are judged good
    fail,   // → failed: all are judged, some bad
  };
  Kind kind = Kind::none;
  BatchId batch = {};
  OrgNumber org = {};
  DatasetId dataset = {};
  std::string trace = {};  // the batch's
  ledger::BatchTotals totals = {};
  std::vector<BatchError> errors = {};  // of a failure, at least one
};

// Files and verdicts of a completed batch never change any more, so the step stays right until the batch is moved.
Result<BatchStep> next_step(ReadTx& tx, const BatchId& id);

// Moves the batch. The objects of one that fails are condemned for `objects_due`. Nothing where the batch is neither
// loaded nor staging any more: somebody was faster.
Status carry_out(Tx& tx, const BatchStep& step, Millis now, Millis objects_due);

// For the transaction that completes a batch, since each commit on the way to active costs the client time: where all
// its files are judged good already it goes on to staged at once; where all are judged and some are bad, Advancing is
// woken to fail it; else the last verdict moves it (record_verdict). Returns the batch as it is then.
Result<Batch> stage_if_judged(Tx& tx, const Batch& completed, Millis now);

// The verdict of `file`, and what follows from it for a batch that was completed before, in one transaction: after the
// last one it is staged, or Advancing is woken to fail it. Returns the batch as it is then. Errors as
// ledger::record_verdict.
Result<Batch> record_verdict(Tx& tx, const BatchFile& file, const ValidationReport& report, Millis now);

}  // namespace lakegate::pipeline
