#include "ledger/quotas.h"

#include "ledger/sql.h"
#include "ledger/usage.h"

namespace lakegate::ledger {

template <class Visit>
void visit_columns(Visit& visit, QuotaRow& row) {
  visit(row.org, row.sandbox, row.quota.stored_bytes, row.quota.batches, row.quota.batches_per_day,
        row.quota.open_uploads);
}

Result<std::vector<QuotaRow>> list_quotas(ReadTx& tx) {
  return find_rows<QuotaRow>(
      tx, "SELECT org, sandbox, stored_bytes, batches, batches_per_day, open_uploads FROM quota ORDER BY org, sandbox");
}

Result<Quota> find_quota(ReadTx& tx, OrgNumber org, SandboxNumber sandbox) {
  LG_ASSIGN(const auto row, find_row<QuotaRow>(tx,
                                               "SELECT org, sandbox, stored_bytes, batches, batches_per_day,"
                                               " open_uploads FROM quota WHERE org = :org AND sandbox = :sandbox",
                                               org, sandbox));
  return row ? row->quota : Quota{};
}

Status set_quota(Tx& tx, OrgNumber org, SandboxNumber sandbox, const Quota& quota) {
  LG_TRY(change_rows(tx, "DELETE FROM quota WHERE org = :org AND sandbox = :sandbox", org, sandbox));
  if (quota != Quota{}) {
    LG_TRY(change_rows(tx,
                       "INSERT INTO quota (org, sandbox, stored_bytes, batches, batches_per_day, open_uploads) VALUES"
                       " (:org, :sandbox, :stored, :batches, :per_day, :open)",
                       org, sandbox, quota.stored_bytes, quota.batches, quota.batches_per_day, quota.open_uploads));
  }
  return meter_as_quotas_need(tx, org);
}

}  // namespace lakegate::ledger
