#include "ledger/client_grants.h"

#include <boost/json.hpp>

#include <algorithm>
#include <utility>

#include "ledger/sql.h"

namespace lakegate {

template <class Visit>
void visit_columns(Visit& visit, Grant& grant) {
  visit(grant.rights, grant.sandbox, grant.datasets);
}

}  // namespace lakegate

namespace lakegate::ledger {

template <>
struct ColumnType<Rights> {
  using Stored = std::string;
  static std::string to_stored(const Rights& rights) {
    std::string text;
    for (const Right right : all_rights) {
      if (rights.has(right)) text += fmt::format("{}{}", text.empty() ? "" : ",", to_string(right));
    }
    return text;
  }
  static bool from_stored(std::string_view stored, Rights& rights) {
    while (!stored.empty()) {
      const std::string_view name = stored.substr(0, stored.find(','));
      const std::optional<Right> right = parse_right(name);
      if (!right) return false;
      rights = rights | *right;
      stored.remove_prefix(std::min(stored.size(), name.size() + 1));
    }
    return !rights.empty();
  }
};

template <>
struct ColumnType<std::vector<DatasetId>> {
  using Stored = std::string;
  static std::string to_stored(const std::vector<DatasetId>& ids) {
    boost::json::array array;
    for (const DatasetId& id : ids) array.emplace_back(id.text());
    return boost::json::serialize(array);
  }
  static bool from_stored(const std::string& stored, std::vector<DatasetId>& ids) {
    boost::system::error_code error;
    const boost::json::value parsed = boost::json::parse(stored, error);
    if (error || !parsed.is_array()) return false;
    for (const boost::json::value& id : parsed.get_array()) {
      if (!id.is_string()) return false;
      ids.emplace_back(std::string(id.get_string()));
    }
    return true;
  }
};

Result<std::optional<std::vector<Grant>>> client_grants(ReadTx& tx, const ApiKey& client) {
  LG_ASSIGN(std::vector<Grant> grants, find_rows<Grant>(tx,
                                                        "SELECT rights, sandbox, datasets FROM client_grant"
                                                        " WHERE client_id = :client ORDER BY number LIMIT :limit",
                                                        client, grants_per_client_max));
  if (grants.empty()) return std::nullopt;
  return std::optional(std::move(grants));
}

Status set_client_grants(Tx& tx, OrgNumber org, const ApiKey& client, const std::optional<std::vector<Grant>>& grants) {
  LG_ASSIGN(const auto known,
            find_row<int64_t>(tx, "SELECT 1 FROM client WHERE client_id = :client AND org = :org", client, org));
  if (!known) return fail(codes::not_found, "There is no client {}", client);
  if (grants && (grants->empty() || std::ssize(*grants) > grants_per_client_max)) {
    return fail(codes::invalid_argument, "A client has 1 to {} grants, or none where it has no restriction; not {}.",
                grants_per_client_max, grants->size());
  }
  LG_TRY(change_rows(tx, "DELETE FROM client_grant WHERE client_id = :client", client));
  if (!grants) return {};
  int64_t number = 0;
  for (const Grant& grant : *grants) {
    LG_TRY(change_rows(tx,
                       "INSERT INTO client_grant (client_id, number, rights, sandbox, datasets) VALUES"
                       " (:client, :number, :rights, :sandbox, :datasets)",
                       client, ++number, grant.rights, grant.sandbox, grant.datasets));
  }
  return {};
}

}  // namespace lakegate::ledger
