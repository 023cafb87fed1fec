// Completion: what a registry adds to a client's document, and takes out of it again before a change.
#pragma once

#include <string>
#include <string_view>
#include <vector>

#include "base/clock.h"
#include "ledger/orgs.h"
#include "registry/draft.h"
#include "registry/resource.h"
#include "xdm/resolver.h"

namespace lakegate::registry {

// When and by whom a resource was made and changed last.
struct Stamp {
  Millis created = 0;
  std::string created_user;
  std::string created_client;
  Millis changed = 0;
  std::string changed_user;
  std::string changed_client;
};

// The client's own members, as they are stored: what the registry sets is left out, `type` is there, and each entry of
// allOf stands once, so that adding one again changes nothing.
xdm::JsonObject own_members(const xdm::JsonObject& document);

// `resource.document` holds own members and becomes the whole document: `$id`, `meta:…`, `version` and all else, with
// a new eTag. `resolved`: its tree. `class_id`: of a schema.
void complete(Resource& resource, const Author& author, const ledger::Sandbox& sandbox, const Stamp& stamp,
              const ResourceId& class_id, const xdm::ResolvedSchema& resolved);

// `eTag` of the document's meta:registryMetadata; empty: none.
std::string_view etag_of(const xdm::JsonObject& document);

// The document names `tag` among its meta:immutableTags.
bool has_immutable_tag(const xdm::JsonObject& document, std::string_view tag);

inline constexpr std::string_view union_tag = "union";

}  // namespace lakegate::registry
