#include "ledger/client_keys.h"

#include <algorithm>

#include "ledger/sql.h"

namespace lakegate::ledger {

template <class Visit>
void visit_columns(Visit& visit, ClientKey& key) {
  visit(key.key_id, key.pem, key.created);
}

Result<std::vector<ClientKey>> client_keys(ReadTx& tx, const ApiKey& client) {
  return find_rows<ClientKey>(tx,
                              "SELECT key_id, pem, created FROM client_key WHERE client_id = :client"
                              " ORDER BY created, key_id LIMIT :limit",
                              client, keys_per_client_max);
}

Status add_client_key(Tx& tx, const ApiKey& client, const ClientKey& key) {
  LG_ASSIGN(const std::vector<ClientKey> kept, client_keys(tx, client));
  if (std::ranges::find(kept, key.key_id, &ClientKey::key_id) != kept.end()) return {};
  if (static_cast<int64_t>(kept.size()) >= keys_per_client_max) {
    return fail(codes::conflict, "Client {} has {} keys already, which is the most. Remove one first.", client,
                kept.size());
  }
  LG_TRY(change_rows(tx,
                     "INSERT INTO client_key (client_id, key_id, pem, created) VALUES"
                     " (:client, :key_id, :pem, :created)",
                     client, key.key_id, key.pem, key.created));
  return {};
}

Result<bool> remove_client_key(Tx& tx, const ApiKey& client, std::string_view key_id) {
  LG_ASSIGN(const int64_t removed,
            change_rows(tx, "DELETE FROM client_key WHERE client_id = :client AND key_id = :key_id", client, key_id));
  return removed > 0;
}

}  // namespace lakegate::ledger
