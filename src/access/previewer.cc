#include "access/previewer.h"

#include <algorithm>
#include <utility>

#include "ledger/batches.h"
#include "ledger/datasets.h"
#include "ledger/verdicts.h"
#include "model/error_codes.h"
#include "model/table_schema_json.h"

namespace lakegate::access {
namespace {

namespace json = boost::json;
using columnar::FileRows;
using columnar::RowColumn;

constexpr int64_t files_page = 100;

Result<TableSchema> table_schema(ReadTx& tx, const DatasetId& dataset, int64_t schema_version) {
  LG_ASSIGN(const ledger::PinnedSchema pinned, ledger::get_pinned_schema(tx, dataset, schema_version));
  return table_schema_from_json(pinned.table_schema_json);
}

Status check_active(const Batch& batch) {
  if (batch.status == BatchStatus::active) return {};
  return fail(codes::batch_wrong_state, "Batch {} is {}: only an active batch has rows to preview.{}", batch.id,
              to_string(batch.status), is_final(batch.status) ? "" : " Wait until it is active.");
}

ledger::BatchQuery newest_active(const DatasetId& dataset) {
  using enum ledger::BatchField;
  return {.filters = {{.field = dataset_id, .values = {dataset.text()}},
                      {.field = status, .values = {std::string(to_string(BatchStatus::active))}}},
          .limit = preview_batches_max};
}

class Turn {
 public:
  explicit Turn(std::counting_semaphore<>& turns) : turns_(turns) {}
  Turn(const Turn&) = delete;
  Turn& operator=(const Turn&) = delete;
  ~Turn() { turns_.release(); }

 private:
  std::counting_semaphore<>& turns_;
};

}  // namespace

class Previewer::Collector {
 public:
  Collector(Previewer& of, const TableSchema& table, int64_t rows_max) : of_(of), table_(table), rows_max_(rows_max) {}

  bool is_full() const { return preview_.is_cut || wanted() == 0; }

  Status add_batch(const BatchId& batch) {
    for (int64_t after = 0; !is_full();) {
      LG_ASSIGN(const auto files,
                of_.ledger_.read([&](ReadTx& tx) { return ledger::data_files(tx, batch, after, files_page); }));
      for (const ledger::NumberedDataFile& numbered : files) {
        after = numbered.file_number;
        if (!is_full()) LG_TRY(add_file(numbered.file));
      }
      if (std::ssize(files) < files_page) break;
    }
    return {};
  }

  Result<Preview> finish() {
    if (preview_.is_cut && preview_.rows.empty()) {
      return fail(codes::too_large,
                  "The first row takes more than the {} bytes that a preview may have. Read it through the table "
                  "(/iceberg), or download the file (/data/foundation/export).",
                  preview_bytes_max);
    }
    order_columns();
    for (json::value& row : preview_.rows) row = with_all_columns(row.get_object());
    return std::move(preview_);
  }

 private:
  int64_t wanted() const { return rows_max_ - std::ssize(preview_.rows); }

  Status add_file(const DataFile& file) {
    // One without rows still tells the columns.
    if (file.record_count == 0 && !preview_.columns.empty()) return {};
    LG_ASSIGN(const OpenObject opened, of_.objects_.open(file.object));
    if (opened.size_bytes < file.file_size_bytes) {
      return fail(codes::corrupt, "Object {} has {} bytes; its table says {}.", file.object, opened.size_bytes,
                  file.file_size_bytes);
    }
    if (rows_ == nullptr) {
      LG_ASSIGN(rows_, of_.open_rows_());
    }
    LG_ASSIGN(FileRows read,
              rows_->read_rows(opened.fd.get(), file.file_size_bytes,
                               {.rows_max = wanted(), .bytes_max = preview_bytes_max - bytes_, .table = &table_}));
    bytes_ += read.bytes;
    preview_.is_cut = read.is_cut;
    for (RowColumn& column : read.columns) {
      if (std::ranges::find(preview_.columns, column) == preview_.columns.end()) {
        preview_.columns.push_back(std::move(column));
      }
    }
    for (json::value& row : read.rows) preview_.rows.push_back(std::move(row));
    return {};
  }

  void order_columns() {
    const auto place = [&](const RowColumn& column) {
      return std::ranges::find(table_.columns, column.field_id, &Column::field_id);
    };
    std::ranges::sort(preview_.columns, {}, place);
  }

  json::object with_all_columns(json::object& row) const {
    json::object made;
    for (const RowColumn& column : preview_.columns) {
      json::value* const value = row.if_contains(column.name);
      made.emplace(column.name, value != nullptr ? std::move(*value) : json::value());
    }
    return made;
  }

  Previewer& of_;
  const TableSchema& table_;
  const int64_t rows_max_;
  std::unique_ptr<columnar::RowSource> rows_;  // from the first file on
  int64_t bytes_ = 0;
  Preview preview_;
};

Result<Preview> Previewer::of_batch(const Sight& sight, const BatchId& batch, const DatasetId& dataset,
                                    int64_t rows_max) {
  LG_ASSIGN(const TableSchema table, ledger_.read([&](ReadTx& tx) -> Result<TableSchema> {
    LG_ASSIGN(const Batch found, ledger::find_batch_of_dataset(tx, sight, batch, dataset));
    LG_TRY(check_active(found));
    return table_schema(tx, dataset, found.schema_version);
  }));
  return collect({batch}, table, rows_max);
}

Result<Preview> Previewer::of_dataset(const Sight& sight, const DatasetId& dataset, int64_t rows_max) {
  TableSchema table;
  std::vector<BatchId> batches;
  LG_TRY(ledger_.read([&](ReadTx& tx) -> Status {
    LG_ASSIGN(const Dataset found, ledger::find_dataset(tx, sight, dataset));
    // Newer versions have all columns of older ones.
    LG_ASSIGN(table, table_schema(tx, dataset, found.schema_version));
    LG_ASSIGN(const std::vector<Batch> active, ledger::list_batches(tx, sight, newest_active(dataset)));
    batches.clear();
    for (const Batch& batch : active) batches.push_back(batch.id);
    return {};
  }));
  return collect(batches, table, rows_max);
}

Result<Preview> Previewer::collect(const std::vector<BatchId>& batches, const TableSchema& table, int64_t rows_max) {
  if (!turns_.try_acquire_for(wait_max_)) {
    return std::unexpected(
        Error{&codes::unavailable, "Other previews are being read; try again in a moment.", std::chrono::seconds(1)});
  }
  const Turn turn(turns_);
  Collector collector(*this, table, std::clamp<int64_t>(rows_max, 0, preview_rows_max));
  for (const BatchId& batch : batches) {
    if (collector.is_full()) break;
    LG_TRY(collector.add_batch(batch));
  }
  return collector.finish();
}

}  // namespace lakegate::access
