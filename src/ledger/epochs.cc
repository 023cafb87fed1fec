#include "ledger/epochs.h"

#include "ledger/sql.h"

namespace lakegate::ledger {

Result<Epoch> begin_epoch(Tx& tx, Millis now) {
  using Last = std::tuple<int64_t, std::optional<Millis>>;
  LG_ASSIGN(const auto last, find_row<Last>(tx, "SELECT number, ended FROM epoch ORDER BY number DESC LIMIT 1"));
  Epoch epoch{1, true};
  if (last.has_value()) epoch = {std::get<0>(*last) + 1, std::get<1>(*last).has_value()};
  LG_TRY(change_rows(tx, "INSERT INTO epoch (number, started) VALUES (:number, :started)", epoch.number, now));
  return epoch;
}

Status end_epoch(Tx& tx, int64_t number, Millis now) {
  LG_ASSIGN(const int64_t changed,
            change_rows(tx, "UPDATE epoch SET ended = :ended WHERE number = :number", now, number));
  if (changed == 1) return {};
  return fail(codes::internal, "There is no epoch {}", number);
}

Result<int64_t> current_epoch(ReadTx& tx) {
  LG_ASSIGN(const auto number, find_row<int64_t>(tx, "SELECT coalesce(max(number), 0) FROM epoch"));
  return number.value_or(0);
}

}  // namespace lakegate::ledger
