#include "ledger/sandbox_changes.h"

#include <optional>
#include <tuple>

#include "base/error_codes.h"
#include "ledger/sql.h"
#include "model/error_codes.h"

namespace lakegate::ledger {
namespace {

Status one_sandbox(const Result<int64_t>& changed, const Scope& scope) {
  if (!changed.has_value()) return std::unexpected(changed.error());
  if (*changed == 1) return {};
  return fail(codes::not_found, "There is no sandbox number {}", scope.sandbox);
}

}  // namespace

Status check_sandbox_empty(ReadTx& tx, const Scope& scope) {
  using Named = std::tuple<DatasetId, std::string>;
  LG_ASSIGN(const auto dataset, find_row<Named>(tx,
                                                "SELECT id, name FROM dataset WHERE org = :org AND sandbox = :sandbox"
                                                " AND deleted = 0 ORDER BY created, id LIMIT 1",
                                                scope.org, scope.sandbox));
  if (dataset) {
    return fail(codes::sandbox_in_use, "The sandbox holds dataset {} (\"{}\"). Delete its datasets first.",
                std::get<0>(*dataset), std::get<1>(*dataset));
  }
  // A dataset's deletion moves its batches on before long.
  LG_ASSIGN(const auto batch,
            find_row<BatchId>(tx,
                              "SELECT id FROM batch WHERE sandbox = :sandbox AND (status = 'loading'"
                              " OR status = 'loaded' OR status = 'staging' OR status = 'staged') LIMIT 1",
                              scope.sandbox));
  if (!batch) return {};
  return fail(codes::sandbox_in_use, "Batch {} of the sandbox is on its way still. Try again when it is at its end.",
              *batch);
}

Status set_sandbox_title(Tx& tx, const Scope& scope, std::string_view title, Millis now, std::string_view user) {
  return one_sandbox(
      change_rows(tx,
                  "UPDATE sandbox SET title = :title, version = version + 1, updated = :now, updated_user = :user"
                  " WHERE org = :org AND number = :number AND deleted IS NULL",
                  title, now, user, scope.org, scope.sandbox),
      scope);
}

Status delete_sandbox(Tx& tx, const Scope& scope, Millis now, std::string_view user) {
  LG_TRY(check_sandbox_empty(tx, scope));
  return one_sandbox(change_rows(tx,
                                 "UPDATE sandbox SET name = name || '~' || number, version = version + 1,"
                                 " deleted = :deleted, updated = :now, updated_user = :user"
                                 " WHERE org = :org AND number = :number AND deleted IS NULL",
                                 now, now, user, scope.org, scope.sandbox),
                     scope);
}

}  // namespace lakegate::ledger
