#include "ledger/client_changes.h"

#include "base/error_codes.h"
#include "ledger/sql.h"

namespace lakegate::ledger {

template <class Visit>
void visit_columns(Visit& visit, FormerSecret& secret) {
  visit(secret.secret_hash, secret.good_until);
}

namespace {

Status one_client(const Result<int64_t>& changed, const ApiKey& client) {
  if (!changed.has_value()) return std::unexpected(changed.error());
  if (*changed == 1) return {};
  return fail(codes::not_found, "There is no API key {}", client);
}

}  // namespace

Result<std::vector<FormerSecret>> former_secrets(ReadTx& tx, const ApiKey& client, Millis now) {
  return find_rows<FormerSecret>(tx,
                                 "SELECT secret_hash, good_until FROM former_secret WHERE client_id = :client"
                                 " AND good_until > :now ORDER BY good_until LIMIT :limit",
                                 client, now, former_secrets_max);
}

Status set_client_name(Tx& tx, OrgNumber org, const ApiKey& client, std::string_view name, Millis now) {
  return one_client(change_rows(tx,
                                "UPDATE client SET name = :name, updated = :now WHERE client_id = :client"
                                " AND org = :org AND deleted IS NULL",
                                name, now, client, org),
                    client);
}

Status set_client_disabled(Tx& tx, OrgNumber org, const ApiKey& client, bool disabled, Millis now) {
  return one_client(change_rows(tx,
                                "UPDATE client SET disabled = :disabled, updated = :now WHERE client_id = :client"
                                " AND org = :org AND deleted IS NULL",
                                disabled, now, client, org),
                    client);
}

Status void_tokens(Tx& tx, OrgNumber org, const ApiKey& client, Millis until) {
  return one_client(change_rows(tx,
                                "UPDATE client SET tokens_void_until = max(tokens_void_until, :until)"
                                " WHERE client_id = :client AND org = :org AND deleted IS NULL",
                                until, client, org),
                    client);
}

Status replace_secret(Tx& tx, OrgNumber org, const ApiKey& client, std::string_view secret_hash,
                      Millis former_good_until, Millis now) {
  LG_TRY(change_rows(tx, "DELETE FROM former_secret WHERE client_id = :client AND good_until <= :now", client, now));
  if (former_good_until > now) {
    LG_ASSIGN(const std::vector<FormerSecret> kept, former_secrets(tx, client, now));
    if (static_cast<int64_t>(kept.size()) >= former_secrets_max) {
      return fail(codes::conflict,
                  "API key {} has {} former secrets that are good still, which is the most. Wait, or rotate without an "
                  "overlap.",
                  client, kept.size());
    }
    LG_TRY(change_rows(tx,
                       "INSERT INTO former_secret (client_id, secret_hash, good_until) SELECT client_id, secret_hash,"
                       " :until FROM client WHERE client_id = :client AND org = :org AND deleted IS NULL",
                       former_good_until, client, org));
  }
  return one_client(change_rows(tx,
                                "UPDATE client SET secret_hash = :hash, secret_created = :now, updated = :now_2"
                                " WHERE client_id = :client AND org = :org AND deleted IS NULL",
                                secret_hash, now, now, client, org),
                    client);
}

Result<bool> has_manager(ReadTx& tx, OrgNumber org, Right also) {
  const auto on_all = [](std::string_view right) {
    return fmt::format(
        "EXISTS (SELECT 1 FROM client_grant g WHERE g.client_id = c.client_id AND g.sandbox IS NULL"
        " AND g.datasets IS NULL AND instr(',' || g.rights || ',', ',{},') > 0)",
        right);
  };
  LG_ASSIGN(const auto found,
            find_row<int64_t>(
                tx,
                fmt::format("SELECT 1 FROM client c WHERE c.org = :org AND c.disabled = 0 AND c.deleted IS NULL AND"
                            " (NOT EXISTS (SELECT 1 FROM client_grant g WHERE g.client_id = c.client_id)"
                            " OR ({} AND {})) LIMIT 1",
                            on_all(to_string(Right::manage)), on_all(to_string(also))),
                org));
  return found.has_value();
}

Status forget_former_secrets(Tx& tx, const ApiKey& client) {
  LG_TRY(change_rows(tx, "DELETE FROM former_secret WHERE client_id = :client", client));
  return {};
}

Status delete_client(Tx& tx, OrgNumber org, const ApiKey& client, Millis now) {
  LG_TRY(one_client(change_rows(tx,
                                "UPDATE client SET secret_hash = '', disabled = 1, deleted = :deleted, updated = :now,"
                                " tokens_void_until = max(tokens_void_until, :until)"
                                " WHERE client_id = :client AND org = :org AND deleted IS NULL",
                                now, now, now, client, org),
                    client));
  LG_TRY(change_rows(tx, "DELETE FROM client_key WHERE client_id = :client", client));
  return forget_former_secrets(tx, client);
}

}  // namespace lakegate::ledger
