// The files of batches as clients sent them: found by batch and by DataSetFile id, opened.
#pragma once

#include <string>
#include <string_view>
#include <vector>

#include "base/result.h"
#include "ledger/transaction.h"
#include "model/batch.h"
#include "model/batch_file.h"
#include "model/sight.h"
#include "objects/object_store.h"

namespace lakegate::access {

// "<batch>-<number>".
std::string data_set_file_id(const BatchFile& file);

// Whether anybody gets to see the batch's files: from the client's COMPLETE on, until its rows are taken back or it
// was aborted. Those of a failed one help to find out why.
bool shows_files(const Batch& batch);

struct SentFilesPage {
  Batch batch;
  ViewId view_id;
  std::vector<BatchFile> files;  // ascending number
  int64_t total = 0;             // of all pages
};

// Files [start, start + limit) of the batch; none where the batch does not show them. `batch_not_found`, also for
// another scope's.
Result<SentFilesPage> list_sent_files(ReadTx& tx, const Sight& sight, const BatchId& batch, int64_t start,
                                      int64_t limit);

struct SentFile {
  Batch batch;
  BatchFile file;
};

// `file_not_found`, also for another scope's and for ids that are none.
Result<SentFile> find_sent_file(ReadTx& tx, const Sight& sight, std::string_view id);

// Its first sent_bytes are what was sent; the rest is ours. `file_not_found`: the bytes are gone with the batch.
// `corrupt`: fewer than were sent. Blocks.
Result<OpenObject> open_sent_file(ObjectStore& objects, const SentFile& sent);

}  // namespace lakegate::access
