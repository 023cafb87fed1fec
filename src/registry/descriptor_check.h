// Whether a descriptor's body may be stored: what it says of itself, and what it needs of schemas and of other
// descriptors.
#pragma once

#include <string_view>

#include "base/result.h"
#include "ledger/descriptors.h"
#include "ledger/transaction.h"
#include "registry/draft.h"
#include "xdm/document.h"

namespace lakegate::registry {

// `id`: of the one that it replaces; empty: it is new. Gives what the ledger needs to know of it, without id, times and
// document. Resolves the source schema: keep it off the ledger's writer. `descriptor_invalid` names the member, what
// was found and what is expected.
Result<ledger::Descriptor> check_descriptor(ReadTx& ledger, const Author& author, const xdm::JsonObject& body,
                                            std::string_view id);

}  // namespace lakegate::registry
