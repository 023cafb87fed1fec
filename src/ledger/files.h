// Files of a batch: what the client sent under which path. Every change is guarded by the batch's state `loading`:
// `batch_wrong_state` otherwise. The batch's id was found in the client's scope before (batches.h).
#pragma once

#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "base/result.h"
#include "ledger/transaction.h"
#include "model/batch_file.h"

namespace lakegate::ledger {

// A whole file: its object (still `writing`, of this batch or of none yet, bytes durable) becomes live, the batch's,
// and waits for its verdict. Under a path that exists the file is replaced and keeps its number: the former object is
// condemned for `former_due`, parts held are forgotten. `batch_too_many_files` from files_max on.
struct WholeFile {
  std::string path;
  ObjectKey object;
  int64_t sent_bytes = 0;
  std::string sha256;  // may be empty
};
struct PutFile {
  BatchFile file;
  bool replaced = false;
};
Result<PutFile> put_whole_file(Tx& tx, const BatchId& batch, const WholeFile& file, int64_t files_max,
                               Millis former_due, Millis now);

// A file that comes in parts: its object, empty but durable, becomes live. A path that exists is answered by
// `file_complete`, or `file_has_bytes` naming the ranges held; an initialized file that holds nothing stays as it is
// and comes back (compare its object with yours: yours may be superfluous).
Result<BatchFile> initialize_file(Tx& tx, const BatchId& batch, std::string_view path, const ObjectKey& object,
                                  int64_t files_max, Millis now);

// Bytes [begin, end) are durable in the object. Fixes the total at first. `file_not_initialized`, `file_complete`,
// `content_range_total_changed`, `range_overlap` (naming the held range; the same range again is none and changes
// nothing), `content_range_invalid` beyond the total, or over ranges_max ranges.
Result<BatchFile> hold_range(Tx& tx, const BatchId& batch, std::string_view path, const ByteRange& range, int64_t total,
                             int64_t ranges_max, Millis now);

// All parts are there: complete, and waits for its verdict. `file_has_gaps` names the missing ranges (all of it, when
// no part came). Complete already: comes back as it is. `file_not_found`.
Result<BatchFile> complete_file(Tx& tx, const BatchId& batch, std::string_view path, Millis now);

// `file_not_found`.
Result<BatchFile> find_file(ReadTx& tx, const BatchId& batch, std::string_view path);
Result<std::vector<BatchFile>> list_files(ReadTx& tx, const BatchId& batch, int64_t after_number, int64_t limit);
// Not complete yet, ascending number.
Result<std::vector<BatchFile>> open_files(ReadTx& tx, const BatchId& batch, int64_t limit);
// Complete files of the dataset's batches that were completed (dataSetFiles), newest batch first.
Result<std::vector<BatchFile>> list_dataset_files(ReadTx& tx, const DatasetId& dataset, int64_t start, int64_t limit);

// Ascending, as the parts came: not joined. Of an open file; a complete one has none. Those that begin at `from` or
// later. Reads as many rows as there are.
Result<std::vector<ByteRange>> held_ranges(ReadTx& tx, const BatchId& batch, int64_t file_number, int64_t from = 0);

// How much of a file is there; costs the same however many parts that is. `file_not_found`.
struct HeldFile {
  BatchFile file;
  int64_t held_bytes = 0;        // in all
  int64_t contiguous_bytes = 0;  // from the file's begin on without a gap
};
Result<HeldFile> find_held_file(ReadTx& tx, const BatchId& batch, std::string_view path);

// The one that shares bytes with `range`, if any (of several, the last); costs the same however many there are.
Result<std::optional<ByteRange>> overlapping_range(ReadTx& tx, const BatchId& batch, int64_t file_number,
                                                   const ByteRange& range);

// Costs the same however many there are.
struct FileTotals {
  int64_t file_count = 0;  // open ones too
  int64_t open_count = 0;
  int64_t sent_bytes = 0;  // of complete ones
};
Result<FileTotals> count_files(ReadTx& tx, const BatchId& batch);

}  // namespace lakegate::ledger
