#include "ledger/schema_moves.h"

#include "base/error_codes.h"
#include "ledger/sql.h"

namespace lakegate::ledger {

template <class Visit>
void visit_columns(Visit& visit, SchemaUser& user) {
  visit(user.id, user.name, user.schema_version, user.holds_data);
}

Result<std::vector<SchemaUser>> users_of_schema(ReadTx& tx, const Scope& scope, const ResourceId& schema) {
  return find_rows<SchemaUser>(
      tx,
      "SELECT id, name, schema_version,"
      " EXISTS (SELECT 1 FROM table_snapshot s WHERE s.dataset_id = d.id)"
      " OR EXISTS (SELECT 1 FROM batch b INDEXED BY batch_living WHERE b.sandbox = d.sandbox AND b.dataset_id = d.id"
      "  AND (b.status = 'loading' OR b.status = 'loaded' OR b.status = 'staging' OR b.status = 'staged'))"
      " OR EXISTS (SELECT 1 FROM batch b WHERE b.org = d.org AND b.sandbox = d.sandbox AND b.dataset_id = d.id"
      "  AND b.status = 'active')"
      " OR EXISTS (SELECT 1 FROM batch b WHERE b.org = d.org AND b.sandbox = d.sandbox AND b.dataset_id = d.id"
      "  AND b.status = 'inactive')"
      " FROM dataset d WHERE org = :org AND sandbox = :sandbox AND schema_id = :schema AND deleted = 0"
      " ORDER BY created, id",
      scope.org, scope.sandbox, schema);
}

Status move_to_next_schema(Tx& tx, const DatasetId& id, int64_t from) {
  LG_ASSIGN(const int64_t changed, change_rows(tx,
                                               "UPDATE dataset SET schema_version = schema_version + 1"
                                               " WHERE id = :id AND schema_version = :from AND deleted = 0",
                                               id, from));
  if (changed == 1) return {};
  return fail(codes::conflict, "Dataset {} does not have pinned schema {} any more", id, from);
}

}  // namespace lakegate::ledger
