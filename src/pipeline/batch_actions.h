// Batch actions: what a client may do to a batch as a whole.
#pragma once

#include <string>

#include "base/clock.h"
#include "base/result.h"
#include "ledger/ledger.h"
#include "model/batch.h"
#include "pipeline/batch_client.h"
#include "promotion/promoter.h"

namespace lakegate::pipeline {

enum class BatchAction { complete, abort, fail, revert };

// "COMPLETE", as clients write it.
std::string_view to_string(BatchAction action);

// Thread-safe; the references outlive it. Each call blocks on the ledger, revert on the disk too, and returns the batch
// as it is afterwards. An action that moved the batch before is answered like the first time, whatever happened to the
// batch since. `batch_not_found`, also for another scope's; `batch_wrong_state` where the state forbids the action; the
// batch is as it was then.
class BatchActions {
 public:
  // `bytes_max`: of one batch, setting upload.batch_bytes_max; COMPLETE alone asks for it.
  BatchActions(Ledger& ledger, Promoter& promoter, const Clock& clock, int64_t bytes_max = INT64_MAX)
      : ledger_(ledger), promoter_(promoter), clock_(clock), bytes_max_(bytes_max) {}

  Result<Batch> perform(BatchAction action, const BatchClient& client, const BatchId& id);

  // loading → loaded, and on to staged where all files are judged good already: the files are fixed. Files that came in
  // parts and were never completed are, if all of their bytes are there; `batch_incomplete_files` names each missing
  // range else, and the batch stays loading. `batch_without_files`, `batch_too_large`.
  Result<Batch> complete(const BatchClient& client, const BatchId& id);

  // loading, loaded → aborted. What was sent is condemned at once: no reader ever saw it.
  Result<Batch> abort(const BatchClient& client, const BatchId& id);

  // Before active → failed, with an error that names the client as its cause. What was sent is condemned likewise.
  Result<Batch> fail(const BatchClient& client, const BatchId& id);

  // active → inactive: its rows leave the table with the next snapshot.
  Result<Batch> revert(const BatchClient& client, const BatchId& id);

 private:
  Ledger& ledger_;
  Promoter& promoter_;
  const Clock& clock_;
  const int64_t bytes_max_;
};

}  // namespace lakegate::pipeline
