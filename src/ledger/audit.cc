#include "ledger/audit.h"

#include <algorithm>
#include <array>
#include <limits>
#include <tuple>
#include <utility>

#include "ledger/sql.h"

namespace lakegate::ledger {

template <class Visit>
void visit_columns(Visit& visit, AuditRow& row) {
  AuditEntry& entry = row.entry;
  visit(entry.org, entry.at, entry.actor, entry.action, entry.subject, entry.detail, entry.request_id, row.mark.at,
        row.mark.number);
}

namespace {

constexpr int64_t actions_max = 200;  // kinds that there are; a program of ours writes some dozens

// By which index the rows are walked, newest first, and the one column of it that the question fixes.
enum class Walk { org, subject, actor, action };

std::string question(Walk walk) {
  constexpr std::array<std::pair<std::string_view, std::string_view>, 4> ways = {std::pair{"audit_of_org", "'' = :key"},
                                                                                 {"audit_of_subject", "subject = :key"},
                                                                                 {"audit_of_actor", "actor = :key"},
                                                                                 {"audit_of_action", "action = :key"}};
  const auto& [index, fixed] = ways.at(static_cast<size_t>(walk));
  return fmt::format(
      "SELECT org, at, actor, action, subject, detail, request_id, at, number FROM audit INDEXED BY {} WHERE org = :org"
      " AND {} AND (at, number) < (:at, :number) AND at >= :since AND :actor IN ('', actor)"
      " AND :subject IN ('', subject) AND substr(action, 1, length(:action)) = :action_2"
      " ORDER BY at DESC, number DESC LIMIT :limit",
      index, fixed);
}

Result<std::vector<AuditRow>> walk_rows(ReadTx& tx, OrgNumber org, const AuditQuery& query, Walk walk,
                                        const std::string& key) {
  static const std::array<std::string, 4> questions = {question(Walk::org), question(Walk::subject),
                                                       question(Walk::actor), question(Walk::action)};
  AuditMark before{std::numeric_limits<int64_t>::max(), 0};
  if (query.until) before = {*query.until, std::numeric_limits<int64_t>::min()};
  if (query.after && std::tie(query.after->at, query.after->number) < std::tie(before.at, before.number))
    before = *query.after;
  return find_rows<AuditRow>(tx, questions.at(static_cast<size_t>(walk)), org, key, before.at, before.number,
                             query.since.value_or(0), query.actor, query.subject, query.action, query.action,
                             query.limit);
}

// From one kind to the next, each by a look into the index.
Result<std::vector<std::string>> actions_like(ReadTx& tx, OrgNumber org, const std::string& prefix) {
  std::vector<std::string> found;
  std::string last;
  while (std::ssize(found) < actions_max) {
    const std::string_view sql = found.empty() ? "SELECT action FROM audit INDEXED BY audit_of_action WHERE org = :org"
                                                 " AND action >= :last ORDER BY action LIMIT 1"
                                               : "SELECT action FROM audit INDEXED BY audit_of_action WHERE org = :org"
                                                 " AND action > :last ORDER BY action LIMIT 1";
    LG_ASSIGN(auto next, find_row<std::string>(tx, sql, org, found.empty() ? prefix : last));
    if (!next || !next->starts_with(prefix)) break;
    last = *next;
    found.push_back(*std::move(next));
  }
  return found;
}

}  // namespace

Status record_audit(Tx& tx, const AuditEntry& entry) {
  LG_TRY(change_rows(tx,
                     "INSERT INTO audit (org, at, actor, action, subject, detail, request_id) VALUES"
                     " (:org, :at, :actor, :action, :subject, :detail, :request)",
                     entry.org, entry.at, entry.actor, entry.action, entry.subject, entry.detail, entry.request_id));
  return {};
}

Result<std::vector<AuditRow>> list_audit(ReadTx& tx, OrgNumber org, const AuditQuery& query) {
  if (!query.subject.empty()) return walk_rows(tx, org, query, Walk::subject, query.subject);
  if (!query.actor.empty()) return walk_rows(tx, org, query, Walk::actor, query.actor);
  if (query.action.empty()) return walk_rows(tx, org, query, Walk::org, {});
  // The newest of each kind, merged: no kind's rows are read farther than a page.
  LG_ASSIGN(const std::vector<std::string> actions, actions_like(tx, org, query.action));
  std::vector<AuditRow> rows;
  for (const std::string& action : actions) {
    LG_ASSIGN(std::vector<AuditRow> some, walk_rows(tx, org, query, Walk::action, action));
    rows.insert(rows.end(), std::move_iterator(some.begin()), std::move_iterator(some.end()));
  }
  std::ranges::sort(rows, [](const AuditRow& a, const AuditRow& b) {
    return std::tie(a.mark.at, a.mark.number) > std::tie(b.mark.at, b.mark.number);
  });
  if (std::ssize(rows) > query.limit) rows.resize(static_cast<size_t>(query.limit));
  return rows;
}

Result<std::vector<AuditEntry>> list_audit(ReadTx& tx, OrgNumber org, std::string_view subject, int64_t limit) {
  LG_ASSIGN(std::vector<AuditRow> rows, list_audit(tx, org, {.subject = std::string(subject), .limit = limit}));
  std::vector<AuditEntry> entries;
  for (AuditRow& row : rows) entries.push_back(std::move(row.entry));
  return entries;
}

}  // namespace lakegate::ledger
