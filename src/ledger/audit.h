// The audit trail: who changed what, apart from batches, which have their own history.
#pragma once

#include <optional>
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
  std::string actor;            // user id, or "server"
  std::string action;           // e.g. "org.create", "dataset.delete"
  std::string subject;          // id of what it was done to
  std::string detail = "{}";    // JSON object
  std::string request_id = {};  // x-request-id of the answer; empty: no request
};

Status record_audit(Tx& tx, const AuditEntry& entry);

// Where a page ends: the next one begins behind it. Rows of one moment are told apart by their numbers.
struct AuditMark {
  Millis at = 0;
  int64_t number = 0;
  bool operator==(const AuditMark&) const = default;
};
struct AuditRow {
  AuditEntry entry;
  AuditMark mark;
};
// What is empty filters nothing.
struct AuditQuery {
  std::string subject = {};
  std::string actor = {};
  std::string action = {};           // what the action begins with: "api_key.", "api_key.rotate"
  std::optional<Millis> since = {};  // then or later
  std::optional<Millis> until = {};  // before
  std::optional<AuditMark> after = {};
  int64_t limit = 100;
};
inline constexpr int64_t audit_page_rows_max = 1'000;

// Newest first.
Result<std::vector<AuditRow>> list_audit(ReadTx& tx, OrgNumber org, const AuditQuery& query);
Result<std::vector<AuditEntry>> list_audit(ReadTx& tx, OrgNumber org, std::string_view subject, int64_t limit);

}  // namespace lakegate::ledger
