#include "ledger/idempotency.h"

#include "ledger/sql.h"
#include "model/error_codes.h"

namespace lakegate::ledger {
namespace {

struct AnswerRow {
  std::string request_hash;
  StoredAnswer answer;
};

template <class Visit>
void visit_columns(Visit& visit, AnswerRow& row) {
  visit(row.request_hash, row.answer.status, row.answer.location, row.answer.body);
}

}  // namespace

Result<std::optional<StoredAnswer>> find_answer(ReadTx& tx, const Scope& scope, std::string_view key,
                                                std::string_view request_hash) {
  LG_ASSIGN(auto row, find_row<AnswerRow>(tx,
                                          "SELECT request_hash, status, location, body FROM stored_answer"
                                          " WHERE org = :org AND sandbox = :sandbox AND key = :key",
                                          scope.org, scope.sandbox, key));
  if (!row.has_value()) return std::nullopt;
  if (row->request_hash == request_hash) return std::move(row->answer);
  return fail(codes::idempotency_mismatch,
              "The Idempotency-Key '{}' was sent before with another method, path or body. Repeat that request "
              "unchanged, or choose a new key for this one.",
              key.substr(key.rfind('\n') + 1));
}

Status keep_answer(Tx& tx, const Scope& scope, std::string_view key, std::string_view request_hash,
                   const StoredAnswer& answer, Millis now) {
  LG_ASSIGN(const int64_t changed,
            change_rows(tx,
                        "INSERT INTO stored_answer (org, sandbox, key, request_hash, status, location, body, created)"
                        " VALUES (:org, :sandbox, :key, :hash, :status, :location, :body, :created)"
                        " ON CONFLICT DO NOTHING",
                        scope.org, scope.sandbox, key, request_hash, answer.status, answer.location, answer.body, now));
  if (changed == 1) return {};
  return fail(codes::conflict, "The Idempotency-Key '{}' has an answer already", key.substr(key.rfind('\n') + 1));
}

}  // namespace lakegate::ledger
