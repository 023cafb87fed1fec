// Usage: how much of its quotas a sandbox has used. A row of counters is kept for each sandbox that a quota is about,
// its own or its org's, by the very transactions that change what they count. A sandbox without such a row costs
// nothing: the operations learn of it along with what they read or write anyway.
#pragma once

#include <cstdint>
#include <expected>
#include <optional>
#include <string_view>

#include "base/clock.h"
#include "base/result.h"
#include "ledger/transaction.h"
#include "model/ids.h"

namespace lakegate::ledger {

struct Usage {
  int64_t stored_bytes = 0;
  int64_t batches = 0;        // on their way
  int64_t batches_today = 0;  // created in the day of UTC that was asked for
  bool operator==(const Usage&) const = default;
};

// The counters; none: nobody counts.
Result<std::optional<Usage>> counted_usage(ReadTx& tx, const Scope& scope, Millis now);
// Counted anew out of batches and objects: reads all batches of the sandbox.
Result<Usage> recount_usage(ReadTx& tx, const Scope& scope, Millis now);
// Of all sandboxes of the org that are counted, deleted ones too.
Result<Usage> counted_usage_of_org(ReadTx& tx, OrgNumber org, Millis now);

// The refusal: `more` bytes do not fit. `whose`: "org" or "sandbox".
std::unexpected<Error> stored_bytes_exceeded(std::string_view whose, int64_t limit, int64_t used, int64_t more);

// -- For the operations that change what is counted; of a scope that has counters ------------------------------------

// `batches_exceeded`, `batches_per_day_exceeded`.
Status count_new_batch(Tx& tx, const Scope& scope, Millis created);
Status count_ended_batch(Tx& tx, const Scope& scope);
// `credit`: bytes among those counted that go when these come, of a file that they replace. `stored_bytes_exceeded`.
Status count_stored(Tx& tx, const Scope& scope, int64_t bytes, int64_t credit);
// Of an object that is about to be forgotten, whoever's it is, counters or not.
Status count_forgotten_object(Tx& tx, const ObjectKey& key);

// Of a new sandbox, which an org's quota may be about.
Status begin_metering(Tx& tx, const Scope& scope);
// Begins and ends counters of the org's sandboxes as its quotas want them.
Status meter_as_quotas_need(Tx& tx, OrgNumber org);

}  // namespace lakegate::ledger
