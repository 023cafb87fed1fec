// Datasets as the wire has them, contract/catalog.md "Dataset".
#pragma once

#include <boost/json/object.hpp>

#include <string>
#include <string_view>

#include "ledger/batches.h"
#include "model/dataset.h"

namespace lakegate::api {

// What a dataset does not know itself.
struct DatasetRendering {
  std::string_view ims_org;
  std::string_view sandbox_id;
  std::string_view active_word = "active";  // setting catalog.active_status
};

// The members whose values `batches` has: a list that does not show them need not ask for them.
inline constexpr std::string_view last_batch_members[] = {"lastBatchId", "lastBatchStatus", "lastSuccessfulBatch",
                                                          "lastFailedBatch"};

// The dataset itself, without the id as key around it. `location`: the table's, a URI, shown as `basePath`.
boost::json::object render_dataset(const Dataset& dataset, const ledger::LastBatches& batches,
                                   const std::string& location, const DatasetRendering& rendering);

// "@/dataSets/{id}/views/{view}/files".
std::string files_reference(const Dataset& dataset);

}  // namespace lakegate::api
