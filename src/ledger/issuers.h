// Outside issuers whose tokens an org trusts. What a definition says is auth's matter.
#pragma once

#include <string>
#include <string_view>
#include <vector>

#include "base/clock.h"
#include "base/result.h"
#include "ledger/transaction.h"
#include "model/ids.h"

namespace lakegate::ledger {

inline constexpr int64_t issuers_per_org_max = 16;
inline constexpr int64_t issuers_max = 1'000;  // of all orgs: all of them are kept in memory

struct IssuerRow {
  std::string id;
  OrgNumber org;
  std::string issuer;      // its address; an org registers each once
  std::string definition;  // JSON object
  Millis created = 0;
  Millis updated = 0;
};

// `conflict`: the org has registered that address already, or there are as many as there can be.
Status insert_issuer(Tx& tx, const IssuerRow& row);
// Definition and time of update of the one with that id; its address stays. `not_found`.
Status change_issuer(Tx& tx, const IssuerRow& row);
// False: there was none.
Result<bool> remove_issuer(Tx& tx, std::string_view id);

Result<IssuerRow> find_issuer(ReadTx& tx, std::string_view id);  // `not_found`
// The oldest first.
Result<std::vector<IssuerRow>> issuers_of(ReadTx& tx, OrgNumber org);
Result<std::vector<IssuerRow>> all_issuers(ReadTx& tx);

}  // namespace lakegate::ledger
