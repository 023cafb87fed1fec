// Files of batches as rows, and a batch with one of its files for those who change it.
#pragma once

#include <optional>
#include <string>
#include <string_view>

#include "ledger/column_types.h"
#include "model/batch_file.h"

namespace lakegate {

template <class Visit>
void visit_columns(Visit& visit, BatchFile& file) {
  visit(file.batch_id, file.number, file.path, file.object, file.chunked, file.complete, file.total_bytes,
        file.sent_bytes, file.sha256, file.created, file.updated);
}

template <class Visit>
void visit_columns(Visit& visit, ByteRange& range) {
  visit(range.begin, range.end);
}

namespace ledger {

// A file's columns: of `batch_file f` and of `object o`, which may be missing.
inline constexpr std::string_view file_columns =
    "f.batch_id, f.number, f.path, coalesce(o.key, ''), f.chunked, f.complete, f.total_bytes, f.sent_bytes, f.sha256,"
    " f.created, f.updated";

inline std::string select_files(std::string_view rest) {
  return fmt::format("SELECT {} FROM batch_file f LEFT JOIN object o ON o.number = f.object {}", file_columns, rest);
}

// What a change of one path starts from.
struct FilePlace {
  BatchStatus status = BatchStatus::loading;
  DatasetId dataset_id;
  int64_t last_number = 0;  // of the batch's files
  int64_t object = 0;       // its number
  int64_t range_count = 0;
  int64_t held_bytes = 0;
  int64_t contiguous_bytes = 0;
  Scope scope;
  bool metered = false;  // usage of the sandbox is counted
  BatchFile file;        // number 0: the path is free

  bool exists() const { return file.number != 0; }
  // That count against quotas.
  int64_t kept_bytes() const { return file.complete ? file.sent_bytes : held_bytes; }
};

// `batch_not_found`.
Result<FilePlace> find_place(ReadTx& tx, const BatchId& batch, std::string_view path);

// What a change adds to the batch's counters.
struct FileCounts {
  int64_t files = 0;  // numbers given
  int64_t open = 0;
  int64_t complete = 0;
  int64_t sent_bytes = 0;
  int64_t good = 0;
  int64_t bad = 0;
  int64_t good_records = 0;
  int64_t bad_records = 0;
};

// The guard of every change: `batch_wrong_state` where the batch is not `loading`. A sign of life, too.
Status count_change(Tx& tx, const BatchId& batch, const FileCounts& counts, Millis now);

// "bytes 0-99, 200-299 and 7 more": both ends inclusive, as Content-Range has them.
std::string range_text(const ByteRange& range);
std::string ranges_text(const std::vector<ByteRange>& ranges, int64_t count);

// The parts of a file, at most `limit`, ascending.
Result<std::vector<ByteRange>> first_held_ranges(ReadTx& tx, const BatchFile& file, int64_t limit);

}  // namespace ledger
}  // namespace lakegate
