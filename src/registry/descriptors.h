// Descriptors: what a schema's field means beyond its type: an identity, a reference, a display name, a relationship
// (contract/schema-registry.md, "Resources").
#pragma once

#include <span>
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

// The words of @type, in the order in which lists group them.
std::span<const std::string_view> descriptor_types();

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

// Sets `meta:status` "deprecated" on the fields of a full view that descriptors of it, or of what it extends, name so.
Status mark_deprecated(ReadTx& ledger, const Scope& scope, const ResourceId& schema, xdm::JsonObject& tree);

// The field at a descriptor's path ("/a/b", names as in a resolved tree; lists and maps are passed through, with or
// without "[*]"); null: there is none.
const xdm::JsonObject* field_at(const xdm::JsonObject& tree, std::string_view path);
xdm::JsonObject* field_at(xdm::JsonObject& tree, std::string_view path);

}  // namespace lakegate::registry
