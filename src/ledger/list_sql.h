// ListSql: a client's list query as SQL. Only column names of ours are spelled into the text; every value is bound.
//
//   ListSql sql("SELECT id, name FROM dataset");
//   sql.where_seen(sight, "id");
//   LG_TRY(add_list_query(sql, query, column_of, {.created = "created", .id = "id"}));
//   return find_rows<Row>(tx, sql);
#pragma once

#include <cstdint>
#include <memory>
#include <span>
#include <string>
#include <string_view>
#include <variant>
#include <vector>

#include "base/result.h"
#include "ledger/list_query.h"
#include "ledger/sql.h"
#include "model/sight.h"

namespace lakegate::ledger {

struct ListColumn {
  std::string_view sql;  // a column's name, or an expression
  CellKind kind = CellKind::text;
  // Ties are broken by time before they are by id: an index ends so, and a walk along it needs no sorting.
  bool then_by_time = false;
  // Not empty: "SELECT … FROM … WHERE", of ids of rows for which a condition on `sql` holds. Such a column is filtered
  // by, never ordered.
  std::string_view ids_where = "";
};

// What orders the rows where the query does not.
struct ListOrder {
  std::string_view created;
  std::string_view id;
};

// `by_sorting`: what the conditions find is sorted; no index is walked for the order alone.
enum class Arrange { as_fits, by_sorting };

class ListSql {
 public:
  // `select`: the statement up to its FROM clause.
  explicit ListSql(std::string_view select) : select_(select) {}

  // The same conditions with their values, of another selection and without order and page.
  ListSql with_conditions(std::string_view select) const;
  // The same values alone, of a statement that spells the conditions itself (conditions()), perhaps more than once.
  ListSql with_values(std::string_view statement) const;
  // " WHERE …", or nothing.
  const std::string& conditions() const { return conditions_; }

  // Keeps the value and returns its placeholder; it may stand in any condition, more than once.
  std::string bind(FilterValue value);
  // All of them, for conditions on `column`; refuses as `filter`.
  Result<std::vector<std::string>> bind_all(const ListColumn& column, std::span<const FilterValue> values);
  // All conditions hold.
  void where(std::string_view condition);
  // Behind everything else.
  void end_with(std::string_view text) { ending_ += text; }

  // Rows of the sandbox, and in a narrow sight of its datasets alone: `column` holds their ids.
  void where_seen(const Sight& sight, std::string_view column);

  // These three: `list_parameter_invalid` for values of the wrong number or kind and for what is over a limit.
  Status filter(const ListColumn& column, Comparison comparison, std::span<const FilterValue> values);
  Status order_by(std::span<const OrderBy<ListColumn>> keys, const ListOrder& otherwise,
                  Arrange arrange = Arrange::as_fits);
  Status page(int64_t start, int64_t limit);

  std::string text() const;
  std::span<const FilterValue> values() const { return values_; }

 private:
  Status compare(const ListColumn& column, std::string_view sign, std::span<const FilterValue> values);
  Status equal_any(const ListColumn& column, std::span<const FilterValue> values, bool wanted);
  Status match(const ListColumn& column, std::span<const FilterValue> values, bool wanted);
  Status search(const ListColumn& column, std::span<const FilterValue> values);
  void where(const ListColumn& column, std::string_view condition);

  std::string select_;
  std::string conditions_;
  std::string ending_;  // ORDER BY and LIMIT
  std::vector<FilterValue> values_;
};

// The pattern of Comparison::matches as SQLite's GLOB has it.
std::string to_glob(std::string_view pattern);

// `list_parameter_invalid`: more filters than filters_max.
Status check_filter_count(size_t filters);

template <class Field>
Status add_filters(ListSql& sql, const ListQuery<Field>& query, ListColumn (*column_of)(Field)) {
  LG_TRY(check_filter_count(query.filters.size() + query.tags.size()));
  for (const Filter<Field>& filter : query.filters) {
    LG_TRY(sql.filter(column_of(filter.field), filter.comparison, filter.values));
  }
  return {};
}

template <class Field>
Status add_order_and_page(ListSql& sql, const ListQuery<Field>& query, ListColumn (*column_of)(Field),
                          const ListOrder& otherwise, Arrange arrange = Arrange::as_fits) {
  std::vector<OrderBy<ListColumn>> keys;
  for (const OrderBy<Field>& key : query.order) keys.push_back({column_of(key.field), key.descending});
  LG_TRY(sql.order_by(keys, otherwise, arrange));
  return sql.page(query.start, query.limit);
}

// Filters, order and page of `query`; its tags are the caller's.
template <class Field>
Status add_list_query(ListSql& sql, const ListQuery<Field>& query, ListColumn (*column_of)(Field),
                      const ListOrder& otherwise) {
  LG_TRY(add_filters(sql, query, column_of));
  return add_order_and_page(sql, query, column_of, otherwise);
}

// Made at run time: prepared for this once, never kept.
template <class Row>
Result<std::vector<Row>> find_rows(const ReadTx& tx, const ListSql& sql) {
  std::vector<CellKind> kinds;
  for (const FilterValue& value : sql.values()) {
    kinds.push_back(std::holds_alternative<int64_t>(value) ? CellKind::number : CellKind::text);
  }
  const std::string text = sql.text();
  LG_ASSIGN(const std::shared_ptr<Statement> statement,
            tx.connection().statement(text, kinds, sql_detail::kinds_of_row<Row>(), Connection::Keep::once));
  for (size_t i = 0; i < kinds.size(); ++i) {
    std::visit([&](const auto& value) { statement->set(i, value); }, sql.values()[i]);
  }
  std::vector<Row> rows;
  bool fine = true;
  LG_TRY(statement->run([&] {
    sql_detail::ReadVisit visit{*statement};
    visit_columns(visit, rows.emplace_back());
    fine = fine && visit.fine;
  }));
  if (!fine) return unreadable_row(text);
  return rows;
}

}  // namespace lakegate::ledger
