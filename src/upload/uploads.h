// Uploads: what every upload works with, and what they must know of each other while they run.
#pragma once

#include <functional>
#include <memory>
#include <optional>
#include <string>

#include "base/clock.h"
#include "base/random.h"
#include "http/worker_pool.h"
#include "ledger/ledger.h"
#include "ledger/object_reserve.h"
#include "model/batch.h"
#include "model/batch_file.h"
#include "model/sight.h"
#include "objects/object_store.h"
#include "objects/space_reserve.h"
#include "upload/flowing_bodies.h"
#include "upload/limits.h"
#include "upload/range_claims.h"
#include "upload/upload_quotas.h"

namespace lakegate::upload {

inline constexpr size_t objects_begun_max = 4'096;

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
  UploadQuotas quotas{};
  ledger::ObjectReserve begun{objects_begun_max};
};

// Where a request wants to write, as its URL says. `scope` is the client's.
struct FileAddress {
  Sight scope;
  BatchId batch;
  DatasetId dataset;
  std::string path;  // percent-decoded, not checked yet
};

// The batch behind the address, if files may be written to it: `batch_not_found`, `batch_wrong_dataset`, or
// `batch_wrong_state` unless it is loading.
Result<Batch> find_loading_batch(ReadTx& tx, const FileAddress& address);

// Room for a file, or for a part of one, that replaces what the path has if `replaces`. Errors of
// UploadQuotas::make_room. Blocks.
Result<UploadQuotas::Room> make_room(Uploads& uploads, const FileAddress& address, std::optional<int64_t> announced,
                                     bool replaces);

// A new object of the dataset, in the ledger and then in the store; nothing of it is durable yet. Mostly one that was
// begun ahead. It is the batch's once a file refers to it. Errors of find_loading_batch. Blocks.
struct NewObject {
  ObjectKey key;
  std::unique_ptr<ObjectWriter> writer;
};
Result<NewObject> begin_object(Uploads& uploads, const FileAddress& address);

// `name_file(Tx&)`, whose file comes to refer to `object`, and in the same transaction another object is begun for
// whoever comes next. Blocks.
using NameFile = std::function<Result<BatchFile>(Tx&)>;
Result<BatchFile> name_object(Uploads& uploads, const FileAddress& address, const ObjectKey& object,
                              const NameFile& name_file);

// Gives up an object that no file refers to. Blocks. Failing is harmless: the next start's sweep takes it too.
void discard_object(Uploads& uploads, const ObjectKey& key);

}  // namespace lakegate::upload
