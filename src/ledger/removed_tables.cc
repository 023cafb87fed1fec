#include "ledger/removed_tables.h"

#include <string>

#include "ledger/objects.h"
#include "ledger/sql.h"

namespace lakegate::ledger {

Status remove_table(Tx& tx, const DatasetId& id, Millis due) {
  LG_ASSIGN(const std::vector<ObjectKey> objects,
            find_rows<ObjectKey>(tx,
                                 "SELECT o.key FROM object o JOIN ("
                                 " SELECT manifest_list AS number FROM table_snapshot WHERE dataset_id = :a UNION"
                                 " SELECT object FROM table_manifest WHERE dataset_id = :b UNION"
                                 " SELECT metadata_object FROM iceberg_table WHERE dataset_id = :c"
                                 ") own ON own.number = o.number",
                                 id, id, id));
  LG_TRY(change_rows(tx, "DELETE FROM table_manifest WHERE dataset_id = :dataset", id));
  LG_TRY(change_rows(tx, "DELETE FROM table_snapshot WHERE dataset_id = :dataset", id));
  LG_TRY(change_rows(tx, "DELETE FROM table_schema WHERE dataset_id = :dataset", id));
  LG_TRY(change_rows(tx, "DELETE FROM iceberg_table WHERE dataset_id = :dataset", id));
  for (const ObjectKey& key : objects) LG_TRY(condemn_object(tx, key, due));
  return {};
}

Result<std::vector<DatasetId>> deleted_datasets_with_tables(ReadTx& tx, int64_t limit) {
  return find_rows<DatasetId>(tx,
                              "SELECT d.id FROM dataset d JOIN iceberg_table t ON t.dataset_id = d.id"
                              " WHERE d.deleted = 1 ORDER BY d.id LIMIT :limit",
                              limit);
}

}  // namespace lakegate::ledger
