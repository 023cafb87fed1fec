// Previewer: the first rows of a batch or a dataset, for people to look at.
#pragma once

#include <boost/json/array.hpp>

#include <chrono>
#include <cstdint>
#include <semaphore>
#include <utility>
#include <vector>

#include "base/result.h"
#include "columnar/row_source.h"
#include "ledger/ledger.h"
#include "model/ids.h"
#include "model/sight.h"
#include "model/table_schema.h"
#include "objects/object_store.h"

namespace lakegate::access {

inline constexpr int64_t preview_rows_max = 100;
inline constexpr int64_t preview_bytes_max = 4 << 20;  // of the rows as JSON text, roughly
inline constexpr int64_t preview_batches_max = 100;    // that a dataset's preview looks into
inline constexpr int previews_at_a_time = 2;           // each may take what judging a file takes

struct Preview {
  std::vector<columnar::RowColumn> columns;  // those of the files that were read, in the table's order
  boost::json::array rows;                   // objects with all of `columns`; null where the file lacks the column
  bool is_cut = false;                       // there are more of the rows asked for, but the answer would be too long
};

// Names are the ones that client files have (XED form), not the table's, which may have suffixes. Thread-safe; the
// references outlive it. Calls block: they belong on the pool.
//
// `unavailable`: others are being read, try again. `too_large`: not even one row fits.
class Previewer {
 public:
  Previewer(Ledger& ledger, ObjectStore& objects, columnar::OpenRowSource open_rows,
            std::chrono::milliseconds wait_max = std::chrono::seconds(2))
      : ledger_(ledger), objects_(objects), open_rows_(std::move(open_rows)), wait_max_(wait_max) {}

  // Rows across the batch's data files, in the order in which the files were first sent. `batch_not_found`,
  // `batch_wrong_dataset`; `batch_wrong_state` where the batch is not active: nobody has seen its rows yet, or they
  // are gone.
  Result<Preview> of_batch(const Sight& sight, const BatchId& batch, const DatasetId& dataset, int64_t rows_max);

  // Rows of the newest active batch, then of the one before it, … `dataset_not_found`. No active batch: no rows.
  Result<Preview> of_dataset(const Sight& sight, const DatasetId& dataset, int64_t rows_max);

 private:
  class Collector;

  Result<Preview> collect(const std::vector<BatchId>& batches, const TableSchema& table, int64_t rows_max);

  Ledger& ledger_;
  ObjectStore& objects_;
  const columnar::OpenRowSource open_rows_;
  const std::chrono::milliseconds wait_max_;
  std::counting_semaphore<> turns_{previews_at_a_time};
};

}  // namespace lakegate::access
