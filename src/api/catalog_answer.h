// What all Catalog routes have in common: objects keyed by id come out, JSON goes in, and changes may be conditional.
#pragma once

#include <boost/json/object.hpp>
#include <boost/json/value.hpp>

#include <optional>
#include <string_view>

#include "api/batch_json.h"
#include "api/catalog.h"
#include "auth/identity.h"
#include "base/clock.h"
#include "base/result.h"
#include "http/request.h"
#include "http/response.h"
#include "model/ids.h"

namespace lakegate::api {

inline constexpr std::string_view catalog_root = "/data/foundation/catalog";

http::Response catalog_answer(const boost::json::object& keyed_by_id);
// The same for one object, with its version as ETag.
http::Response catalog_answer(std::string_view id, boost::json::object object, int64_t version);

// ["@/dataSets/66f0…"], as the body's text.
std::string dataset_reference(const DatasetId& id);

// The body, whatever JSON it is. `unsupported_content_type` where the header names something else than JSON (what curl
// says by itself passes), `invalid_argument` where it cannot be read.
Result<boost::json::value> parse_catalog_body(const http::Request& request);

// Whether an If-Match lets the change happen: it names the version, quoted or not, or the time of the last change, as
// some descriptions of the contract want it, or is "*". Without the header: yes.
bool if_match_holds(const http::Request& request, int64_t version, Millis updated);

// `Pragma: validate-only`: check, store nothing.
bool wants_validation_only(const http::Request& request);

BatchRendering batch_rendering(const CatalogRoutes& parts, const auth::Identity& identity);

}  // namespace lakegate::api
