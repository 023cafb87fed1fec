// What the operator does with orgs after their enrolment.
#pragma once

#include <string_view>

#include "auth/actor.h"
#include "base/result.h"
#include "ledger/orgs.h"

namespace lakegate::auth {

// All in a transaction of the caller, with a row in the org's own audit trail; `by.org` means nothing here. The
// directory is to forget after the commit. `org_needed`: the server's first org, the operator's own, can be neither
// disabled nor deleted.
Status rename_org(Tx& tx, const Actor& by, const ledger::Org& org, std::string_view name);
// All its keys are out from the commit on, or in again. Again is fine.
Status disable_org(Tx& tx, const Actor& by, const ledger::Org& org);
Status enable_org(Tx& tx, const Actor& by, const ledger::Org& org);
// Its rows stay, its id and tenant namespace are never given again, and nobody finds it any more. Its
// subscriptions end with it: nobody else could end them. `sandbox_in_use`: a sandbox of it has datasets, or batches on
// their way.
Status delete_org(Tx& tx, const Actor& by, const ledger::Org& org);

}  // namespace lakegate::auth
