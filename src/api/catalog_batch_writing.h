// What the Catalog's batch routes do that changes something. Batches live by the Import API; here their tags and dates
// are changed.
#pragma once

#include <boost/json/object.hpp>

#include "api/batch_json.h"
#include "api/catalog.h"
#include "auth/identity.h"
#include "base/result.h"
#include "http/request.h"
#include "http/response.h"
#include "ledger/transaction.h"

namespace lakegate::api {

// The wire form with what the ledger has beside the batch: at most `errors_max` errors, availableDates.
Result<boost::json::object> show_batch(ReadTx& tx, const Batch& batch, int64_t errors_max,
                                       const BatchRendering& rendering);

// 201, the reference and a Location; the same again under the same Idempotency-Key.
Result<http::Response> create_batch(const CatalogRoutes& parts, const http::Request& request,
                                    const auth::Identity& identity);

// REVERT of an active batch, ABORT of one that is on its way to be sent; a batch that is over stays as it is. 200 with
// the reference; an empty list where there is no such batch. Blocks on the disk.
Result<http::Response> delete_batch(const CatalogRoutes& parts, const http::Request& request,
                                    const auth::Identity& identity);

}  // namespace lakegate::api
