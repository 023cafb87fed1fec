// The audit trail: who changed what, apart from batches, which have their own history.
#pragma once

#include <string>
#include <string_view>
#include <vector>

#include "base/clock.h"
#include "base/result.h"
#include "ledger/transaction.h"
#include "model/ids.h"

namespace lakegate::ledger {

struct AuditEntry {
  OrgNumber org;
  Millis at = 0;
  std::string actor;          // user id, or "server"
  std::string action;         // e.g. "org.create", "dataset.delete"
  std::string subject;        // id of what it was done to
  std::string detail = "{}";  // JSON object
};

Status record_audit(Tx& tx, const AuditEntry& entry);
// Newest first.
Result<std::vector<AuditEntry>> list_audit(ReadTx& tx, OrgNumber org, std::string_view subject, int64_t limit);

}  // namespace lakegate::ledger
