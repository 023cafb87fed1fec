// Sample: one value that a schema takes, for GET /rpc/sampledata/{id}.
#pragma once

#include "xdm/document.h"
#include "xdm/resolver.h"

namespace lakegate::registry {

inline constexpr size_t sample_fields_max = 20'000;

// Every field that makes a column has a value that passes our own checks; those for which none can be made up (a
// pattern, say) are left out, and so are objects and lists without any.
xdm::JsonObject sample_of(const xdm::ResolvedSchema& schema);

}  // namespace lakegate::registry
