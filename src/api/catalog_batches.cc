#include <boost/json/object.hpp>

#include <utility>
#include <vector>

#include "api/batch_json.h"
#include "api/catalog.h"
#include "api/catalog_answer.h"
#include "api/catalog_list_parameters.h"
#include "api/replay_json.h"
#include "ledger/batches.h"

namespace lakegate::api {
namespace {

namespace json = boost::json;

// A list has the first ones, a look-up all: a page of failed batches stays within a few megabytes.
constexpr int64_t listed_errors_max = 20;

// Errors are asked for where there are any: failed batches.
Result<json::object> render_listed(ReadTx& tx, const Batch& batch, bool with_errors, const BatchRendering& rendering) {
  std::vector<BatchError> errors;
  if (with_errors && batch.status == BatchStatus::failed) {
    LG_ASSIGN(errors, ledger::errors_of(tx, batch.id, listed_errors_max));
  }
  return render_batch(batch, errors, rendering);
}

Result<http::Response> get_list(const CatalogRoutes& parts, const http::Request& request,
                                const auth::Identity& identity) {
  LG_ASSIGN(const auto query, parse_list_query(request, batch_list_vocabulary()));
  const ShownMembers shown(request);
  const BatchRendering rendering = batch_rendering(parts, identity);
  LG_ASSIGN(const json::object body, parts.ledger.read([&](ReadTx& tx) -> Result<json::object> {
    LG_ASSIGN(const std::vector<Batch> batches, ledger::list_batches(tx, identity.scope, query));
    json::object keyed;
    for (const Batch& batch : batches) {
      LG_ASSIGN(json::object rendered, render_listed(tx, batch, shown.shows("errors"), rendering));
      if (shown.shows("replay")) LG_TRY(add_replay(tx, batch.id, rendered));
      keyed.emplace(batch.id.text(), shown.select(std::move(rendered)));
    }
    return keyed;
  }));
  return catalog_answer(body);
}

Result<http::Response> get_one(const CatalogRoutes& parts, const http::Request& request,
                               const auth::Identity& identity) {
  const BatchId id(request.path_parameter("id"));
  const BatchRendering rendering = batch_rendering(parts, identity);
  int64_t version = 0;
  LG_ASSIGN(json::object rendered, parts.ledger.read([&](ReadTx& tx) -> Result<json::object> {
    LG_ASSIGN(const Batch batch, ledger::find_batch(tx, identity.scope, id));
    LG_ASSIGN(const std::vector<BatchError> errors, ledger::errors_of(tx, id));
    LG_ASSIGN(const std::vector<BatchTransition> history, ledger::history(tx, id));
    version = batch.version;
    json::object object = render_batch(batch, errors, rendering);
    LG_TRY(add_replay(tx, id, object));
    object["history"] = render_history(history, rendering);
    return object;
  }));
  return catalog_answer(id.text(), ShownMembers(request).select(std::move(rendered)), version);
}

}  // namespace

void add_catalog_batch_routes(http::Router& router, const CatalogRoutes& parts) {
  const auto add = [&](std::string_view path, auto handle) {
    router.add("GET", fmt::format("{}{}", catalog_root, path),
               parts.gateway.authorised([parts, handle](const http::Request& request, const auth::Identity& identity) {
                 return handle(parts, request, identity);
               }));
  };
  add("/batches", get_list);
  add("/batches/{id}", get_one);
  add("/batch/{id}", get_one);
}

}  // namespace lakegate::api
