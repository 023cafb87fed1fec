// StatementCosts: what SQLite itself says it did for the statements of one connection.
#pragma once

#include <cstdint>
#include <string>
#include <vector>

#include "ledger/transaction.h"

namespace lakegate::ledger {

// Counts from construction to destruction, inside of one closure. Tables of a row or two count too: give them more.
class StatementCosts {
 public:
  explicit StatementCosts(const ReadTx& tx);
  ~StatementCosts();
  StatementCosts(const StatementCosts&) = delete;
  StatementCosts& operator=(const StatementCosts&) = delete;

  // Texts of those that walked through a whole table or index.
  const std::vector<std::string>& full_scans() const { return full_scans_; }
  // Texts of those that sorted rows which no index had in order.
  const std::vector<std::string>& sorts() const { return sorts_; }
  int64_t statements() const { return statements_; }
  // Inserted, updated and deleted so far.
  int64_t rows_written() const;

 private:
  struct Hook;

  void* database_ = nullptr;  // sqlite3*
  int64_t rows_before_ = 0;
  int64_t statements_ = 0;
  std::vector<std::string> full_scans_;
  std::vector<std::string> sorts_;
};

}  // namespace lakegate::ledger
