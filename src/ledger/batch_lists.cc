// Lists of batches that stay quick with a million of them. SQLite alone cannot know whether few rows pass a filter,
// which are then best found by the filter's index and sorted, or many, among which a page is best found by walking
// along the order's index. So where both are possible, the rows that pass are counted first, up to a bound.
//
// Indexes on what changes while a batch is made hold ended batches only (migration 6). A list that needs one of them
// has two arms, batches that have ended and batches that live, and SQLite merges them. The living ones are sorted each
// time: they are few, since a batch lives for seconds, and one that is left alone is given up.
#include <algorithm>
#include <optional>
#include <utility>

#include "ledger/batch_rows.h"
#include "ledger/batch_tags.h"
#include "ledger/batches.h"
#include "ledger/column_types.h"
#include "ledger/list_sql.h"

namespace lakegate::ledger {
namespace {

constexpr int64_t sorted_rows_max = 2'000;
constexpr std::string_view available = "SELECT batch_id FROM available_dates WHERE";

ListColumn column_of(BatchField field) {
  using enum BatchField;
  switch (field) {
    case id: return {"id"};
    case external_id: return {"external_id"};
    case dataset_id: return {"dataset_id", CellKind::text, true};
    case status: return {"status", CellKind::text, true};
    case created: return {"created", CellKind::number};
    case updated: return {"updated", CellKind::number};
    case started: return {"started", CellKind::number};
    case completed: return {"completed", CellKind::number};
    case record_count: return {"record_count", CellKind::number};
    case failed_record_count: return {"failed_record_count", CellKind::number};
    case size: return {"size_bytes", CellKind::number};
    case created_user: return {"created_user", CellKind::text, true};
    case updated_user: return {"updated_user"};
    case created_client: return {"created_client"};
    case version: return {"version", CellKind::number};
    case available_start: return {"start_at", CellKind::number, false, available};
    case available_end: return {"end_at", CellKind::number, false, available};
    case other_object: return {"NULL"};
  }
  return {"id"};
}

// The index that has the batches of a sandbox in the order of the field. Empty: none.
std::string_view index_of(BatchField field) {
  using enum BatchField;
  switch (field) {
    case dataset_id: return "batch_of_dataset";
    case status: return "batch_by_status";
    case created: return "batch_by_time";
    case updated: return "batch_by_update";
    case started: return "batch_by_start";
    case completed: return "batch_by_end";
    case record_count: return "batch_by_records";
    case failed_record_count: return "batch_by_failed_records";
    case size: return "batch_by_size";
    case created_user: return "batch_by_user";
    default: return "";
  }
}

bool names_values(Comparison comparison) {
  using enum Comparison;
  return comparison == any_of || comparison == less || comparison == less_or_equal || comparison == greater ||
         comparison == greater_or_equal;
}

// Whether the filter says which batches they are, by ids.
bool names_ids(const Filter<BatchField>& filter) {
  using enum BatchField;
  const bool by_id = filter.field == id || filter.field == external_id;
  const bool by_date = filter.field == available_start || filter.field == available_end;
  return (by_id && filter.comparison == Comparison::any_of && !filter.values.empty()) ||
         (by_date && (names_values(filter.comparison) || filter.comparison == Comparison::exists));
}

bool equals_one(const BatchQuery& query, BatchField field) {
  return std::ranges::any_of(query.filters, [&](const auto& filter) {
    return filter.field == field && filter.comparison == Comparison::any_of && filter.values.size() == 1;
  });
}

// An index in which the batches that pass stand together, newest or oldest first.
std::string_view index_of_filters(const Sight& sight, const BatchQuery& query) {
  using enum BatchField;
  if (!is_by_time(query)) return "";
  const bool of_dataset = equals_one(query, dataset_id) || (sight.is_narrow() && sight.listed().size() == 1);
  if (of_dataset && equals_one(query, status)) return "batch_of_dataset_in_status";
  if (of_dataset) return "batch_of_dataset";
  if (equals_one(query, status)) return "batch_by_status";
  if (equals_one(query, created_user)) return "batch_by_user";
  return "";
}

// Whether the index has batches from their first row on; others have those that have ended.
bool holds_all(std::string_view index) {
  return index == "sqlite_autoindex_batch_1" || index == "batch_by_time" || index == "batch_of_dataset" ||
         index == "batch_by_user";
}

struct Plan {
  std::string_view index;  // empty: SQLite's choice
  Arrange arrange = Arrange::as_fits;
};

// `select`: makes a SELECT up to FROM and an INDEXED BY from what stands behind the table's name.
template <class Select>
std::string two_arms(const ListSql& conditions, std::string_view ended_by, Select select) {
  return fmt::format("{}{} AND {} UNION ALL {}{} AND {}", select(ended_by), conditions.conditions(), is_ended,
                     select("INDEXED BY batch_living"), conditions.conditions(), is_living);
}

Result<bool> are_few(ReadTx& tx, const ListSql& conditions) {
  const std::string arms =
      two_arms(conditions, "", [](std::string_view by) { return fmt::format("SELECT 1 FROM batch {}", by); });
  const ListSql probe =
      conditions.with_values(fmt::format("SELECT count(*) FROM ({} LIMIT {})", arms, sorted_rows_max + 1));
  LG_ASSIGN(const std::vector<int64_t> found, find_rows<int64_t>(tx, probe));
  return found.front() <= sorted_rows_max;
}

ListSql statement_of(const ListSql& conditions, const Plan& plan) {
  const std::string by = plan.index.empty() ? std::string() : fmt::format("INDEXED BY {}", plan.index);
  if (holds_all(plan.index)) return conditions.with_conditions(select_batches(by));
  std::string arms = two_arms(conditions, by, select_batches);
  // What is sorted anyway, is sorted once.
  if (plan.arrange == Arrange::by_sorting) arms = fmt::format("SELECT * FROM ({})", arms);
  return conditions.with_values(arms);
}

Result<Plan> plan_of(ReadTx& tx, const ListSql& conditions, const Sight& sight, const BatchQuery& query,
                     bool has_few_tags) {
  if (has_few_tags || std::ranges::any_of(query.filters, names_ids)) {
    return Plan{"sqlite_autoindex_batch_1", Arrange::by_sorting};
  }
  if (const std::string_view together = index_of_filters(sight, query); !together.empty()) return Plan{together};
  const BatchField first = query.order.empty() ? BatchField::created : query.order.front().field;
  const std::string_view along = index_of(first);
  // A filter on what the list is ordered by cuts a piece out of the walk.
  const bool is_piece = std::ranges::any_of(query.filters, [&](const auto& filter) {
    return filter.field == first && names_values(filter.comparison) && filter.values.size() == 1;
  });
  const bool may_be_few = sight.is_narrow() || std::ranges::any_of(query.filters, [](const auto& filter) {
                            return names_values(filter.comparison) && !index_of(filter.field).empty();
                          });
  if (along.empty() || is_piece || !may_be_few) return Plan{along};
  LG_ASSIGN(const bool few, are_few(tx, conditions));
  return few ? Plan{"", Arrange::by_sorting} : Plan{along};
}

// As shown: a batch without an external id shows its own.
Status add_external_id(ListSql& sql, const Sight& sight, const Filter<BatchField>& filter) {
  LG_ASSIGN(const std::vector<std::string> places, sql.bind_all(column_of(BatchField::external_id), filter.values));
  sql.where(
      fmt::format("id {}IN (SELECT id FROM batch WHERE sandbox = {} AND external_id <> '' AND external_id IN ({})"
                  " UNION ALL SELECT id FROM batch WHERE id IN ({}) AND external_id = '')",
                  filter.comparison == Comparison::none_of ? "NOT " : "", sql.bind(sight.sandbox.value),
                  fmt::join(places, ", "), fmt::join(places, ", ")));
  return {};
}

void add_place(ListSql& sql, const BatchQuery& query) {
  if (!query.after) return;
  const bool newest_first = query.order.empty() || query.order.front().descending;
  sql.where(fmt::format("(created, id) {} ({}, {})", newest_first ? "<" : ">", sql.bind(query.after->created),
                        sql.bind(query.after->id)));
}

}  // namespace

bool is_by_time(const BatchQuery& query) {
  return query.order.empty() || (query.order.size() == 1 && query.order.front().field == BatchField::created);
}

Result<std::vector<Batch>> list_batches(ReadTx& tx, const Sight& sight, const BatchQuery& query) {
  ListSql conditions("");
  conditions.where_seen(sight, "dataset_id");
  BatchQuery plain;
  for (const Filter<BatchField>& filter : query.filters) {
    const bool as_shown = filter.field == BatchField::external_id &&
                          (filter.comparison == Comparison::any_of || filter.comparison == Comparison::none_of);
    if (!as_shown || filter.values.empty()) {
      plain.filters.push_back(filter);
    } else {
      LG_TRY(add_external_id(conditions, sight, filter));
    }
  }
  LG_TRY(check_filter_count(query.filters.size() + query.tags.size()));
  LG_TRY(add_filters(conditions, plain, column_of));
  const auto matches_nothing = [](const auto& filter) {
    return filter.comparison == Comparison::any_of && filter.values.empty();
  };
  if (std::ranges::any_of(query.filters, matches_nothing)) return std::vector<Batch>();
  if (sight.is_narrow() && sight.listed().empty()) return std::vector<Batch>();
  add_place(conditions, query);
  bool has_few_tags = false;
  for (const TagFilter& tag : query.tags) {
    LG_ASSIGN(const bool few, add_tag_condition(tx, conditions, sight, tag));
    has_few_tags = has_few_tags || few;
  }
  LG_ASSIGN(const Plan plan, plan_of(tx, conditions, sight, query, has_few_tags));
  ListSql sql = statement_of(conditions, plan);
  BatchQuery arranged{.order = query.order, .start = query.start, .limit = query.limit};
  // All batches are equal in it, and two arms are merged by columns alone.
  std::erase_if(arranged.order, [](const auto& key) { return key.field == BatchField::other_object; });
  LG_TRY(add_order_and_page(sql, arranged, column_of, {.created = "created", .id = "id"}, plan.arrange));
  return find_rows<Batch>(tx, sql);
}

// Along an index each value costs one look, however many batches share it. Where there is none, the newest batches
// tell.
Result<std::vector<std::string>> unique_values(ReadTx& tx, const Sight& sight, BatchField field, int64_t limit) {
  const ListColumn column = column_of(field);
  const std::string_view index = index_of(field);
  ListSql sql("");
  sql.where_seen(sight, "dataset_id");
  const std::string of_scope = sql.conditions().substr(std::string_view(" WHERE ").size());
  const std::string least = fmt::format("SELECT min({}) FROM batch INDEXED BY {} WHERE {}{}", column.sql, index,
                                        of_scope, holds_all(index) ? "" : fmt::format(" AND {}", is_ended));
  const std::string living = holds_all(index)
                                 ? ""
                                 : fmt::format(" UNION SELECT {} FROM batch INDEXED BY batch_living WHERE {} AND {}",
                                               column.sql, of_scope, is_living);
  const std::string walk = fmt::format(
      "WITH RECURSIVE found (value) AS ({} UNION ALL SELECT ({} AND {} > found.value) FROM found"
      " WHERE found.value IS NOT NULL LIMIT {}) SELECT CAST(value AS TEXT) FROM (SELECT value FROM found{})"
      " WHERE value IS NOT NULL ORDER BY value LIMIT {}",
      least, least, column.sql, limit, living, limit);
  const std::string newest = fmt::format(
      "SELECT DISTINCT CAST({0} AS TEXT) FROM (SELECT {0} FROM batch INDEXED BY {4} WHERE {1}"
      " ORDER BY created DESC LIMIT {2}) WHERE {0} <> '' ORDER BY 1 LIMIT {3}",
      column.sql, of_scope, unique_rows_max, limit, sight.is_narrow() ? "batch_of_dataset" : "batch_by_time");
  return find_rows<std::string>(tx, sql.with_values(index.empty() || sight.is_narrow() ? newest : walk));
}

}  // namespace lakegate::ledger
