// XED names: what data files and clients call a field that XDM names in JSON-LD's way.
//   xdm:person → person · @id → _id · repo:createDate → _repo.createDate · xdm:direct-mail → directMail
//   https://ns.adobe.com/experience/x/y → _experience.x.y · plain → plain (dashes and all)
#pragma once

#include <string>
#include <string_view>
#include <vector>

#include "xdm/document.h"

namespace lakegate::xdm {

inline constexpr size_t name_segments_max = 16;

// One segment per level of nesting; never empty.
std::vector<std::string> xed_path(std::string_view xdm_name);

// A copy of a raw resource in which every property has its XED name and, where that differs, `meta:xdmField` holds the
// XDM one. A name of several segments becomes nested objects, which properties of one object may share; `required`
// follows. Names of definitions stay. Changes nothing in a resource that has XED names already; nor below `_adhoc`,
// whose names are verbatim.
//
// `schema_invalid`: a keyword of the wrong shape, a name of too many segments; `schema_type_clash`: two names meet in
// one field of different types.
Result<JsonObject> with_xed_names(const JsonObject& document);

}  // namespace lakegate::xdm
