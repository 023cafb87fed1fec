#include "ledger/resource_references.h"

#include "ledger/sql.h"

namespace lakegate::ledger {

template <class Visit>
void visit_columns(Visit& visit, Referrer& referrer) {
  visit(referrer.id, referrer.type, referrer.title, referrer.version);
}

template <class Visit>
void visit_columns(Visit& visit, TaggedSchema& schema) {
  visit(schema.class_id, schema.id);
}

Result<int64_t> registry_change_count(ReadTx& tx, const Scope& scope) {
  LG_ASSIGN(const auto count,
            find_row<int64_t>(tx, "SELECT count FROM registry_change WHERE sandbox = :sandbox", scope.sandbox));
  return count.value_or(0);
}

Result<std::vector<Referrer>> referrers(ReadTx& tx, const Scope& scope, const ResourceId& id, std::string_view alt_id,
                                        int64_t limit) {
  return find_rows<Referrer>(
      tx,
      "SELECT id, type, title, version FROM resource WHERE number IN ("
      " SELECT source FROM resource_reference WHERE sandbox = :sandbox AND target = :id"
      " UNION SELECT source FROM resource_reference WHERE sandbox = :sandbox_2 AND target = :alt)"
      " AND org = :org AND id <> :itself ORDER BY number LIMIT :limit",
      scope.sandbox, id, scope.sandbox, alt_id, scope.org, id, limit);
}

Result<std::vector<Referrer>> affected_resources(ReadTx& tx, const Scope& scope, const ResourceId& id) {
  return find_rows<Referrer>(
      tx,
      "WITH RECURSIVE affected (number, id, alt_id) AS ("
      " SELECT number, id, alt_id FROM resource WHERE sandbox = :sandbox AND id = :id"
      " UNION SELECT r.number, r.id, r.alt_id FROM affected a"
      " CROSS JOIN resource_reference f ON f.sandbox = :sandbox_2 AND f.target IN (a.id, a.alt_id) AND f.kind = "
      "'refers'"
      " CROSS JOIN resource r ON r.number = f.source"
      ") SELECT id, type, title, version FROM resource WHERE number IN (SELECT number FROM affected) AND org = :org"
      " ORDER BY number",
      scope.sandbox, id, scope.sandbox, scope.org);
}

Result<std::vector<TaggedSchema>> tagged_schemas(ReadTx& tx, const Scope& scope, std::string_view tag, int64_t limit) {
  return find_rows<TaggedSchema>(
      tx,
      "SELECT class_id, id FROM resource r WHERE org = :org AND sandbox = :sandbox AND type = 'schemas'"
      " AND container = 'tenant' AND EXISTS (SELECT 1 FROM json_each(r.document, '$.\"meta:immutableTags\"') t"
      "  WHERE t.value = :tag)"
      " ORDER BY class_id, id LIMIT :limit",
      scope.org, scope.sandbox, tag, limit);
}

}  // namespace lakegate::ledger
