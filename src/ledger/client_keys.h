// Public keys by which a client's assertions are verified.
#pragma once

#include <string>
#include <string_view>
#include <vector>

#include "base/clock.h"
#include "base/result.h"
#include "ledger/transaction.h"
#include "model/ids.h"

namespace lakegate::ledger {

inline constexpr int64_t keys_per_client_max = 16;

struct ClientKey {
  std::string key_id;
  std::string pem;
  Millis created = 0;
};

// A key that is there already stays as it is. `conflict`: the client has `keys_per_client_max` others.
Status add_client_key(Tx& tx, const ApiKey& client, const ClientKey& key);
Result<std::vector<ClientKey>> client_keys(ReadTx& tx, const ApiKey& client);  // oldest first
// False: there was none.
Result<bool> remove_client_key(Tx& tx, const ApiKey& client, std::string_view key_id);

}  // namespace lakegate::ledger
