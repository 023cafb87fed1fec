// Sandboxes of an org: made, renamed, taken away.
#pragma once

#include <string>
#include <string_view>

#include "auth/actor.h"
#include "base/random.h"
#include "base/result.h"
#include "ledger/orgs.h"

namespace lakegate::auth {

struct SandboxOrder {
  std::string name;
  std::string title;  // empty: the name
  std::string type;   // empty: development
};

// All in a transaction of the caller, with a row of the audit trail; the directory is to forget after the commit.

// Ready at once, with all that a first sandbox has: the built-in schema resources are every sandbox's, and what else
// there may be begins empty. `id`: made of Random::uuid. `invalid_argument` with the rule, `conflict`.
Result<ledger::Sandbox> create_sandbox(Tx& tx, const Actor& by, const SandboxOrder& order, const std::string& id);

// `not_found` in both.
Result<ledger::Sandbox> set_sandbox_title(Tx& tx, const Actor& by, std::string_view name, std::string_view title);
// As it was. Its subscriptions end; its name can be given again, and the new one has nothing of it. `sandbox_in_use`:
// it holds datasets, or batches on their way. `sandbox_needed`: it is the org's first, which requests without
// x-sandbox-name mean.
Result<ledger::Sandbox> delete_sandbox(Tx& tx, const Actor& by, std::string_view name);

}  // namespace lakegate::auth
