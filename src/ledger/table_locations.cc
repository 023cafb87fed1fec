#include "ledger/table_locations.h"

#include "base/error_codes.h"
#include "ledger/objects.h"
#include "ledger/sql.h"

namespace lakegate::ledger {
namespace {

Result<int64_t> number_of(ReadTx& tx, const ObjectKey& key) {
  LG_ASSIGN(const auto number, find_row<int64_t>(tx, "SELECT number FROM object WHERE key = :key", key));
  if (number) return *number;
  return fail(codes::not_found, "There is no object {}", key);
}

Status replace(Tx& tx, const ReplacedObject& one, Millis due) {
  LG_ASSIGN(const int64_t former, number_of(tx, one.former));
  LG_ASSIGN(const int64_t number, number_of(tx, one.object));
  LG_TRY(keep_object(tx, one.object));
  LG_TRY(change_rows(tx, "UPDATE table_snapshot SET manifest_list = :number WHERE manifest_list = :former", number,
                     former));
  LG_TRY(change_rows(tx, "UPDATE table_manifest SET object = :number, length_bytes = :length WHERE object = :former",
                     number, one.length_bytes, former));
  LG_TRY(change_rows(tx, "UPDATE retired SET object = :number WHERE object = :former", number, former));
  return condemn_object(tx, one.former, due);
}

}  // namespace

Result<std::optional<std::string>> find_store_location(ReadTx& tx) {
  return find_row<std::string>(tx, "SELECT location FROM store_location");
}

Status set_store_location(Tx& tx, std::string_view location) {
  LG_TRY(change_rows(tx,
                     "INSERT INTO store_location (number, location) VALUES (1, :location)"
                     " ON CONFLICT (number) DO UPDATE SET location = excluded.location",
                     location));
  return {};
}

Status replace_table_objects(Tx& tx, const DatasetId& dataset, int64_t version, std::span<const ReplacedObject> objects,
                             Millis due) {
  LG_ASSIGN(const int64_t changed,
            change_rows(tx,
                        "UPDATE iceberg_table SET version = version + 1 WHERE dataset_id = :dataset"
                        " AND version = :version",
                        dataset, version));
  if (changed == 0)
    return fail(codes::conflict, "The table of dataset {} has not version {} any more", dataset, version);
  for (const ReplacedObject& one : objects) LG_TRY(replace(tx, one, due));
  tx.on_commit({.kind = Wake::Kind::table, .dataset = dataset});
  return {};
}

}  // namespace lakegate::ledger
