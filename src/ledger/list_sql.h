// ListSql: a client's list query as SQL. Only column names of ours are spelled into the text; every value is bound.
//
//   ListSql sql("SELECT id, name FROM dataset");
//   sql.where(fmt::format("org = {} AND sandbox = {}", sql.bind(scope.org.value), sql.bind(scope.sandbox.value)));
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

namespace lakegate::ledger {

struct ListColumn {
  std::string_view sql;  // a column's name, or an expression
  CellKind kind = CellKind::text;
};

// What orders the rows where the query does not.
struct ListOrder {
  std::string_view created;
  std::string_view id;
};

class ListSql {
 public:
  // `select`: the statement up to its FROM clause.
  explicit ListSql(std::string_view select) : select_(select) {}

  // Keeps the value and returns its placeholder; it may stand in any condition, more than once.
  std::string bind(FilterValue value);
  // All conditions hold.
  void where(std::string_view condition);

  // These three: `list_parameter_invalid` for values of the wrong number or kind and for what is over a limit.
  Status filter(const ListColumn& column, Comparison comparison, std::span<const FilterValue> values);
  Status order_by(std::span<const OrderBy<ListColumn>> keys, const ListOrder& otherwise);
  Status page(int64_t start, int64_t limit);

  std::string text() const;
  std::span<const FilterValue> values() const { return values_; }

 private:
  Result<std::vector<std::string>> bind_all(const ListColumn& column, std::span<const FilterValue> values);
  Status compare(const ListColumn& column, std::string_view sign, std::span<const FilterValue> values);
  Status equal_any(const ListColumn& column, std::span<const FilterValue> values, bool wanted);
  Status match(const ListColumn& column, std::span<const FilterValue> values);

  std::string select_;
  std::string conditions_;
  std::string ending_;  // ORDER BY and LIMIT
  std::vector<FilterValue> values_;
};

// The pattern of Comparison::matches as SQLite's GLOB has it.
std::string to_glob(std::string_view pattern);

// `list_parameter_invalid`: more filters than filters_max.
Status check_filter_count(size_t filters);

// Filters, order and page of `query`.
template <class Field>
Status add_list_query(ListSql& sql, const ListQuery<Field>& query, ListColumn (*column_of)(Field),
                      const ListOrder& otherwise) {
  LG_TRY(check_filter_count(query.filters.size()));
  for (const Filter<Field>& filter : query.filters) {
    LG_TRY(sql.filter(column_of(filter.field), filter.comparison, filter.values));
  }
  std::vector<OrderBy<ListColumn>> keys;
  for (const OrderBy<Field>& key : query.order) keys.push_back({column_of(key.field), key.descending});
  LG_TRY(sql.order_by(keys, otherwise));
  return sql.page(query.start, query.limit);
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
