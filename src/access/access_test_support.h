// AccessWorld: batches with real files in a local store, judged as the pipeline would have.
#pragma once

#include <memory>
#include <string>
#include <string_view>

#include "base/temporary_folder.h"
#include "columnar/row_source.h"
#include "ledger/ledger_test_support.h"
#include "model/table_schema.h"
#include "objects/object_store.h"

namespace lakegate::access::testing {

// Reads in this process.
columnar::OpenRowSource rows_in_place();

// Aborts or throws where something fails that the test is not about.
class AccessWorld : public LedgerWorld {
 public:
  AccessWorld();

  ObjectStore& objects() { return *objects_; }

  // Its columns: 1 id, 2 text, 3 extra.
  const DatasetId& people() const { return people_; }
  // Of that dataset, `loading`.
  BatchId begin_batch();
  // Columns and rows as parquet_test_support reads them. Answers the bytes sent; behind them the object has a tail.
  std::string add_file(const BatchId& batch, std::string_view path, std::string_view columns, std::string_view rows);
  // With one file each.
  BatchId active_batch(std::string_view columns, std::string_view rows);

 private:
  TemporaryFolder folder_;
  std::unique_ptr<ObjectStore> objects_;
  TableSchema table_;
  DatasetId people_;
};

}  // namespace lakegate::access::testing
