// Orgs, their sandboxes and the clients that may act for them.
#pragma once

#include <string>
#include <string_view>
#include <vector>

#include "base/clock.h"
#include "base/result.h"
#include "ledger/transaction.h"
#include "model/ids.h"

namespace lakegate::ledger {

struct Org {
  OrgNumber number;
  ImsOrgId ims_org;
  std::string tenant;  // namespace without its leading underscore, unique
  std::string name;
  Millis created = 0;
};

struct Sandbox {
  Scope scope;
  std::string name;  // lower case, unique in the org
  std::string id;    // opaque; the wire's `sandboxId`
  std::string type;  // "production" or "development"
  Millis created = 0;
};

struct Client {
  ApiKey client_id;
  OrgNumber org;
  std::string secret_hash;  // auth's own form
  std::string user_id;      // createdUser of what it does
  std::string name;
  bool disabled = false;
  Millis created = 0;
};

// `number` is allotted. `conflict`: the IMS org id or the tenant is taken.
Result<Org> insert_org(Tx& tx, Org org);
Result<Org> find_org(ReadTx& tx, const ImsOrgId& ims_org);
Result<Org> get_org(ReadTx& tx, OrgNumber number);
Result<std::vector<Org>> list_orgs(ReadTx& tx);

// `scope.sandbox` is allotted. `conflict`: the org has a sandbox of that name.
Result<Sandbox> insert_sandbox(Tx& tx, Sandbox sandbox);
Result<Sandbox> find_sandbox(ReadTx& tx, OrgNumber org, std::string_view name);
Result<Sandbox> get_sandbox(ReadTx& tx, const Scope& scope);
Result<std::vector<Sandbox>> list_sandboxes(ReadTx& tx, OrgNumber org);

// `conflict`: the client id is taken.
Status insert_client(Tx& tx, const Client& client);
// Disabled ones too: look.
Result<Client> find_client(ReadTx& tx, const ApiKey& client_id);
Result<std::vector<Client>> list_clients(ReadTx& tx, OrgNumber org);
Status set_client_secret(Tx& tx, OrgNumber org, const ApiKey& client_id, std::string_view secret_hash);
Status set_client_disabled(Tx& tx, OrgNumber org, const ApiKey& client_id, bool disabled);

}  // namespace lakegate::ledger
