// What the dataset routes do that changes something.
#pragma once

#include "api/catalog.h"
#include "auth/identity.h"
#include "base/result.h"
#include "catalog/dataset_change.h"
#include "http/request.h"
#include "http/response.h"

namespace lakegate::api {

// 201, the reference and a Location; the same again under the same Idempotency-Key. With `Pragma: validate-only` all
// checks, and 200 with an empty list.
Result<http::Response> create_dataset(const CatalogRoutes& parts, const http::Request& request,
                                      const auth::Identity& identity);

// 200 and the reference, with the new version as ETag. `precondition_failed` where If-Match names another version.
Result<http::Response> change_dataset(const CatalogRoutes& parts, const http::Request& request,
                                      const auth::Identity& identity, catalog::ChangeForm form);

// 200 and the reference. If-Match likewise.
Result<http::Response> delete_dataset(const CatalogRoutes& parts, const http::Request& request,
                                      const auth::Identity& identity);

}  // namespace lakegate::api
