#include "ledger/descriptors.h"

#include "ledger/sql.h"
#include "model/error_codes.h"

namespace lakegate::ledger {

template <class Visit>
void visit_columns(Visit& visit, Descriptor& descriptor) {
  visit(descriptor.id, descriptor.scope.org, descriptor.scope.sandbox, descriptor.type, descriptor.source_schema,
        descriptor.source_property, descriptor.other_schema, descriptor.document, descriptor.created,
        descriptor.updated);
}

namespace {

constexpr std::string_view select_descriptor =
    "SELECT id, org, sandbox, type, source_schema, source_property, other_schema, document, created, updated"
    " FROM descriptor";

std::unexpected<Error> not_found(std::string_view id) {
  return fail(codes::descriptor_not_found, "There is no descriptor \"{}\" in the sandbox.", id.substr(0, 200));
}

}  // namespace

Status insert_descriptor(Tx& tx, const Descriptor& descriptor) {
  LG_TRY(change_rows(tx,
                     "INSERT INTO descriptor (id, org, sandbox, type, source_schema, source_property, other_schema,"
                     " document, created, updated) VALUES (:id, :org, :sandbox, :type, :source_schema,"
                     " :source_property, :other_schema, :document, :created, :updated)",
                     descriptor.id, descriptor.scope.org, descriptor.scope.sandbox, descriptor.type,
                     descriptor.source_schema, descriptor.source_property, descriptor.other_schema, descriptor.document,
                     descriptor.created, descriptor.updated));
  return {};
}

Status update_descriptor(Tx& tx, const Descriptor& descriptor) {
  LG_ASSIGN(const int64_t changed,
            change_rows(tx,
                        "UPDATE descriptor SET type = :type, source_schema = :source_schema,"
                        " source_property = :source_property, other_schema = :other_schema, document = :document,"
                        " updated = :updated WHERE sandbox = :sandbox AND id = :id AND org = :org",
                        descriptor.type, descriptor.source_schema, descriptor.source_property, descriptor.other_schema,
                        descriptor.document, descriptor.updated, descriptor.scope.sandbox, descriptor.id,
                        descriptor.scope.org));
  if (changed == 1) return {};
  return not_found(descriptor.id);
}

Status delete_descriptor(Tx& tx, const Scope& scope, std::string_view id) {
  LG_ASSIGN(const int64_t changed,
            change_rows(tx, "DELETE FROM descriptor WHERE sandbox = :sandbox AND id = :id AND org = :org",
                        scope.sandbox, id, scope.org));
  if (changed == 1) return {};
  return not_found(id);
}

Result<Descriptor> find_descriptor(ReadTx& tx, const Scope& scope, std::string_view id) {
  static const std::string sql =
      fmt::format("{} WHERE sandbox = :sandbox AND id = :id AND org = :org", select_descriptor);
  LG_ASSIGN(auto found, find_row<Descriptor>(tx, sql, scope.sandbox, id, scope.org));
  if (!found) return not_found(id);
  return *std::move(found);
}

Result<int64_t> count_descriptors(ReadTx& tx, const Scope& scope) {
  LG_ASSIGN(const auto count,
            find_row<int64_t>(tx, "SELECT count(*) FROM descriptor WHERE org = :org AND sandbox = :sandbox", scope.org,
                              scope.sandbox));
  return count.value_or(0);
}

Result<std::vector<Descriptor>> list_descriptors(ReadTx& tx, const Scope& scope, int64_t limit) {
  static const std::string sql =
      fmt::format("{} WHERE org = :org AND sandbox = :sandbox ORDER BY type, id LIMIT :limit", select_descriptor);
  return find_rows<Descriptor>(tx, sql, scope.org, scope.sandbox, limit);
}

Result<std::vector<Descriptor>> descriptors_of_schema(ReadTx& tx, const Scope& scope, const ResourceId& schema,
                                                      int64_t limit) {
  static const std::string sql = fmt::format(
      "{} WHERE sandbox = :sandbox AND source_schema = :schema AND org = :org ORDER BY type, source_property, id"
      " LIMIT :limit",
      select_descriptor);
  return find_rows<Descriptor>(tx, sql, scope.sandbox, schema, scope.org, limit);
}

Result<std::vector<Descriptor>> descriptors_leading_to(ReadTx& tx, const Scope& scope, const ResourceId& schema,
                                                       int64_t limit) {
  static const std::string sql = fmt::format(
      "{} WHERE sandbox = :sandbox AND other_schema = :schema AND other_schema <> '' AND org = :org ORDER BY id"
      " LIMIT :limit",
      select_descriptor);
  return find_rows<Descriptor>(tx, sql, scope.sandbox, schema, scope.org, limit);
}

Status delete_descriptors_of_schema(Tx& tx, const Scope& scope, const ResourceId& schema) {
  LG_TRY(change_rows(tx, "DELETE FROM descriptor WHERE sandbox = :sandbox AND source_schema = :schema AND org = :org",
                     scope.sandbox, schema, scope.org));
  LG_TRY(change_rows(tx,
                     "DELETE FROM descriptor WHERE sandbox = :sandbox AND other_schema = :schema"
                     " AND other_schema <> '' AND org = :org",
                     scope.sandbox, schema, scope.org));
  return {};
}

}  // namespace lakegate::ledger
