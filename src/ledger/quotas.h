// Quotas: how much an org or one of its sandboxes may have, as the operator set it.
#pragma once

#include <cstdint>
#include <optional>
#include <string_view>
#include <vector>

#include "base/clock.h"
#include "base/result.h"
#include "ledger/transaction.h"
#include "model/ids.h"

namespace lakegate::ledger {

// None: without limit.
struct Quota {
  std::optional<int64_t> stored_bytes = {};  // bytes as sent, of files and parts that are kept, until their objects go
  std::optional<int64_t> batches = {};       // on their way: loading, loaded, staging, staged
  std::optional<int64_t> batches_per_day = {};  // created in a day of UTC
  std::optional<int64_t> open_uploads = {};     // bodies on their way at a time
  bool operator==(const Quota&) const = default;
};

struct QuotaRow {
  OrgNumber org;
  SandboxNumber sandbox;  // 0: of the org as a whole
  Quota quota = {};
};

Result<std::vector<QuotaRow>> list_quotas(ReadTx& tx);                       // of all orgs
Result<Quota> find_quota(ReadTx& tx, OrgNumber org, SandboxNumber sandbox);  // without any limit where none was set

// From its commit on usage is counted where it was not (usage.h); what is there is counted once for that, which takes a
// second for a few hundred thousand batches. What is over a new limit stays; nothing is added until it is below. A
// quota without a limit is taken away, and usage that no quota needs is counted no longer.
Status set_quota(Tx& tx, OrgNumber org, SandboxNumber sandbox, const Quota& quota);

}  // namespace lakegate::ledger
