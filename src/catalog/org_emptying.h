// Emptying an org before it is deleted.
#pragma once

#include <string>

#include "base/result.h"
#include "catalog/dataset_deletion.h"
#include "model/ids.h"

namespace lakegate::catalog {

// Deletes all datasets of all sandboxes, each as delete_dataset does, with its own history and grace. The org is
// disabled, so that no more come. A stop in between leaves fewer datasets: call again. Blocks.
Status delete_datasets_of_org(const DatasetDeletion& parts, OrgNumber org, const std::string& user,
                              const std::string& request_id);

}  // namespace lakegate::catalog
