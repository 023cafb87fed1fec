// What becomes of a client, an API key, after its creation.
#pragma once

#include <string_view>
#include <vector>

#include "base/clock.h"
#include "base/result.h"
#include "ledger/transaction.h"
#include "model/ids.h"
#include "model/right.h"

namespace lakegate::ledger {

inline constexpr int64_t former_secrets_max = 8;  // good at the same time

struct FormerSecret {
  std::string secret_hash;
  Millis good_until = 0;
};
// Those that are good at `now`.
Result<std::vector<FormerSecret>> former_secrets(ReadTx& tx, const ApiKey& client, Millis now);

// All of these: `not_found` where the org has no such client, or it is deleted.
Status set_client_name(Tx& tx, OrgNumber org, const ApiKey& client, std::string_view name, Millis now);
Status set_client_disabled(Tx& tx, OrgNumber org, const ApiKey& client, bool disabled, Millis now);
// Of this time and before.
Status void_tokens(Tx& tx, OrgNumber org, const ApiKey& client, Millis until);
// The one before stays good until `former_good_until`, where that is to come. Those before keep their own times.
// `conflict`: former_secrets_max of them are good already.
Status replace_secret(Tx& tx, OrgNumber org, const ApiKey& client, std::string_view secret_hash,
                      Millis former_good_until, Millis now);
// Whether an enabled client of the org may manage all of it: without it nobody could make another one. And has the
// right `also` on all of it: without it nobody could hand that on.
Result<bool> has_manager(ReadTx& tx, OrgNumber org, Right also = Right::manage);

// The secret alone from now on.
Status forget_former_secrets(Tx& tx, const ApiKey& client);
// For good: its secrets and public keys are forgotten, the row stays, so that its id is never given again.
Status delete_client(Tx& tx, OrgNumber org, const ApiKey& client, Millis now);

}  // namespace lakegate::ledger
