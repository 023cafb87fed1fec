// Object rows: every object is in the ledger before its first byte is on disk, and after its last.
#pragma once

#include <optional>
#include <string>
#include <vector>

#include "base/clock.h"
#include "base/result.h"
#include "ledger/transaction.h"
#include "model/ids.h"

namespace lakegate::ledger {

enum class ObjectState {
  writing,    // of one epoch; nothing refers to it; garbage once that epoch is over
  live,       // something refers to it
  condemned,  // nothing does any more; its bytes go when it is due
};

struct ObjectRow {
  ObjectKey key;
  DatasetId dataset_id;
  BatchId batch_id;  // empty: the table's own (manifests, metadata)
  ObjectState state = ObjectState::writing;
  int64_t epoch = 0;
  std::optional<Millis> due;  // of a condemned one
};

// Born `writing`, before the store creates it. A batch's id makes it one of the batch's objects
// (condemn_batch_objects); one of no batch becomes a batch's when files.h names it.
Status begin_object(Tx& tx, const ObjectKey& key, const DatasetId& dataset, const BatchId& batch, int64_t epoch);

// writing → live, in the transaction that first refers to it. files.h does it for data files. `conflict`: not writing.
Status keep_object(Tx& tx, const ObjectKey& key);

// writing or live → condemned; again for a condemned one: the later date stays. `due` = now + grace; 0 for what no
// reader ever saw. Nothing to do for one that is forgotten already.
Status condemn_object(Tx& tx, const ObjectKey& key, Millis due);
// All that belong to the batch. Files that wait for a verdict wait no longer; parts that are held are forgotten.
Status condemn_batch_objects(Tx& tx, const BatchId& batch, Millis due);

Result<std::optional<ObjectRow>> find_object(ReadTx& tx, const ObjectKey& key);

// Sweeper's work: condemned and due, and `writing` of epochs before `epoch`.
Result<std::vector<ObjectKey>> objects_to_sweep(ReadTx& tx, Millis now, int64_t epoch, int64_t limit);
// The earliest date of a condemned object that is not due yet.
Result<std::optional<Millis>> next_sweep(ReadTx& tx, Millis now);
// After its bytes are gone: removes the row, its verdict and its data file; again is fine. `conflict`: it is live, or
// of this epoch's writing.
Status forget_object(Tx& tx, const ObjectKey& key, int64_t epoch);

// For a comparison with the store: all rows in key order after `after`.
Result<std::vector<ObjectRow>> list_objects(ReadTx& tx, const ObjectKey& after, int64_t limit);

}  // namespace lakegate::ledger
