// Uploads: what every upload works with, and what they must know of each other while they run.
#pragma once

#include <string>

#include "base/clock.h"
#include "base/random.h"
#include "http/worker_pool.h"
#include "ledger/ledger.h"
#include "model/batch.h"
#include "objects/object_store.h"
#include "objects/space_reserve.h"
#include "upload/flowing_bodies.h"
#include "upload/limits.h"
#include "upload/range_claims.h"

namespace lakegate::upload {

// One for the server; thread-safe. The references outlive it, it outlives every upload.
struct Uploads {
  Ledger& ledger;
  ObjectStore& objects;
  const SpaceReserve& reserve;
  http::WorkerPool& pool;
  const Clock& clock;
  Random& random;
  const int64_t epoch;  // of this start of the server: whose unfinished objects these are
  const Limits limits;

  RangeClaims claims{};
  FlowingBodies flowing{};
};

// Where a request wants to write, as its URL says. `scope` is the client's.
struct FileAddress {
  Scope scope;
  BatchId batch;
  DatasetId dataset;
  std::string path;  // percent-decoded, not checked yet
};

// The batch behind the address, if files may be written to it: `batch_not_found`, `batch_wrong_dataset`, or
// `batch_wrong_state` unless it is loading.
Result<Batch> find_loading_batch(ReadTx& tx, const FileAddress& address);

// A new object for the batch, in the ledger and then in the store; nothing of it is durable yet. Blocks.
struct NewObject {
  ObjectKey key;
  std::unique_ptr<ObjectWriter> writer;
};
Result<NewObject> begin_object(Uploads& uploads, const FileAddress& address);

// Gives up an object that no file refers to. Blocks. Failing is harmless: the next start's sweep takes it too.
void discard_object(Uploads& uploads, const ObjectKey& key);

}  // namespace lakegate::upload
