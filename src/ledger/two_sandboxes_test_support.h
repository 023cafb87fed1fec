// TwoSandboxes: an empty ledger with two sandboxes that must never see each other's rows. Where LedgerWorld goes the
// way of the operations, this puts single rows there, whatever state they are in.
#pragma once

#include <cstdint>
#include <memory>
#include <string>
#include <string_view>
#include <vector>

#include "base/temporary_folder.h"
#include "ledger/ledger_test_support.h"
#include "model/dataset.h"

namespace lakegate::ledger {

// The error's id; empty: there was none.
template <class T>
std::string_view code_of(const Result<T>& result) {
  return result.has_value() ? std::string_view() : result.error().code->id;
}

class TwoSandboxes {
 public:
  TwoSandboxes();

  Ledger& ledger() { return *ledger_; }
  template <class Closure>
  auto write(Closure closure) {
    return ledger_->write(closure);
  }
  template <class Closure>
  auto read(Closure closure) {
    return ledger_->read(closure);
  }

  Scope scope() const { return scope_; }
  Scope other_scope() const { return other_scope_; }  // of another org

  // Not inserted: living, of scope(), with ids made from `name`.
  Dataset dataset(std::string_view name) const;
  // Inserted with one pinned schema.
  DatasetId add_dataset(std::string_view name);
  // A row of a batch in that state, with as little as the ledger takes.
  BatchId add_batch(const DatasetId& dataset, std::string_view id, std::string_view status, Millis updated = 0);
  // Its row alone, `writing`.
  ObjectKey add_object(const DatasetId& dataset, std::string_view key);
  // Changes made around all operations.
  void run(std::string_view sql);
  int64_t count(std::string_view select_number);

  std::vector<Wake> wakes() const { return wakes_; }  // of all commits so far

 private:
  TemporaryFolder folder_;
  std::vector<Wake> wakes_;
  std::unique_ptr<Ledger> ledger_;
  Scope scope_;
  Scope other_scope_;
};

}  // namespace lakegate::ledger
