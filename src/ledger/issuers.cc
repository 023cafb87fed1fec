#include "ledger/issuers.h"

#include <algorithm>

#include "ledger/sql.h"

namespace lakegate::ledger {

template <class Visit>
void visit_columns(Visit& visit, IssuerRow& row) {
  visit(row.id, row.org, row.issuer, row.definition, row.created, row.updated);
}

Status insert_issuer(Tx& tx, const IssuerRow& row) {
  LG_ASSIGN(const std::vector<IssuerRow> kept, issuers_of(tx, row.org));
  if (std::ranges::find(kept, row.issuer, &IssuerRow::issuer) != kept.end())
    return fail(codes::conflict, "The org has registered issuer {} already. Change that one, or remove it first.",
                row.issuer);
  if (static_cast<int64_t>(kept.size()) >= issuers_per_org_max)
    return fail(codes::conflict, "The org has {} issuers already, which is the most. Remove one first.", kept.size());
  LG_ASSIGN(const auto all, find_row<int64_t>(tx, "SELECT count(*) FROM issuer"));
  if (all.value_or(0) >= issuers_max)
    return fail(codes::conflict, "The server has {} issuers already, which is the most.", issuers_max);
  LG_TRY(change_rows(tx,
                     "INSERT INTO issuer (id, org, issuer, definition, created, updated) VALUES"
                     " (:id, :org, :issuer, :definition, :created, :updated)",
                     row.id, row.org, row.issuer, row.definition, row.created, row.updated));
  return {};
}

Status change_issuer(Tx& tx, const IssuerRow& row) {
  LG_ASSIGN(const int64_t changed,
            change_rows(tx, "UPDATE issuer SET definition = :definition, updated = :updated WHERE id = :id",
                        row.definition, row.updated, row.id));
  if (changed == 1) return {};
  return fail(codes::not_found, "There is no issuer with the id {}", row.id);
}

Result<bool> remove_issuer(Tx& tx, std::string_view id) {
  LG_ASSIGN(const int64_t removed, change_rows(tx, "DELETE FROM issuer WHERE id = :id", id));
  return removed > 0;
}

Result<IssuerRow> find_issuer(ReadTx& tx, std::string_view id) {
  LG_ASSIGN(auto row, find_row<IssuerRow>(tx,
                                          "SELECT id, org, issuer, definition, created, updated FROM issuer"
                                          " WHERE id = :id",
                                          id));
  if (!row.has_value()) return fail(codes::not_found, "There is no issuer with the id {}", id);
  return *std::move(row);
}

Result<std::vector<IssuerRow>> issuers_of(ReadTx& tx, OrgNumber org) {
  return find_rows<IssuerRow>(tx,
                              "SELECT id, org, issuer, definition, created, updated FROM issuer"
                              " WHERE org = :org ORDER BY created, id LIMIT :limit",
                              org, issuers_per_org_max);
}

Result<std::vector<IssuerRow>> all_issuers(ReadTx& tx) {
  return find_rows<IssuerRow>(tx,
                              "SELECT id, org, issuer, definition, created, updated FROM issuer"
                              " WHERE created >= 0 ORDER BY created, id LIMIT :limit",
                              issuers_max);
}

}  // namespace lakegate::ledger
