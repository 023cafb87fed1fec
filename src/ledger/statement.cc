#include "ledger/statement.h"

#include <soci/soci.h>
#include <soci/sqlite3/soci-sqlite3.h>

#include <vector>

#include "ledger/connection.h"

namespace lakegate::ledger {
namespace {

struct Cell {
  soci::indicator indicator = soci::i_null;
  long long number = 0;
  std::string text;
};

}  // namespace

// The cells' addresses are bound: the vectors never grow after construction.
struct Statement::Places {
  std::vector<Cell> parameters;
  std::vector<Cell> columns;
  soci::statement statement;

  Places(soci::session& session, size_t parameter_count, size_t column_count)
      : parameters(parameter_count), columns(column_count), statement(session) {}
};

Statement::Statement(Connection& connection, const std::string& sql, std::span<const CellKind> parameters,
                     std::span<const CellKind> columns)
    : connection_(connection),
      places_(std::make_unique<Places>(connection.session(), parameters.size(), columns.size())) {
  soci::statement& statement = places_->statement;
  statement.alloc();
  for (size_t i = 0; i < columns.size(); ++i) {
    Cell& cell = places_->columns[i];
    if (columns[i] == CellKind::number) {
      statement.exchange(soci::into(cell.number, cell.indicator));
    } else {
      statement.exchange(soci::into(cell.text, cell.indicator));
    }
  }
  for (size_t i = 0; i < parameters.size(); ++i) {
    Cell& cell = places_->parameters[i];
    if (parameters[i] == CellKind::number) {
      statement.exchange(soci::use(std::as_const(cell.number), cell.indicator));
    } else {
      statement.exchange(soci::use(std::as_const(cell.text), cell.indicator));
    }
  }
  statement.prepare(sql);
  statement.define_and_bind();
}

Statement::~Statement() = default;

void Statement::set(size_t parameter, int64_t number) {
  places_->parameters[parameter].number = number;
  places_->parameters[parameter].indicator = soci::i_ok;
}

void Statement::set(size_t parameter, std::string_view text) {
  places_->parameters[parameter].text = text;
  places_->parameters[parameter].indicator = soci::i_ok;
}

void Statement::set_null(size_t parameter) { places_->parameters[parameter].indicator = soci::i_null; }

bool Statement::is_null(size_t column) const { return places_->columns[column].indicator == soci::i_null; }

int64_t Statement::number(size_t column) const { return is_null(column) ? 0 : places_->columns[column].number; }

const std::string& Statement::text(size_t column) const { return places_->columns[column].text; }

Result<bool> Statement::first() {
  try {
    const bool got = places_->statement.execute(true);
    return got && !places_->columns.empty();
  } catch (...) {
    return std::unexpected(connection_.caught("run a statement"));
  }
}

Result<bool> Statement::next() {
  try {
    return places_->statement.fetch();
  } catch (...) {
    return std::unexpected(connection_.caught("read a row"));
  }
}

int64_t Statement::changed_rows() const { return places_->statement.get_affected_rows(); }

}  // namespace lakegate::ledger
