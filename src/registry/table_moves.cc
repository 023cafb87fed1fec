#include "registry/table_moves.h"

#include <algorithm>
#include <set>
#include <utility>

#include "base/sha256.h"
#include "ledger/tables.h"
#include "model/check_schema_json.h"
#include "model/error_codes.h"
#include "model/table_schema_json.h"
#include "xdm/compare.h"
#include "xdm/table_mapping.h"

namespace lakegate::registry {
namespace {

constexpr size_t named_fields_max = 5;

ledger::PinnedSchema pin(const ledger::SchemaUser& dataset, const xdm::ResolvedSchema& schema,
                         const TableSchema& columns, const CheckSchema& checks, Millis now) {
  ledger::PinnedSchema pinned;
  pinned.dataset_id = dataset.id;
  pinned.schema_version = dataset.schema_version + 1;
  pinned.resolved_json = xdm::to_text(schema);
  pinned.table_schema_json = table_schema_to_json(columns);
  pinned.check_schema_json = check_schema_to_json(checks);
  pinned.check_hash = sha256_hex(pinned.check_schema_json);
  pinned.created = now;
  return pinned;
}

// Schemas that neither a snapshot nor the table itself names any more go, as in every round.
void keep_referenced_schemas(TableState& table) {
  std::set<int32_t> referenced = {table.current_schema_id};
  for (const Snapshot& snapshot : table.snapshots) referenced.insert(snapshot.schema_id);
  std::erase_if(table.schemas, [&](const TableSchema& schema) { return !referenced.contains(schema.schema_id); });
}

Status evolve_table(Tx& ledger, const TableMove& move, Millis now) {
  LG_ASSIGN(TableState table, ledger::load_table(ledger, move.dataset.id));
  table.version += 1;
  table.last_updated = std::max(table.last_updated, now);
  table.last_column_id = std::max(table.last_column_id, move.last_field_id);
  table.current_schema_id = move.columns.schema_id;
  table.schemas.push_back(move.columns);
  keep_referenced_schemas(table);
  return ledger::store_table(ledger, table);
}

}  // namespace

size_t TableMove::text_bytes() const {
  return pinned.resolved_json.size() + 2 * pinned.table_schema_json.size() + pinned.check_schema_json.size();
}

Status check_grows(const xdm::ResolvedSchema& before, const xdm::ResolvedSchema& next, std::string_view user) {
  const std::vector<xdm::Incompatibility> found = xdm::compare(before, next);
  if (found.empty()) return {};
  std::string said;
  for (size_t i = 0; i < std::min(found.size(), named_fields_max); ++i) {
    said += fmt::format("Field \"{}\": {} ", found[i].path, found[i].problem);
  }
  if (found.size() > named_fields_max) said += fmt::format("And {} more. ", found.size() - named_fields_max);
  return fail(codes::schema_breaks_data,
              "{}From here on the schema can only grow, because of {}. Keep these fields as they are and add new ones "
              "beside them.",
              said, user);
}

Result<std::optional<TableMove>> plan_move(ReadTx& ledger, const ledger::SchemaUser& dataset,
                                           const xdm::ResolvedSchema& next, Millis now) {
  LG_ASSIGN(const ledger::PinnedSchema former, ledger::get_pinned_schema(ledger, dataset.id, dataset.schema_version));
  if (dataset.holds_data) {
    LG_ASSIGN(const xdm::ResolvedSchema before, xdm::resolved_schema_from_text(former.resolved_json));
    LG_TRY(check_grows(before, next, fmt::format("dataset \"{}\" ({}), which holds data", dataset.name, dataset.id)));
  }
  LG_ASSIGN(std::vector<FieldFact> known, ledger::field_facts(ledger, dataset.id));
  xdm::FieldFacts facts(std::move(known));
  TableMove move{.dataset = dataset};
  LG_ASSIGN(move.columns, xdm::to_table_schema(next, facts));
  if (move.columns.columns.empty()) {
    return fail(codes::schema_breaks_data,
                "No field that makes a column would be left for dataset \"{}\" ({}). Delete the dataset first.",
                dataset.name, dataset.id);
  }
  LG_ASSIGN(const CheckSchema checks, xdm::to_check_schema(next, move.columns));
  LG_ASSIGN(const TableSchema former_columns, table_schema_from_json(former.table_schema_json));
  move.columns_differ = move.columns.columns != former_columns.columns;
  // Numbers of pinned schemas grow by one, so an id made of them is new to the table.
  move.columns.schema_id =
      move.columns_differ ? static_cast<int32_t>(dataset.schema_version) : former_columns.schema_id;
  move.pinned = pin(dataset, next, move.columns, checks, now);
  if (!move.columns_differ && move.pinned.check_hash == former.check_hash) return std::nullopt;
  move.facts.assign(facts.added().begin(), facts.added().end());
  move.last_field_id = facts.last_field_id();
  return move;
}

Status store_move(Tx& ledger, const TableMove& move, Millis now) {
  LG_TRY(ledger::move_to_next_schema(ledger, move.dataset.id, move.dataset.schema_version));
  LG_TRY(ledger::add_field_facts(ledger, move.dataset.id, move.facts));
  LG_TRY(ledger::pin_schema(ledger, move.pinned));
  if (!move.columns_differ) return {};
  return evolve_table(ledger, move, now);
}

}  // namespace lakegate::registry
