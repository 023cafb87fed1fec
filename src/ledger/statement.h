// Statement: one prepared SQL statement with places for its parameters and its row. SOCI stays behind this header.
#pragma once

#include <cstdint>
#include <memory>
#include <span>
#include <string>
#include <string_view>

#include "base/result.h"

namespace lakegate::ledger {

class Connection;

enum class CellKind { number, text };

// Prepared once, run many times: parameters and columns keep their places, so nothing is bound anew. Belongs to its
// connection's thread.
class Statement {
 public:
  // Throws what SOCI throws (Connection::statement catches it).
  Statement(Connection& connection, const std::string& sql, std::span<const CellKind> parameters,
            std::span<const CellKind> columns);
  ~Statement();

  void set(size_t parameter, int64_t number);
  void set(size_t parameter, std::string_view text);
  void set_null(size_t parameter);

  // Of the row that `run` shows.
  bool is_null(size_t column) const;
  int64_t number(size_t column) const;
  const std::string& text(size_t column) const;

  // Runs to the end (a statement left half read would hold its view open) and calls `on_row` for each row. Returns the
  // rows changed. After an error the statement must be dropped.
  template <class OnRow>
  Result<int64_t> run(OnRow&& on_row) {
    LG_ASSIGN(bool more, first());
    while (more) {
      on_row();
      LG_ASSIGN(more, next());
    }
    return changed_rows();
  }

 private:
  struct Places;

  Result<bool> first();
  Result<bool> next();
  int64_t changed_rows() const;

  Connection& connection_;
  std::unique_ptr<Places> places_;
};

}  // namespace lakegate::ledger
