// sql: rows and parameters as C++ values. What the operations of this folder are written with.
//
//   struct Row has  template <class Visit> void visit_columns(Visit& visit, Row& row) { visit(row.a, row.b, …); }
//   LG_ASSIGN(const std::optional<Row> row, find_row<Row>(tx, "SELECT a, b FROM t WHERE id = :id", id));
//
// SQL is a literal with a :name for each parameter, each used once, in order.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <tuple>
#include <type_traits>
#include <utility>
#include <vector>

#include "base/error_codes.h"
#include "base/id.h"
#include "base/result.h"
#include "ledger/connection.h"
#include "ledger/transaction.h"

namespace lakegate::ledger {

// How a C++ type lives in a column: `Stored` is int64_t or std::string. Enumerations and JSON specialise it beside
// their operations; from_stored answers false for what cannot have been written by us.
template <class T>
struct ColumnType;

template <class T>
  requires std::is_integral_v<T>
struct ColumnType<T> {
  using Stored = int64_t;
  static int64_t to_stored(T value) { return static_cast<int64_t>(value); }
  static bool from_stored(int64_t stored, T& value) {
    value = static_cast<T>(stored);
    return true;
  }
};

template <>
struct ColumnType<std::string> {
  using Stored = std::string;
  static std::string_view to_stored(std::string_view value) { return value; }
  static bool from_stored(std::string stored, std::string& value) {
    value = std::move(stored);
    return true;
  }
};

template <>
struct ColumnType<std::string_view> {
  using Stored = std::string;
  static std::string_view to_stored(std::string_view value) { return value; }
};

template <class Tag>
struct ColumnType<Id<Tag>> {
  using Stored = std::string;
  static std::string_view to_stored(const Id<Tag>& value) { return value.text(); }
  static bool from_stored(std::string stored, Id<Tag>& value) {
    value = Id<Tag>(std::move(stored));
    return true;
  }
};

template <class Tag>
struct ColumnType<Number<Tag>> {
  using Stored = int64_t;
  static int64_t to_stored(const Number<Tag>& value) { return value.value; }
  static bool from_stored(int64_t stored, Number<Tag>& value) {
    value.value = stored;
    return true;
  }
};

template <class T>
struct ColumnType<std::optional<T>> {
  using Stored = typename ColumnType<T>::Stored;
};

template <class T>
constexpr CellKind cell_kind =
    std::is_same_v<typename ColumnType<T>::Stored, int64_t> ? CellKind::number : CellKind::text;

// A single value and a tuple are rows too.
template <class Visit, class T>
  requires requires { typename ColumnType<T>::Stored; }
void visit_columns(Visit& visit, T& value) {
  visit(value);
}
template <class Visit, class... T>
void visit_columns(Visit& visit, std::tuple<T...>& row) {
  std::apply([&](auto&... value) { visit(value...); }, row);
}

namespace sql_detail {

struct KindsVisit {
  std::vector<CellKind> kinds;
  template <class... T>
  void operator()(T&...) {
    (kinds.push_back(cell_kind<T>), ...);
  }
};

template <class T>
bool load(const Statement& statement, size_t column, T& value) {
  if constexpr (std::is_same_v<typename ColumnType<T>::Stored, int64_t>) {
    return ColumnType<T>::from_stored(statement.number(column), value);
  } else {
    return ColumnType<T>::from_stored(statement.text(column), value);
  }
}
template <class T>
bool load(const Statement& statement, size_t column, std::optional<T>& value) {
  if (statement.is_null(column)) {
    value.reset();
    return true;
  }
  return load(statement, column, value.emplace());
}

struct ReadVisit {
  const Statement& statement;
  size_t column = 0;
  bool fine = true;
  template <class... T>
  void operator()(T&... values) {
    ((fine = load(statement, column++, values) && fine), ...);
  }
};

template <class T>
void store(Statement& statement, size_t parameter, const T& value) {
  statement.set(parameter, ColumnType<T>::to_stored(value));
}
template <class T>
void store(Statement& statement, size_t parameter, const std::optional<T>& value) {
  if (value.has_value()) {
    store(statement, parameter, *value);
  } else {
    statement.set_null(parameter);
  }
}

template <class T>
using Parameter =
    std::conditional_t<std::is_convertible_v<const T&, std::string_view> && !std::is_same_v<T, std::string>,
                       std::string_view, T>;

template <class Row>
const std::vector<CellKind>& kinds_of_row() {
  static const std::vector<CellKind> kinds = [] {
    KindsVisit visit;
    Row row{};
    visit_columns(visit, row);
    return visit.kinds;
  }();
  return kinds;
}

template <class OnRow, class... T>
Result<int64_t> run(const ReadTx& tx, std::string_view sql, std::span<const CellKind> columns, OnRow&& on_row,
                    const T&... parameters) {
  static constexpr CellKind unused = CellKind::number;
  static constexpr CellKind kinds[] = {cell_kind<Parameter<T>>..., unused};
  Connection& connection = tx.connection();
  LG_ASSIGN(const std::shared_ptr<Statement> statement,
            connection.statement(sql, std::span(kinds, sizeof...(T)), columns));
  size_t next = 0;
  (store(*statement, next++, static_cast<const Parameter<T>&>(parameters)), ...);
  auto changed = statement->run([&] { on_row(*statement); });
  if (!changed.has_value()) connection.drop(sql);
  return changed;
}

}  // namespace sql_detail

inline std::unexpected<Error> unreadable_row(std::string_view sql) {
  return fail(codes::corrupt, "The ledger holds a row that this version cannot have written: {}", sql);
}

// All rows: the SQL carries a LIMIT.
template <class Row, class... T>
Result<std::vector<Row>> find_rows(const ReadTx& tx, std::string_view sql, const T&... parameters) {
  std::vector<Row> rows;
  bool fine = true;
  const auto read = [&](const Statement& statement) {
    sql_detail::ReadVisit visit{statement};
    visit_columns(visit, rows.emplace_back());
    fine = fine && visit.fine;
  };
  LG_TRY(sql_detail::run(tx, sql, sql_detail::kinds_of_row<Row>(), read, parameters...));
  if (!fine) return unreadable_row(sql);
  return rows;
}

// The first row, if any.
template <class Row, class... T>
Result<std::optional<Row>> find_row(const ReadTx& tx, std::string_view sql, const T&... parameters) {
  LG_ASSIGN(std::vector<Row> rows, find_rows<Row>(tx, sql, parameters...));
  if (rows.empty()) return std::optional<Row>();
  return std::optional<Row>(std::move(rows.front()));
}

// The number of rows changed.
template <class... T>
Result<int64_t> change_rows(Tx& tx, std::string_view sql, const T&... parameters) {
  return sql_detail::run(tx, sql, {}, [](const Statement&) {}, parameters...);
}

}  // namespace lakegate::ledger
