#include "ledger/usage.h"

#include <algorithm>
#include <vector>

#include "ledger/batch_rows.h"
#include "ledger/quotas.h"
#include "ledger/sql.h"
#include "model/error_codes.h"

namespace lakegate::ledger {

template <class Visit>
void visit_columns(Visit& visit, Usage& usage) {
  visit(usage.stored_bytes, usage.batches, usage.batches_today);
}

namespace {

constexpr Millis day_ms = 24LL * 60 * 60 * 1000;
constexpr std::chrono::seconds batches_retry{10};

// An upper bound and what it is about.
struct Bound {
  Quota quota;
  Usage used;
  std::string_view whose;
};

// Those that hold for the sandbox: its own and its org's.
Result<std::vector<Bound>> bounds(ReadTx& tx, const Scope& scope, Millis now) {
  std::vector<Bound> found;
  LG_ASSIGN(const Quota own, find_quota(tx, scope.org, scope.sandbox));
  if (own != Quota{}) {
    LG_ASSIGN(const auto used, counted_usage(tx, scope, now));
    found.push_back({own, used.value_or(Usage{}), "sandbox"});
  }
  LG_ASSIGN(const Quota of_org, find_quota(tx, scope.org, SandboxNumber{}));
  if (of_org != Quota{}) {
    LG_ASSIGN(const Usage used, counted_usage_of_org(tx, scope.org, now));
    found.push_back({of_org, used, "org"});
  }
  return found;
}

std::unexpected<Error> over(const ErrorCode& code, std::string message, std::chrono::seconds retry) {
  Error error{&code, std::move(message)};
  error.retry_after = retry;
  return std::unexpected(std::move(error));
}

std::chrono::seconds until_midnight(Millis now) { return std::chrono::seconds((day_ms - now % day_ms + 999) / 1000); }

}  // namespace

std::unexpected<Error> stored_bytes_exceeded(std::string_view whose, int64_t limit, int64_t used, int64_t more) {
  return fail(
      codes::stored_bytes_exceeded,
      "The quota of the {} allows {} bytes; {} are stored or on their way, and {} more do not fit. Bytes come free "
      "some time after batches fail, are aborted, reverted or expire.",
      whose, limit, used, more);
}

Result<std::optional<Usage>> counted_usage(ReadTx& tx, const Scope& scope, Millis now) {
  return find_row<Usage>(tx,
                         "SELECT stored_bytes, batches, CASE day WHEN :day THEN batches_of_day ELSE 0 END FROM usage"
                         " WHERE sandbox = :sandbox AND org = :org",
                         now / day_ms, scope.sandbox, scope.org);
}

Result<Usage> counted_usage_of_org(ReadTx& tx, OrgNumber org, Millis now) {
  LG_ASSIGN(const auto sum,
            find_row<Usage>(tx,
                            "SELECT coalesce(sum(stored_bytes), 0), coalesce(sum(batches), 0),"
                            " coalesce(sum(CASE day WHEN :day THEN batches_of_day ELSE 0 END), 0) FROM usage"
                            " WHERE org = :org",
                            now / day_ms, org));
  return sum.value_or(Usage{});
}

Result<Usage> recount_usage(ReadTx& tx, const Scope& scope, Millis now) {
  LG_ASSIGN(const auto stored,
            find_row<int64_t>(tx,
                              "SELECT coalesce(sum(o.counted_bytes + coalesce(f.held_bytes, 0)), 0) FROM batch b"
                              " JOIN object o ON o.batch_id = b.id"
                              " LEFT JOIN batch_file f ON f.object = o.number AND f.complete = 0"
                              " WHERE b.org = :org AND b.sandbox = :sandbox",
                              scope.org, scope.sandbox));
  static const std::string living =
      fmt::format("SELECT count(*) FROM batch WHERE sandbox = :sandbox AND {}", is_living);
  LG_ASSIGN(const auto batches, find_row<int64_t>(tx, living, scope.sandbox));
  const Millis midnight = now - now % day_ms;
  LG_ASSIGN(const auto today, find_row<int64_t>(tx,
                                                "SELECT count(*) FROM batch WHERE org = :org AND sandbox = :sandbox"
                                                " AND created >= :begin AND created < :end",
                                                scope.org, scope.sandbox, midnight, midnight + day_ms));
  return Usage{stored.value_or(0), batches.value_or(0), today.value_or(0)};
}

// A day that is over begins anew; a clock that was set back changes nothing of the day that had begun.
Status count_new_batch(Tx& tx, const Scope& scope, Millis created) {
  LG_TRY(change_rows(tx,
                     "UPDATE usage SET batches = batches + 1, batches_of_day = CASE WHEN :day > day THEN 1"
                     " WHEN :day_2 = day THEN batches_of_day + 1 ELSE batches_of_day END, day = max(day, :day_3)"
                     " WHERE sandbox = :sandbox",
                     created / day_ms, created / day_ms, created / day_ms, scope.sandbox));
  LG_ASSIGN(const std::vector<Bound> limits, bounds(tx, scope, created));
  for (const Bound& bound : limits) {
    if (bound.used.batches > bound.quota.batches.value_or(bound.used.batches)) {
      return over(
          codes::batches_exceeded,
          fmt::format("{} batches of the {} are on their way, as many as its quota allows. Complete or abort some "
                      "first.",
                      *bound.quota.batches, bound.whose),
          batches_retry);
    }
    if (bound.used.batches_today > bound.quota.batches_per_day.value_or(bound.used.batches_today)) {
      return over(
          codes::batches_per_day_exceeded,
          fmt::format("{} batches of the {} were created since midnight (UTC), as many as its quota allows in a "
                      "day.",
                      *bound.quota.batches_per_day, bound.whose),
          until_midnight(created));
    }
  }
  return {};
}

Status count_ended_batch(Tx& tx, const Scope& scope) {
  LG_TRY(change_rows(tx, "UPDATE usage SET batches = batches - 1 WHERE sandbox = :sandbox", scope.sandbox));
  return {};
}

Status count_stored(Tx& tx, const Scope& scope, int64_t bytes, int64_t credit) {
  LG_TRY(change_rows(tx, "UPDATE usage SET stored_bytes = stored_bytes + :bytes WHERE sandbox = :sandbox", bytes,
                     scope.sandbox));
  LG_ASSIGN(const std::vector<Bound> limits, bounds(tx, scope, 0));
  for (const Bound& bound : limits) {
    if (bound.used.stored_bytes - credit <= bound.quota.stored_bytes.value_or(bound.used.stored_bytes)) continue;
    return stored_bytes_exceeded(bound.whose, *bound.quota.stored_bytes, bound.used.stored_bytes - bytes, bytes);
  }
  return {};
}

Status count_forgotten_object(Tx& tx, const ObjectKey& key) {
  LG_TRY(change_rows(
      tx,
      "UPDATE usage SET stored_bytes = stored_bytes - c.bytes FROM (SELECT d.sandbox, o.counted_bytes"
      " + coalesce((SELECT f.held_bytes FROM batch_file f WHERE f.object = o.number AND f.complete = 0), 0) AS bytes"
      " FROM object o JOIN dataset d ON d.id = o.dataset_id WHERE o.key = :key) c WHERE usage.sandbox = c.sandbox",
      key));
  return {};
}

Status begin_metering(Tx& tx, const Scope& scope) {
  LG_TRY(change_rows(tx,
                     "INSERT INTO usage (sandbox, org, stored_bytes, batches, day, batches_of_day)"
                     " SELECT :sandbox, org, 0, 0, 0, 0 FROM quota WHERE org = :org AND sandbox = 0",
                     scope.sandbox, scope.org));
  return {};
}

Status meter_as_quotas_need(Tx& tx, OrgNumber org) {
  LG_TRY(change_rows(tx,
                     "DELETE FROM usage WHERE org = :org AND NOT EXISTS (SELECT 1 FROM quota q WHERE q.org = :org_2"
                     " AND (q.sandbox = 0 OR q.sandbox = usage.sandbox))",
                     org, org));
  LG_ASSIGN(const auto fresh,
            find_rows<SandboxNumber>(tx,
                                     "SELECT s.number FROM sandbox s WHERE s.org = :org AND s.number NOT IN"
                                     " (SELECT sandbox FROM usage) AND EXISTS (SELECT 1 FROM quota q"
                                     " WHERE q.org = s.org AND (q.sandbox = 0 OR q.sandbox = s.number))",
                                     org));
  for (const SandboxNumber sandbox : fresh) {
    const Scope scope{.org = org, .sandbox = sandbox};
    LG_ASSIGN(const auto newest, find_row<Millis>(tx,
                                                  "SELECT created FROM batch WHERE org = :org AND sandbox = :sandbox"
                                                  " ORDER BY created DESC LIMIT 1",
                                                  org, sandbox));
    LG_ASSIGN(const Usage usage, recount_usage(tx, scope, newest.value_or(0)));
    LG_TRY(change_rows(tx,
                       "INSERT INTO usage (sandbox, org, stored_bytes, batches, day, batches_of_day) VALUES"
                       " (:sandbox, :org, :stored, :batches, :day, :of_day)",
                       sandbox, org, usage.stored_bytes, usage.batches, newest.value_or(0) / day_ms,
                       usage.batches_today));
  }
  return {};
}

}  // namespace lakegate::ledger
