#include "ledger/dead_letters.h"

#include "ledger/sql.h"

namespace lakegate::ledger {

template <class Visit>
void visit_columns(Visit& visit, DeadLetter& letter) {
  visit(letter.number, letter.subscription, letter.dataset, letter.seq, letter.last_seq, letter.cause, letter.at,
        letter.attempts, letter.last_status, letter.last_error, letter.due);
}

#define SELECT_DEAD_LETTER                                                                                    \
  "SELECT number, subscription, dataset_id, seq, last_seq, cause, at, attempts, last_status, last_error, due" \
  " FROM dead_letter"

Status add_dead_letter(Tx& tx, const DeadLetter& letter) {
  LG_TRY(change_rows(tx,
                     "INSERT INTO dead_letter (subscription, dataset_id, seq, last_seq, cause, at, attempts,"
                     " last_status, last_error, due) VALUES (:subscription, :dataset, :seq, :last_seq, :cause, :at,"
                     " :attempts, :status, :error, :due)",
                     letter.subscription, letter.dataset, letter.seq, letter.last_seq, letter.cause, letter.at,
                     letter.attempts, letter.last_status, letter.last_error, letter.due));
  return {};
}

Result<int64_t> count_dead_letters(ReadTx& tx, SubscriptionNumber subscription) {
  LG_ASSIGN(const auto count,
            find_row<int64_t>(tx, "SELECT count(*) FROM dead_letter WHERE subscription = :subscription", subscription));
  return count.value_or(0);
}

Result<std::vector<DeadLetter>> list_dead_letters(ReadTx& tx, SubscriptionNumber subscription, int64_t after,
                                                  int64_t limit) {
  return find_rows<DeadLetter>(
      tx, SELECT_DEAD_LETTER " WHERE subscription = :subscription AND number > :after ORDER BY number LIMIT :limit",
      subscription, after, limit);
}

Result<std::optional<DeadLetter>> find_dead_letter(ReadTx& tx, SubscriptionNumber subscription, int64_t number) {
  return find_row<DeadLetter>(tx, SELECT_DEAD_LETTER " WHERE subscription = :subscription AND number = :number",
                              subscription, number);
}

Result<int64_t> redeliver_dead_letter(Tx& tx, SubscriptionNumber subscription, int64_t number, Millis now) {
  LG_ASSIGN(const int64_t changed,
            change_rows(tx,
                        "UPDATE dead_letter SET due = :now, attempts = 0 WHERE subscription = :subscription"
                        " AND number = :number AND cause <> 'pruned'",
                        now, subscription, number));
  if (changed > 0) tx.on_commit({.kind = Wake::Kind::subscription});
  return changed;
}

Result<int64_t> redeliver_dead_letters(Tx& tx, SubscriptionNumber subscription, Millis now) {
  LG_ASSIGN(const int64_t changed,
            change_rows(tx,
                        "UPDATE dead_letter SET due = :now, attempts = 0 WHERE subscription = :subscription"
                        " AND number > 0 AND cause <> 'pruned'",
                        now, subscription));
  if (changed > 0) tx.on_commit({.kind = Wake::Kind::subscription});
  return changed;
}

Result<bool> remove_dead_letter(Tx& tx, SubscriptionNumber subscription, int64_t number) {
  LG_ASSIGN(const int64_t removed,
            change_rows(tx, "DELETE FROM dead_letter WHERE subscription = :subscription AND number = :number",
                        subscription, number));
  return removed > 0;
}

Result<int64_t> remove_dead_letters(Tx& tx, SubscriptionNumber subscription) {
  return change_rows(tx, "DELETE FROM dead_letter WHERE subscription = :subscription", subscription);
}

Result<std::vector<DeadLetter>> due_dead_letters(ReadTx& tx, SubscriptionNumber subscription, Millis now,
                                                 int64_t limit) {
  return find_rows<DeadLetter>(tx,
                               SELECT_DEAD_LETTER
                               " AS l WHERE subscription = :subscription AND due <= :now AND NOT EXISTS (SELECT 1"
                               " FROM dead_letter f WHERE f.subscription = l.subscription"
                               " AND f.dataset_id = l.dataset_id AND f.seq < l.seq AND f.due IS NOT NULL)"
                               " ORDER BY due LIMIT :limit",
                               subscription, now, limit);
}

Result<std::optional<Millis>> next_dead_letter_due(ReadTx& tx, SubscriptionNumber subscription, Millis now) {
  return find_row<Millis>(tx,
                          "SELECT due FROM dead_letter WHERE subscription = :subscription AND due > :now"
                          " ORDER BY due LIMIT 1",
                          subscription, now);
}

Status update_dead_letter(Tx& tx, const DeadLetter& letter) {
  LG_TRY(change_rows(tx,
                     "UPDATE dead_letter SET cause = :cause, at = :at, attempts = :attempts, last_status = :status,"
                     " last_error = :error, due = :due WHERE number = :number",
                     letter.cause, letter.at, letter.attempts, letter.last_status, letter.last_error, letter.due,
                     letter.number));
  return {};
}

}  // namespace lakegate::ledger
