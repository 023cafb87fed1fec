// Orgs, their sandboxes and the clients that may act for them.
#pragma once

#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "base/clock.h"
#include "base/result.h"
#include "ledger/transaction.h"
#include "model/ids.h"

namespace lakegate::ledger {

enum class OrgState {
  enabled,
  disabled,  // all its clients are out
  deleted,   // for good; id and tenant stay its own
};

struct Org {
  OrgNumber number;
  ImsOrgId ims_org;
  std::string tenant;  // namespace without its leading underscore, unique
  std::string name;
  Millis created = 0;
  OrgState state = OrgState::enabled;
};

struct Sandbox {
  Scope scope;
  std::string name;  // lower case, unique in the org
  std::string id;    // opaque; the wire's `sandboxId`
  std::string type;  // "production" or "development"
  Millis created = 0;
  std::string title = {};
  int64_t version = 1;
  Millis updated = 0;
  std::string created_user = {};  // empty: the server
  std::string updated_user = {};
  bool deleted = false;  // then its name ends in "~" and its number
};

struct Client {
  ApiKey client_id;
  OrgNumber org;
  std::string secret_hash;  // auth's own form
  std::string user_id;      // createdUser of what it does
  std::string name;
  bool disabled = false;
  Millis created = 0;
  std::string created_user = {};  // empty: the server
  Millis updated = 0;
  Millis secret_created = 0;
  Millis tokens_void_until = 0;  // tokens of that time and before are good no more
  std::optional<Millis> deleted = {};
};

inline constexpr int64_t orgs_max = 10'000;
inline constexpr int64_t sandboxes_per_org_max = 500;
inline constexpr int64_t clients_per_org_max = 1'000;

// `number` is allotted. `conflict`: the IMS org id or the tenant is taken, by a deleted org too; or there are orgs_max.
Result<Org> insert_org(Tx& tx, Org org);
// `not_found`: there is none, or it is deleted.
Result<Org> find_org(ReadTx& tx, const ImsOrgId& ims_org);
Result<Org> find_org_ever(ReadTx& tx, const ImsOrgId& ims_org);  // deleted ones too
Result<Org> get_org(ReadTx& tx, OrgNumber number);               // deleted ones too
// The oldest: the operator's. `not_found`: there is none yet.
Result<Org> first_org(ReadTx& tx);
Result<std::vector<Org>> list_orgs(ReadTx& tx);  // without deleted ones; oldest first
Status set_org_name(Tx& tx, OrgNumber number, std::string_view name);
// Its subscriptions run while it is enabled, and wait otherwise.
Status set_org_state(Tx& tx, OrgNumber number, OrgState state);

// `scope.sandbox` is allotted; `updated` and `updated_user` are as created, an empty title becomes the name.
// `conflict`: the org has a sandbox of that name, or sandboxes_per_org_max.
Result<Sandbox> insert_sandbox(Tx& tx, Sandbox sandbox);
Result<Sandbox> find_sandbox(ReadTx& tx, OrgNumber org, std::string_view name);
Result<Sandbox> get_sandbox(ReadTx& tx, const Scope& scope);             // deleted ones too
Result<std::vector<Sandbox>> list_sandboxes(ReadTx& tx, OrgNumber org);  // without deleted ones; by name

// `conflict`: the client id is taken, by a deleted one too; or the org has clients_per_org_max.
Status insert_client(Tx& tx, const Client& client);
// Disabled and deleted ones too: look.
Result<Client> find_client(ReadTx& tx, const ApiKey& client_id);
Result<std::vector<Client>> list_clients(ReadTx& tx, OrgNumber org);  // without deleted ones; oldest first

}  // namespace lakegate::ledger
