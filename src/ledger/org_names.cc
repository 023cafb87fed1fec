#include "ledger/org_names.h"

#include "ledger/orgs.h"

namespace lakegate::ledger {

std::string OrgNames::of(OrgNumber org) {
  {
    const std::lock_guard lock(mutex_);
    if (const auto found = names_.find(org.value); found != names_.end()) return found->second;
  }
  const Result<Org> read = ledger_.read([&](ReadTx& tx) { return get_org(tx, org); });
  if (!read) return {};
  const std::lock_guard lock(mutex_);
  return names_.insert_or_assign(org.value, read->ims_org.text()).first->second;
}

}  // namespace lakegate::ledger
