#include "base/error_codes.h"
#include "ledger/objects.h"
#include "ledger/sql.h"
#include "ledger/tables.h"

namespace lakegate::ledger {
namespace {

struct FileRow {
  std::optional<ObjectKey> object;
  int64_t file_version = 0;
  int64_t table_version = 0;
};

template <class Visit>
void visit_columns(Visit& visit, FileRow& row) {
  visit(row.object, row.file_version, row.table_version);
}

Result<FileRow> find_row_of(ReadTx& tx, const DatasetId& id) {
  LG_ASSIGN(auto row, find_row<FileRow>(tx,
                                        "SELECT o.key, t.metadata_version, t.version FROM iceberg_table t"
                                        " LEFT JOIN object o ON o.number = t.metadata_object"
                                        " WHERE t.dataset_id = :dataset",
                                        id));
  if (!row.has_value()) return fail(codes::not_found, "Dataset {} has no table", id);
  return *std::move(row);
}

}  // namespace

Result<std::optional<MetadataFile>> find_metadata_file(ReadTx& tx, const DatasetId& id) {
  LG_ASSIGN(FileRow row, find_row_of(tx, id));
  if (!row.object.has_value()) return std::nullopt;
  return MetadataFile{.object = *std::move(row.object), .version = row.file_version};
}

Status set_metadata_file(Tx& tx, const DatasetId& id, const MetadataFile& file, Millis former_due) {
  LG_ASSIGN(const FileRow former, find_row_of(tx, id));
  if (file.version <= former.file_version) {
    return fail(codes::conflict,
                "The table of dataset {} has a metadata file of version {}; that of version {} is late", id,
                former.file_version, file.version);
  }
  if (file.version > former.table_version) {
    return fail(codes::internal, "The table of dataset {} has version {}, and its metadata file would have {}", id,
                former.table_version, file.version);
  }
  LG_TRY(keep_object(tx, file.object));
  LG_TRY(change_rows(tx,
                     "UPDATE iceberg_table SET metadata_object = (SELECT number FROM object WHERE key = :key),"
                     " metadata_version = :version WHERE dataset_id = :dataset",
                     file.object, file.version, id));
  if (former.object.has_value()) LG_TRY(condemn_object(tx, *former.object, former_due));
  return {};
}

Result<std::vector<DatasetId>> tables_without_fresh_metadata(ReadTx& tx, int64_t limit) {
  return find_rows<DatasetId>(tx,
                              "SELECT dataset_id FROM iceberg_table"
                              " WHERE metadata_version < version AND dataset_deleted = 0"
                              " ORDER BY dataset_id LIMIT :limit",
                              limit);
}

}  // namespace lakegate::ledger
