#include "ledger/resources.h"

#include "ledger/sql.h"
#include "model/error_codes.h"

namespace lakegate::ledger {

template <class Visit>
void visit_columns(Visit& visit, Resource& resource) {
  visit(resource.scope.org, resource.scope.sandbox, resource.id, resource.alt_id, resource.container, resource.type,
        resource.title, resource.class_id, resource.document, resource.version, resource.created, resource.updated,
        resource.created_user, resource.created_client, resource.updated_user, resource.updated_client);
}

template <class Visit>
void visit_columns(Visit& visit, ResourceHead& head) {
  visit(head.id, head.alt_id, head.type, head.title, head.class_id, head.version, head.created, head.updated);
}

template <class Visit>
void visit_columns(Visit& visit, ResourceCount& count) {
  visit(count.container, count.type, count.count);
}

namespace {

// In the order of visit_columns.
constexpr std::string_view select_resource =
    "SELECT org, sandbox, id, alt_id, container, type, title, class_id, document, version, created, updated,"
    " created_user, created_client, updated_user, updated_client FROM resource";

std::unexpected<Error> not_found(std::string_view id_or_alt_id) {
  return fail(codes::schema_not_found, "There is no schema resource '{}' in the sandbox", id_or_alt_id);
}

Status check_ids_are_free(ReadTx& tx, const Resource& resource) {
  LG_ASSIGN(const auto other,
            find_row<ResourceId>(tx,
                                 "SELECT id FROM resource WHERE sandbox = :sandbox AND id = :id"
                                 " UNION ALL"
                                 " SELECT id FROM resource WHERE sandbox = :sandbox_2 AND alt_id = :alt_id LIMIT 1",
                                 resource.scope.sandbox, resource.id, resource.scope.sandbox, resource.alt_id));
  if (!other.has_value()) return {};
  return fail(codes::conflict, "The sandbox has a resource {} already; $id {} and meta:altId {} must be its own",
              *other, resource.id, resource.alt_id);
}

Status check_title_is_free(ReadTx& tx, const Resource& resource) {
  if (resource.container != "tenant") return {};
  LG_ASSIGN(const auto other, find_tenant_resource_by_title(tx, resource.scope, resource.title));
  if (!other.has_value() || other->id == resource.id) return {};
  return fail(codes::schema_title_taken,
              "The title \"{}\" is taken by \"{}\" ({}). Titles are unique in a sandbox, whatever the type.",
              resource.title, other->id, other->type);
}

// One of eight texts. What a query leaves open is compared so that it always holds, which keeps the parameters the
// same.
std::string list_statement(const ResourceQuery& query) {
  return fmt::format(
      "{} WHERE org = :org AND sandbox = :sandbox AND type {} :type AND title {} :title"
      " AND container {} :container AND (class_id = :class_id OR :any_class = 1)"
      " ORDER BY title {}, id {} LIMIT :limit",
      select_resource, query.type.empty() ? "<>" : "=",
      query.after_title.has_value() ? (query.descending ? "<" : ">") : ">=", query.container.empty() ? "<>" : "=",
      query.descending ? "DESC" : "ASC", query.descending ? "DESC" : "ASC");
}

// What the document says, in the words of migration_4.
Status store_references(Tx& tx, const Resource& resource) {
  LG_TRY(change_rows(tx,
                     "INSERT OR IGNORE INTO resource_reference (source, sandbox, kind, target)"
                     " SELECT number, sandbox, 'refers', target FROM ("
                     "  SELECT r.number, r.sandbox, r.id, CASE instr(t.value, '#') WHEN 0 THEN t.value"
                     "   ELSE substr(t.value, 1, instr(t.value, '#') - 1) END AS target"
                     "  FROM resource r, json_tree(r.document) t"
                     "  WHERE r.sandbox = :sandbox AND r.id = :id AND t.key = '$ref' AND t.type = 'text')"
                     " WHERE target <> '' AND target <> id",
                     resource.scope.sandbox, resource.id));
  LG_TRY(change_rows(tx,
                     "INSERT OR IGNORE INTO resource_reference (source, sandbox, kind, target)"
                     " SELECT r.number, r.sandbox, 'intends', t.value"
                     " FROM resource r, json_each(r.document, '$.\"meta:intendedToExtend\"') t"
                     " WHERE r.sandbox = :sandbox AND r.id = :id AND t.type = 'text' AND t.value <> ''",
                     resource.scope.sandbox, resource.id));
  return {};
}

Status forget_references(Tx& tx, const Resource& resource) {
  LG_TRY(change_rows(tx,
                     "DELETE FROM resource_reference WHERE source ="
                     " (SELECT number FROM resource WHERE sandbox = :sandbox AND id = :id)",
                     resource.scope.sandbox, resource.id));
  return {};
}

Status count_change(Tx& tx, const Scope& scope) {
  LG_TRY(change_rows(tx,
                     "INSERT INTO registry_change (sandbox, count) VALUES (:sandbox, 1)"
                     " ON CONFLICT (sandbox) DO UPDATE SET count = count + 1",
                     scope.sandbox));
  return {};
}

}  // namespace

Status insert_resource(Tx& tx, const Resource& resource) {
  LG_TRY(check_ids_are_free(tx, resource));
  LG_TRY(check_title_is_free(tx, resource));
  LG_TRY(change_rows(tx,
                     "INSERT INTO resource (org, sandbox, id, alt_id, container, type, title, class_id, document,"
                     " version, created, updated, created_user, created_client, updated_user, updated_client) VALUES"
                     " (:org, :sandbox, :id, :alt_id, :container, :type, :title, :class_id, :document,"
                     " :version, :created, :updated, :created_user, :created_client, :updated_user, :updated_client)",
                     resource.scope.org, resource.scope.sandbox, resource.id, resource.alt_id, resource.container,
                     resource.type, resource.title, resource.class_id, resource.document, resource.version,
                     resource.created, resource.updated, resource.created_user, resource.created_client,
                     resource.updated_user, resource.updated_client));
  if (resource.container == "global") LG_TRY(count_change(tx, resource.scope));
  return store_references(tx, resource);
}

Status update_resource(Tx& tx, const Resource& resource, int64_t expected_version) {
  LG_ASSIGN(const Resource stored, find_resource(tx, resource.scope, resource.id.text()));
  if (stored.version != expected_version) {
    return fail(codes::precondition_failed, "Resource {} has version 1.{}, not 1.{}: read it again", resource.id,
                stored.version, expected_version);
  }
  LG_TRY(check_title_is_free(tx, resource));
  LG_TRY(change_rows(tx,
                     "UPDATE resource SET title = :title, class_id = :class_id, document = :document,"
                     " version = :version, updated = :updated, updated_user = :user, updated_client = :client"
                     " WHERE sandbox = :sandbox AND id = :id",
                     resource.title, resource.class_id, resource.document, resource.version, resource.updated,
                     resource.updated_user, resource.updated_client, resource.scope.sandbox, resource.id));
  LG_TRY(count_change(tx, resource.scope));
  LG_TRY(forget_references(tx, resource));
  return store_references(tx, resource);
}

Status delete_resource(Tx& tx, const Scope& scope, const ResourceId& id) {
  LG_ASSIGN(const int64_t changed,
            change_rows(tx, "DELETE FROM resource WHERE org = :org AND sandbox = :sandbox AND id = :id", scope.org,
                        scope.sandbox, id));
  if (changed == 1) return count_change(tx, scope);
  return not_found(id.text());
}

Result<Resource> find_resource(ReadTx& tx, const Scope& scope, std::string_view id_or_alt_id) {
  static const std::string sql = fmt::format(
      "{} WHERE org = :org AND number IN (SELECT number FROM resource WHERE sandbox = :sandbox AND id = :id"
      " UNION ALL SELECT number FROM resource WHERE sandbox = :sandbox_2 AND alt_id = :alt_id) LIMIT 1",
      select_resource);
  LG_ASSIGN(auto resource,
            find_row<Resource>(tx, sql, scope.org, scope.sandbox, id_or_alt_id, scope.sandbox, id_or_alt_id));
  if (!resource.has_value()) return not_found(id_or_alt_id);
  return *std::move(resource);
}

Result<std::optional<Resource>> find_tenant_resource_by_title(ReadTx& tx, const Scope& scope, std::string_view title) {
  static const std::string sql = fmt::format(
      "{} WHERE org = :org AND sandbox = :sandbox AND container = 'tenant' AND title = :title", select_resource);
  return find_row<Resource>(tx, sql, scope.org, scope.sandbox, title);
}

Result<std::vector<Resource>> list_resources(ReadTx& tx, const Scope& scope, const ResourceQuery& query) {
  return find_rows<Resource>(tx, list_statement(query), scope.org, scope.sandbox, query.type,
                             query.after_title.value_or(""), query.container, query.class_id, query.class_id.empty(),
                             query.limit);
}

Result<std::vector<ResourceHead>> recent_resources(ReadTx& tx, const Scope& scope, bool by_update, int64_t limit) {
  return find_rows<ResourceHead>(tx,
                                 "SELECT id, alt_id, type, title, class_id, version, created, updated FROM resource"
                                 " WHERE org = :org AND sandbox = :sandbox AND container = 'tenant'"
                                 " ORDER BY CASE :by_update WHEN 1 THEN updated ELSE created END DESC, number DESC"
                                 " LIMIT :limit",
                                 scope.org, scope.sandbox, by_update, limit);
}

Result<std::vector<ResourceHead>> schema_heads(ReadTx& tx, const Scope& scope, int64_t limit) {
  return find_rows<ResourceHead>(tx,
                                 "SELECT id, alt_id, type, title, class_id, version, created, updated FROM resource"
                                 " WHERE org = :org AND sandbox = :sandbox AND type = 'schemas'"
                                 " AND container = 'tenant' ORDER BY title, id LIMIT :limit",
                                 scope.org, scope.sandbox, limit);
}

Result<std::vector<ResourceCount>> count_resources(ReadTx& tx, const Scope& scope) {
  return find_rows<ResourceCount>(tx,
                                  "SELECT container, type, count(*) FROM resource"
                                  " WHERE org = :org AND sandbox = :sandbox GROUP BY container, type"
                                  " ORDER BY container, type",
                                  scope.org, scope.sandbox);
}

}  // namespace lakegate::ledger
