// Directory: the orgs, clients and sandboxes that every request asks for, read once from the ledger and kept until one
// changes.
#pragma once

#include <cstdint>
#include <map>
#include <shared_mutex>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "auth/public_key.h"
#include "auth/rights.h"
#include "base/result.h"
#include "ledger/client_changes.h"
#include "ledger/ledger.h"
#include "ledger/orgs.h"

namespace lakegate::auth {

// A client and the org that it acts for.
struct Account {
  ledger::Org org;
  ledger::Client client;
  Grants grants;
  std::vector<ledger::FormerSecret> former_secrets;  // some may have ended meanwhile: look
};

// Thread-safe. A look-up that is not in memory blocks on the ledger: pool threads only. What does not exist is not
// remembered, so a created client or sandbox is found at once; a change of an existing row takes effect when `forget`
// returns.
class Directory {
 public:
  explicit Directory(Ledger& ledger) : ledger_(ledger) {}

  // `not_found`: unknown, disabled or deleted, or its org is.
  Result<Account> account(const ApiKey& client_id) const;
  // The oldest org and its oldest client that is not disabled: the operator's. `not_found` before the first start was
  // over.
  Result<Account> first_account() const;
  // `not_found`: the org has no sandbox of that name.
  Result<ledger::Sandbox> sandbox(OrgNumber org, const std::string& name) const;

  // By which the client's assertions are verified; read anew each time.
  Result<std::vector<PublicKey>> keys_of(const ApiKey& client_id) const;

  // To be called after the commit of every change to an existing client, its grants, its org, or a sandbox: what it
  // says holds from the next request on.
  void forget();

 private:
  template <class Key, class Value, class Read>
  Result<Value> look_up(std::map<Key, Value>& kept, const Key& key, Read read) const;

  Ledger& ledger_;

  mutable std::shared_mutex mutex_;
  // Guarded by mutex_. A read that began before `forget` must not store what it saw: it compares the generation.
  mutable uint64_t generation_ = 0;
  mutable std::map<ApiKey, Account> accounts_;
  mutable std::map<std::pair<OrgNumber, std::string>, ledger::Sandbox> sandboxes_;
};

}  // namespace lakegate::auth
