// What manifests hold, read back from the store.
#pragma once

#include <span>
#include <vector>

#include "base/result.h"
#include "iceberg/manifest.h"
#include "model/table_state.h"
#include "objects/object_store.h"

namespace lakegate {

// The live entries of these manifests in their order, with inherited numbers filled in. `corrupt` names the manifest.
Result<std::vector<iceberg::ManifestEntry>> read_live_entries(ObjectStore& objects,
                                                              std::span<const ManifestFile> manifests);

}  // namespace lakegate
