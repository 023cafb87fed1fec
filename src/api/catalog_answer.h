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

// The answer to a change: ["@/dataSets/66f0…"], as the body's text; `type` is "dataSets".
std::string reference_to(std::string_view type, std::string_view id);
inline std::string dataset_reference(const DatasetId& id) { return reference_to("dataSets", id.text()); }

// 200 with the reference and the new version as ETag.
http::Response answer_changed(std::string_view type, std::string_view id, int64_t version);

// 200 with an empty list: nothing was changed, because nothing was to be.
http::Response answer_unchanged();

// The body, whatever JSON it is. `unsupported_content_type` where the header names something else than JSON (what curl
// says by itself passes), `invalid_argument` where it cannot be read.
Result<boost::json::value> parse_catalog_body(const http::Request& request);

// Whether an If-Match lets the change happen: it names the version, quoted or not, or the time of the last change, as
// some descriptions of the contract want it, or is "*". Without the header: yes.
bool if_match_holds(const http::Request& request, int64_t version, Millis updated);

// For a change: `precondition_failed` where If-Match lets it not happen, or If-None-Match names what is there. `what`
// is for the message: "dataset 66f0…".
Status check_conditions(const http::Request& request, int64_t version, Millis updated, std::string_view what);

// For a look-up: If-None-Match names the version, so that the answer is 304.
bool is_known_version(const http::Request& request, int64_t version, Millis updated);
http::Response answer_not_modified(int64_t version);

// `Pragma: validate-only`: check, store nothing.
bool wants_validation_only(const http::Request& request);

BatchRendering batch_rendering(const CatalogRoutes& parts, const auth::Identity& identity);

}  // namespace lakegate::api
