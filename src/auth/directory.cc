#include "auth/directory.h"

#include <algorithm>
#include <mutex>

#include "base/error_codes.h"
#include "ledger/client_grants.h"
#include "ledger/client_keys.h"

namespace lakegate::auth {
namespace {

constexpr size_t kept_max = 10'000;  // of each kind; over it all are read anew

Result<Grants> grants_of(ReadTx& tx, const ApiKey& client_id) {
  LG_ASSIGN(std::optional<std::vector<Grant>> stored, ledger::client_grants(tx, client_id));
  return stored ? Grants(*std::move(stored)) : Grants();
}

Result<Account> account_of(ReadTx& tx, ledger::Org org, ledger::Client client) {
  LG_ASSIGN(Grants grants, grants_of(tx, client.client_id));
  LG_ASSIGN(auto former, ledger::former_secrets(tx, client.client_id, 0));
  return Account{std::move(org), std::move(client), std::move(grants), std::move(former)};
}

}  // namespace

template <class Key, class Value, class Read>
Result<Value> Directory::look_up(std::map<Key, Value>& kept, const Key& key, Read read) const {
  uint64_t generation = 0;
  {
    const std::shared_lock lock(mutex_);
    if (const auto found = kept.find(key); found != kept.end()) return found->second;
    generation = generation_;
  }
  LG_ASSIGN(Value value, ledger_.read(read));
  const std::unique_lock lock(mutex_);
  if (generation == generation_) {
    if (kept.size() >= kept_max) kept.clear();
    kept.insert_or_assign(key, value);
  }
  return value;
}

Result<Account> Directory::account(const ApiKey& client_id) const {
  return look_up(accounts_, client_id, [&](ReadTx& tx) -> Result<Account> {
    LG_ASSIGN(ledger::Client client, ledger::find_client(tx, client_id));
    if (client.disabled || client.deleted) return fail(codes::not_found, "Client {} is disabled.", client_id);
    LG_ASSIGN(ledger::Org org, ledger::get_org(tx, client.org));
    if (org.state != ledger::OrgState::enabled) return fail(codes::not_found, "Org {} is disabled.", org.ims_org);
    return account_of(tx, std::move(org), std::move(client));
  });
}

Result<Account> Directory::first_account() const {
  return ledger_.read([](ReadTx& tx) -> Result<Account> {
    LG_ASSIGN(ledger::Org org, ledger::first_org(tx));
    LG_ASSIGN(auto clients, ledger::list_clients(tx, org.number));
    const auto first = std::ranges::find(clients, false, &ledger::Client::disabled);
    if (first == clients.end()) return fail(codes::not_found, "Org {} has no client.", org.ims_org);
    return account_of(tx, std::move(org), std::move(*first));
  });
}

Result<ledger::Sandbox> Directory::sandbox(OrgNumber org, const std::string& name) const {
  return look_up(sandboxes_, std::pair(org, name), [&](ReadTx& tx) { return ledger::find_sandbox(tx, org, name); });
}

Result<std::vector<PublicKey>> Directory::keys_of(const ApiKey& client_id) const {
  LG_ASSIGN(const std::vector<ledger::ClientKey> rows,
            ledger_.read([&](ReadTx& tx) { return ledger::client_keys(tx, client_id); }));
  std::vector<PublicKey> keys;
  for (const ledger::ClientKey& row : rows) {
    LG_ASSIGN(PublicKey key, PublicKey::from_pem(row.pem));
    keys.push_back(std::move(key));
  }
  return keys;
}

void Directory::forget() {
  const std::unique_lock lock(mutex_);
  ++generation_;
  accounts_.clear();
  sandboxes_.clear();
}

}  // namespace lakegate::auth
