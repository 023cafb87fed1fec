// A ledger of its own with two orgs, for tests: what each operation needs around it, in one line.
#pragma once

#include <filesystem>
#include <memory>
#include <optional>
#include <stdexcept>
#include <string>
#include <string_view>
#include <utility>

#include "base/temporary_folder.h"
#include "ledger/batches.h"
#include "ledger/files.h"
#include "ledger/ledger.h"
#include "model/dataset.h"
#include "model/validation_report.h"

namespace lakegate {

// The value, or the end of the test by an exception that says why.
template <class T>
T must(Result<T> result) {
  if (!result.has_value()) throw std::runtime_error(result.error().message);
  if constexpr (!std::is_void_v<T>) return *std::move(result);
}

// The refusal; no error is the end of the test.
template <class T>
Error refusal_of(const Result<T>& result) {
  if (result.has_value()) throw std::runtime_error("It was not refused");
  return result.error();
}

// Ids count up, and so does time where the caller does not say it. For one thread.
class LedgerWorld {
 public:
  LedgerWorld();

  Ledger& ledger() { return *ledger_; }
  const std::filesystem::path& file() const { return file_; }

  const Scope& scope() const { return scope_; }            // org "acme", sandbox "prod"
  const Scope& other_sandbox() const { return sandbox_; }  // of the same org
  const Scope& other_org() const { return other_org_scope_; }
  const DatasetId& dataset() const { return dataset_; }  // "events", in scope()
  static constexpr int64_t epoch = 7;
  Millis now() { return ++now_; }

  template <class Closure>
  auto write(Closure&& closure) {
    return ledger_->write(std::forward<Closure>(closure));
  }
  template <class Closure>
  auto read(Closure&& closure) {
    return ledger_->read(std::forward<Closure>(closure));
  }

  // With its first pinned schema.
  DatasetId insert_dataset(const Scope& scope, const std::string& name);

  // Of dataset(), `loading`, not in the ledger yet.
  Batch new_batch();
  BatchId insert_batch();
  BatchId insert_batch(const Batch& batch);
  Batch batch(const BatchId& id);
  // Along the shortest way, with what each step needs (an error, a snapshot).
  Batch move_to(const BatchId& id, BatchStatus status);
  Batch move(const BatchId& id, BatchEvent event);

  // A new object that is `writing`.
  ObjectKey begin_object(const BatchId& batch);
  BatchFile put_file(const BatchId& batch, std::string path, int64_t sent_bytes = 100);

  static ValidationReport good_report(int64_t sent_bytes = 100, int64_t rows = 10);
  static ValidationReport bad_report(int64_t failed_rows = 3);

 private:
  Scope insert_scope(std::string_view org, std::string_view sandbox);

  TemporaryFolder folder_;
  std::filesystem::path file_ = folder_.path() / "ledger.db";
  std::unique_ptr<Ledger> ledger_;
  Millis now_ = 1'700'000'000'000;
  int64_t last_id_ = 0;
  Scope scope_;
  Scope sandbox_;
  Scope other_org_scope_;
  DatasetId dataset_;
};

}  // namespace lakegate
