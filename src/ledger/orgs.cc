#include "ledger/orgs.h"

#include "ledger/sql.h"

namespace lakegate::ledger {

template <class Visit>
void visit_columns(Visit& visit, Org& org) {
  visit(org.number, org.ims_org, org.tenant, org.name, org.created);
}

template <class Visit>
void visit_columns(Visit& visit, Sandbox& sandbox) {
  visit(sandbox.scope.sandbox, sandbox.scope.org, sandbox.name, sandbox.id, sandbox.type, sandbox.created);
}

template <class Visit>
void visit_columns(Visit& visit, Client& client) {
  visit(client.client_id, client.org, client.secret_hash, client.user_id, client.name, client.disabled, client.created);
}

namespace {

Status one_client(const Result<int64_t>& changed, const ApiKey& client_id) {
  if (!changed.has_value()) return std::unexpected(changed.error());
  if (*changed == 1) return {};
  return fail(codes::not_found, "There is no client {}", client_id);
}

}  // namespace

Result<Org> insert_org(Tx& tx, Org org) {
  LG_ASSIGN(const auto other, find_row<Org>(tx,
                                            "SELECT number, ims_org, tenant, name, created FROM org"
                                            " WHERE ims_org = :ims_org OR tenant = :tenant LIMIT 1",
                                            org.ims_org, org.tenant));
  if (other.has_value()) {
    return fail(codes::conflict, "Org {} exists with tenant '{}'; each org needs an id and a tenant of its own",
                other->ims_org, other->tenant);
  }
  LG_ASSIGN(const auto number, find_row<OrgNumber>(tx,
                                                   "INSERT INTO org (ims_org, tenant, name, created) VALUES"
                                                   " (:ims_org, :tenant, :name, :created) RETURNING number",
                                                   org.ims_org, org.tenant, org.name, org.created));
  org.number = number.value();
  return org;
}

Result<Org> find_org(ReadTx& tx, const ImsOrgId& ims_org) {
  LG_ASSIGN(auto org,
            find_row<Org>(tx, "SELECT number, ims_org, tenant, name, created FROM org WHERE ims_org = :id", ims_org));
  if (!org.has_value()) return fail(codes::not_found, "There is no org {}", ims_org);
  return *std::move(org);
}

Result<Org> get_org(ReadTx& tx, OrgNumber number) {
  LG_ASSIGN(auto org,
            find_row<Org>(tx, "SELECT number, ims_org, tenant, name, created FROM org WHERE number = :number", number));
  if (!org.has_value()) return fail(codes::not_found, "There is no org number {}", number);
  return *std::move(org);
}

Result<std::vector<Org>> list_orgs(ReadTx& tx) {
  return find_rows<Org>(tx, "SELECT number, ims_org, tenant, name, created FROM org ORDER BY number");
}

Result<Sandbox> insert_sandbox(Tx& tx, Sandbox sandbox) {
  if (find_sandbox(tx, sandbox.scope.org, sandbox.name).has_value()) {
    return fail(codes::conflict, "The org has a sandbox '{}' already", sandbox.name);
  }
  LG_ASSIGN(const auto number,
            find_row<SandboxNumber>(tx,
                                    "INSERT INTO sandbox (org, name, id, type, created) VALUES"
                                    " (:org, :name, :id, :type, :created) RETURNING number",
                                    sandbox.scope.org, sandbox.name, sandbox.id, sandbox.type, sandbox.created));
  sandbox.scope.sandbox = number.value();
  return sandbox;
}

Result<Sandbox> find_sandbox(ReadTx& tx, OrgNumber org, std::string_view name) {
  LG_ASSIGN(auto sandbox, find_row<Sandbox>(tx,
                                            "SELECT number, org, name, id, type, created FROM sandbox"
                                            " WHERE org = :org AND name = :name",
                                            org, name));
  if (!sandbox.has_value()) return fail(codes::not_found, "There is no sandbox '{}'", name);
  return *std::move(sandbox);
}

Result<Sandbox> get_sandbox(ReadTx& tx, const Scope& scope) {
  LG_ASSIGN(auto sandbox, find_row<Sandbox>(tx,
                                            "SELECT number, org, name, id, type, created FROM sandbox"
                                            " WHERE org = :org AND number = :number",
                                            scope.org, scope.sandbox));
  if (!sandbox.has_value()) return fail(codes::not_found, "There is no sandbox number {}", scope.sandbox);
  return *std::move(sandbox);
}

Result<std::vector<Sandbox>> list_sandboxes(ReadTx& tx, OrgNumber org) {
  return find_rows<Sandbox>(
      tx, "SELECT number, org, name, id, type, created FROM sandbox WHERE org = :org ORDER BY name", org);
}

Status insert_client(Tx& tx, const Client& client) {
  if (find_client(tx, client.client_id).has_value()) {
    return fail(codes::conflict, "The client id {} is taken", client.client_id);
  }
  LG_TRY(change_rows(tx,
                     "INSERT INTO client (client_id, org, secret_hash, user_id, name, disabled, created) VALUES"
                     " (:client_id, :org, :secret_hash, :user_id, :name, :disabled, :created)",
                     client.client_id, client.org, client.secret_hash, client.user_id, client.name, client.disabled,
                     client.created));
  return {};
}

Result<Client> find_client(ReadTx& tx, const ApiKey& client_id) {
  LG_ASSIGN(auto client, find_row<Client>(tx,
                                          "SELECT client_id, org, secret_hash, user_id, name, disabled, created"
                                          " FROM client WHERE client_id = :client_id",
                                          client_id));
  if (!client.has_value()) return fail(codes::not_found, "There is no client {}", client_id);
  return *std::move(client);
}

Result<std::vector<Client>> list_clients(ReadTx& tx, OrgNumber org) {
  return find_rows<Client>(tx,
                           "SELECT client_id, org, secret_hash, user_id, name, disabled, created FROM client"
                           " WHERE org = :org ORDER BY client_id",
                           org);
}

Status set_client_secret(Tx& tx, OrgNumber org, const ApiKey& client_id, std::string_view secret_hash) {
  return one_client(change_rows(tx, "UPDATE client SET secret_hash = :hash WHERE client_id = :client_id AND org = :org",
                                secret_hash, client_id, org),
                    client_id);
}

Status set_client_disabled(Tx& tx, OrgNumber org, const ApiKey& client_id, bool disabled) {
  return one_client(
      change_rows(tx, "UPDATE client SET disabled = :disabled WHERE client_id = :client_id AND org = :org", disabled,
                  client_id, org),
      client_id);
}

}  // namespace lakegate::ledger
