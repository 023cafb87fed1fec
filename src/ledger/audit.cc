#include "ledger/audit.h"

#include "ledger/sql.h"

namespace lakegate::ledger {

template <class Visit>
void visit_columns(Visit& visit, AuditEntry& entry) {
  visit(entry.org, entry.at, entry.actor, entry.action, entry.subject, entry.detail);
}

Status record_audit(Tx& tx, const AuditEntry& entry) {
  LG_TRY(change_rows(tx,
                     "INSERT INTO audit (org, at, actor, action, subject, detail) VALUES"
                     " (:org, :at, :actor, :action, :subject, :detail)",
                     entry.org, entry.at, entry.actor, entry.action, entry.subject, entry.detail));
  return {};
}

Result<std::vector<AuditEntry>> list_audit(ReadTx& tx, OrgNumber org, std::string_view subject, int64_t limit) {
  return find_rows<AuditEntry>(tx,
                               "SELECT org, at, actor, action, subject, detail FROM audit"
                               " WHERE org = :org AND subject = :subject ORDER BY number DESC LIMIT :limit",
                               org, subject, limit);
}

}  // namespace lakegate::ledger
