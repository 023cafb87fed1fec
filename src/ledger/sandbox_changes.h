// What becomes of a sandbox after its creation.
#pragma once

#include <string_view>

#include "base/clock.h"
#include "base/result.h"
#include "ledger/transaction.h"
#include "model/ids.h"

namespace lakegate::ledger {

// `not_found` in both: there is none, or it is deleted.
Status set_sandbox_title(Tx& tx, const Scope& scope, std::string_view title, Millis now, std::string_view user);

// `sandbox_in_use`: it has a dataset, or a batch that is on its way; the message names one.
Status check_sandbox_empty(ReadTx& tx, const Scope& scope);

// Its row stays for what refers to it; nobody finds it any more, and its name can be given again. Refused as by
// check_sandbox_empty.
Status delete_sandbox(Tx& tx, const Scope& scope, Millis now, std::string_view user);

}  // namespace lakegate::ledger
