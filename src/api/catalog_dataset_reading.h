// Datasets as the routes that read and change them see them.
#pragma once

#include <boost/json/object.hpp>

#include <string>

#include "api/catalog.h"
#include "api/dataset_json.h"
#include "auth/identity.h"
#include "base/result.h"
#include "ledger/transaction.h"
#include "model/dataset.h"
#include "model/sight.h"
#include "objects/object_keys.h"

namespace lakegate::api {

// The wire form; `with_batches` false leaves the last batches' members empty and spares their queries.
Result<boost::json::object> show_dataset(ReadTx& tx, const CatalogRoutes& parts, const Dataset& dataset,
                                         const auth::Identity& identity, bool with_batches);

struct ShownDataset {
  Dataset dataset;
  boost::json::object shown;
};
// `dataset_not_found`, also for another scope's.
Result<ShownDataset> find_dataset(ReadTx& tx, const CatalogRoutes& parts, const DatasetId& id,
                                  const auth::Identity& identity);

// The same without its wire form, where the view is the dataset's; each has one.
Result<Dataset> find_dataset_of_view(ReadTx& tx, const Sight& sight, const DatasetId& id, const ViewId& view);

// The table's folder, a URI of the object store.
std::string table_location(const CatalogRoutes& parts, const Dataset& dataset);

}  // namespace lakegate::api
