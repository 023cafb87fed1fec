// Descriptors: what a schema's field means beyond its type: an identity, a reference, a display name, a relationship
// (contract/schema-registry.md, "Resources").
#pragma once

#include <string>
#include <string_view>
#include <vector>

#include "base/clock.h"
#include "base/random.h"
#include "base/result.h"
#include "ledger/descriptors.h"
#include "ledger/transaction.h"
#include "registry/draft.h"
#include "xdm/document.h"

namespace lakegate::registry {

inline constexpr int64_t descriptors_max = 4000;  // of one sandbox

struct Descriptor {
  std::string id;            // @id
  std::string type;          // @type
  xdm::JsonObject document;  // whole, server-set members included
};

// Checks a body against the schemas and the other descriptors of the sandbox; `id` empty: a new one, else what it
// replaces. Resolves the source schema: keep it off the ledger's writer. `descriptor_invalid`, `descriptor_not_found`.
Result<ledger::Descriptor> prepare_descriptor(ReadTx& ledger, const Author& author, const xdm::JsonObject& body,
                                              std::string_view id, Millis now, Random& random);

// `descriptor_invalid`: too many, or its twin came in since. `descriptor_needed`: it is not new, and a relationship
// that rests on it would lead nowhere. With an audit entry, as the next.
Status store_descriptor(Tx& ledger, const Author& author, const ledger::Descriptor& descriptor, bool is_new);
// `descriptor_needed`: a relationship rests on it. `descriptor_not_found`.
Status remove_descriptor(Tx& ledger, const Author& author, std::string_view id, Millis now);

Result<Descriptor> find_descriptor(ReadTx& ledger, const Scope& scope, std::string_view id);
// All of the sandbox, by type.
Result<std::vector<Descriptor>> list_descriptors(ReadTx& ledger, const Scope& scope);
// Those of one schema, as `meta:descriptors` of its full view has them.
Result<std::vector<Descriptor>> descriptors_of(ReadTx& ledger, const Scope& scope, const ResourceId& schema);

}  // namespace lakegate::registry
