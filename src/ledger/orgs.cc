#include "ledger/orgs.h"

#include "base/error_codes.h"
#include "ledger/org_rows.h"
#include "ledger/usage.h"

namespace lakegate::ledger {
namespace {

Status check_count(ReadTx& tx, std::string_view sql_of_count, OrgNumber org, int64_t max, std::string_view what) {
  LG_ASSIGN(const auto count, find_row<int64_t>(tx, sql_of_count, org));
  if (count.value_or(0) < max) return {};
  return fail(codes::conflict, "The org has {} {}, as many as there can be. Delete one first.", max, what);
}

Status one_org(const Result<int64_t>& changed, OrgNumber number) {
  if (!changed.has_value()) return std::unexpected(changed.error());
  if (*changed == 1) return {};
  return fail(codes::not_found, "There is no org number {}", number);
}

}  // namespace

Result<Org> insert_org(Tx& tx, Org org) {
  static const std::string same = select_orgs("WHERE ims_org = :ims_org OR tenant = :tenant LIMIT 1");
  LG_ASSIGN(const auto other, find_row<Org>(tx, same, org.ims_org, org.tenant));
  if (other.has_value()) {
    return fail(codes::conflict, "Org {}{} has tenant '{}'; each org needs an id and a tenant of its own",
                other->ims_org, other->state == OrgState::deleted ? ", which is deleted," : "", other->tenant);
  }
  LG_ASSIGN(const auto count, find_row<int64_t>(tx, "SELECT count(*) FROM org WHERE state <> 'deleted'"));
  if (count.value_or(0) >= orgs_max) return fail(codes::conflict, "There are {} orgs, as many as can be.", orgs_max);
  LG_ASSIGN(const auto number, find_row<OrgNumber>(tx,
                                                   "INSERT INTO org (ims_org, tenant, name, created) VALUES"
                                                   " (:ims_org, :tenant, :name, :created) RETURNING number",
                                                   org.ims_org, org.tenant, org.name, org.created));
  org.number = number.value();
  return org;
}

Result<Org> find_org(ReadTx& tx, const ImsOrgId& ims_org) {
  LG_ASSIGN(Org org, find_org_ever(tx, ims_org));
  if (org.state == OrgState::deleted) return fail(codes::not_found, "There is no org {}", ims_org);
  return org;
}

Result<Org> find_org_ever(ReadTx& tx, const ImsOrgId& ims_org) {
  static const std::string sql = select_orgs("WHERE ims_org = :id");
  LG_ASSIGN(auto org, find_row<Org>(tx, sql, ims_org));
  if (!org.has_value()) return fail(codes::not_found, "There is no org {}", ims_org);
  return *std::move(org);
}

Result<Org> get_org(ReadTx& tx, OrgNumber number) {
  static const std::string sql = select_orgs("WHERE number = :number");
  LG_ASSIGN(auto org, find_row<Org>(tx, sql, number));
  if (!org.has_value()) return fail(codes::not_found, "There is no org number {}", number);
  return *std::move(org);
}

Result<Org> first_org(ReadTx& tx) {
  static const std::string sql = select_orgs("ORDER BY number LIMIT 1");
  LG_ASSIGN(auto org, find_row<Org>(tx, sql));
  if (!org.has_value()) return fail(codes::not_found, "There is no org yet");
  return *std::move(org);
}

Result<std::vector<Org>> list_orgs(ReadTx& tx) {
  static const std::string sql = select_orgs("WHERE state <> 'deleted' ORDER BY number LIMIT :limit");
  return find_rows<Org>(tx, sql, orgs_max);
}

Status set_org_name(Tx& tx, OrgNumber number, std::string_view name) {
  return one_org(change_rows(tx, "UPDATE org SET name = :name WHERE number = :number", name, number), number);
}

// What a disabled org's receivers did not get in the meantime is no failure of theirs.
Status set_org_state(Tx& tx, OrgNumber number, OrgState state) {
  if (state == OrgState::enabled)
    LG_TRY(change_rows(tx, "UPDATE subscription SET failing_since = NULL WHERE org = :org", number));
  tx.on_commit({.kind = Wake::Kind::subscription});
  return one_org(change_rows(tx, "UPDATE org SET state = :state WHERE number = :number", state, number), number);
}

Result<Sandbox> insert_sandbox(Tx& tx, Sandbox sandbox) {
  if (find_sandbox(tx, sandbox.scope.org, sandbox.name).has_value()) {
    return fail(codes::conflict, "The org has a sandbox '{}' already", sandbox.name);
  }
  LG_TRY(check_count(tx, "SELECT count(*) FROM sandbox WHERE org = :org AND deleted IS NULL", sandbox.scope.org,
                     sandboxes_per_org_max, "sandboxes"));
  if (sandbox.title.empty()) sandbox.title = sandbox.name;
  sandbox.updated = sandbox.created;
  sandbox.updated_user = sandbox.created_user;
  LG_ASSIGN(const auto number,
            find_row<SandboxNumber>(tx,
                                    "INSERT INTO sandbox (org, name, id, type, created, title, updated, created_user,"
                                    " updated_user) VALUES (:org, :name, :id, :type, :created, :title, :updated,"
                                    " :created_user, :updated_user) RETURNING number",
                                    sandbox.scope.org, sandbox.name, sandbox.id, sandbox.type, sandbox.created,
                                    sandbox.title, sandbox.updated, sandbox.created_user, sandbox.updated_user));
  sandbox.scope.sandbox = number.value();
  LG_TRY(begin_metering(tx, sandbox.scope));
  return sandbox;
}

Result<Sandbox> find_sandbox(ReadTx& tx, OrgNumber org, std::string_view name) {
  static const std::string sql = select_sandboxes("WHERE org = :org AND name = :name AND deleted IS NULL");
  LG_ASSIGN(auto sandbox, find_row<Sandbox>(tx, sql, org, name));
  if (!sandbox.has_value()) return fail(codes::not_found, "There is no sandbox '{}'", name);
  return *std::move(sandbox);
}

Result<Sandbox> get_sandbox(ReadTx& tx, const Scope& scope) {
  static const std::string sql = select_sandboxes("WHERE org = :org AND number = :number");
  LG_ASSIGN(auto sandbox, find_row<Sandbox>(tx, sql, scope.org, scope.sandbox));
  if (!sandbox.has_value()) return fail(codes::not_found, "There is no sandbox number {}", scope.sandbox);
  return *std::move(sandbox);
}

Result<std::vector<Sandbox>> list_sandboxes(ReadTx& tx, OrgNumber org) {
  static const std::string sql = select_sandboxes("WHERE org = :org AND deleted IS NULL ORDER BY name LIMIT :limit");
  return find_rows<Sandbox>(tx, sql, org, sandboxes_per_org_max);
}

Status insert_client(Tx& tx, const Client& client) {
  if (find_client(tx, client.client_id).has_value()) {
    return fail(codes::conflict, "The client id {} is taken", client.client_id);
  }
  LG_TRY(check_count(tx, "SELECT count(*) FROM client WHERE org = :org AND deleted IS NULL", client.org,
                     clients_per_org_max, "keys"));
  LG_TRY(change_rows(tx,
                     "INSERT INTO client (client_id, org, secret_hash, user_id, name, disabled, created, created_user,"
                     " updated, secret_created) VALUES (:client_id, :org, :secret_hash, :user_id, :name, :disabled,"
                     " :created, :created_user, :updated, :secret_created)",
                     client.client_id, client.org, client.secret_hash, client.user_id, client.name, client.disabled,
                     client.created, client.created_user, client.created, client.created));
  return {};
}

Result<Client> find_client(ReadTx& tx, const ApiKey& client_id) {
  static const std::string sql = select_clients("WHERE client_id = :client_id");
  LG_ASSIGN(auto client, find_row<Client>(tx, sql, client_id));
  if (!client.has_value()) return fail(codes::not_found, "There is no client {}", client_id);
  return *std::move(client);
}

Result<std::vector<Client>> list_clients(ReadTx& tx, OrgNumber org) {
  static const std::string sql =
      select_clients("WHERE org = :org AND deleted IS NULL ORDER BY created, client_id LIMIT :limit");
  return find_rows<Client>(tx, sql, org, clients_per_org_max);
}

}  // namespace lakegate::ledger
