#include "access/access_test_support.h"

#include <span>

#include "columnar/parquet_test_support.h"
#include "columnar/row_reader.h"
#include "columnar/tail_test_support.h"
#include "ledger/datasets.h"
#include "ledger/verdicts.h"
#include "model/table_schema_json.h"
#include "objects/local_store.h"

namespace lakegate::access::testing {

using columnar::testing::column;

namespace {

class RowsInPlace final : public columnar::RowSource {
 public:
  Result<columnar::FileRows> read_rows(int fd, int64_t size_bytes, const columnar::RowQuery& query) override {
    return columnar::read_rows(fd, size_bytes, query);
  }
};

}  // namespace

columnar::OpenRowSource rows_in_place() {
  return [] { return std::make_unique<RowsInPlace>(); };
}

AccessWorld::AccessWorld() : objects_(must(open_local_store(folder_.path() / "objects"))) {
  table_.columns = {column(1, "id", TypeKind::int64), column(2, "text", TypeKind::string),
                    column(3, "extra", TypeKind::float64)};
  people_ = insert_dataset(scope(), "people");
  must(write([&](Tx& tx) -> Status {
    LG_TRY(ledger::pin_schema(tx, {.dataset_id = people_,
                                   .schema_version = 2,
                                   .resolved_json = "{}",
                                   .table_schema_json = table_schema_to_json(table_),
                                   .check_schema_json = "{}",
                                   .check_hash = "2",
                                   .created = 1}));
    LG_ASSIGN(Dataset dataset, ledger::get_dataset(tx, people_));
    dataset.schema_version = 2;
    const int64_t version = dataset.version;
    LG_TRY(ledger::update_dataset(tx, std::move(dataset), version));
    return {};
  }));
}

BatchId AccessWorld::begin_batch() {
  Batch batch = new_batch();
  batch.dataset_id = people_;
  batch.schema_version = 2;
  return insert_batch(batch);
}

std::string AccessWorld::add_file(const BatchId& batch, std::string_view path, std::string_view columns,
                                  std::string_view rows) {
  std::string sent = columnar::testing::write_parquet(columns, rows);
  const std::string stored = columnar::testing::with_tail(sent, table_);
  const auto stored_bytes = static_cast<int64_t>(stored.size());
  const BatchFile file = put_file(batch, std::string(path), static_cast<int64_t>(sent.size()));
  must(objects_->put(file.object, std::as_bytes(std::span(stored))));
  const OpenObject object = must(objects_->open(file.object));
  const columnar::FileRows read = must(columnar::read_rows(object.fd.get(), stored_bytes, {.rows_max = 1'000'000}));
  ValidationReport report = good_report(file.sent_bytes, std::ssize(read.rows));
  report.table_bytes = stored_bytes;
  must(write([&](Tx& tx) { return ledger::record_verdict(tx, file.object, report, now()); }));
  return sent;
}

BatchId AccessWorld::active_batch(std::string_view columns, std::string_view rows) {
  const BatchId batch = begin_batch();
  add_file(batch, "a.parquet", columns, rows);
  move_to(batch, BatchStatus::active);
  return batch;
}

}  // namespace lakegate::access::testing
