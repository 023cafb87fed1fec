#include <boost/json/object.hpp>

#include <utility>
#include <vector>

#include "api/catalog.h"
#include "api/catalog_answer.h"
#include "api/catalog_dataset_reading.h"
#include "api/catalog_list_parameters.h"
#include "ledger/datasets.h"
#include "model/error_codes.h"

namespace lakegate::api {
namespace {

namespace json = boost::json;

json::object render_view(const CatalogRoutes& parts, const Dataset& dataset, const BatchRendering& rendering) {
  return {{"dataSetId", dataset.id.text()},
          {"imsOrg", rendering.ims_org},
          {"sandboxId", rendering.sandbox_id},
          {"basePath", table_location(parts, dataset)},
          {"files", files_reference(dataset)},
          {"created", dataset.created},
          {"createdUser", dataset.created_user},
          {"createdClient", dataset.created_client},
          {"updated", dataset.updated},
          {"updatedUser", dataset.updated_user},
          {"version", version_text(dataset.version)}};
}

http::Response answer_views(const CatalogRoutes& parts, const std::vector<Dataset>& datasets,
                            const http::Request& request, const auth::Identity& identity) {
  const ShownMembers shown(request);
  json::object keyed;
  for (const Dataset& dataset : datasets) {
    json::object view = render_view(parts, dataset, batch_rendering(parts, identity));
    keyed.emplace(dataset.view_id.text(), shown.select(std::move(view)));
  }
  return catalog_answer(keyed);
}

// Each dataset has one view.
Result<http::Response> get_view_of_dataset(const CatalogRoutes& parts, const http::Request& request,
                                           const auth::Identity& identity, bool with_view) {
  const DatasetId id(request.path_parameter("id"));
  LG_ASSIGN(Dataset dataset, parts.ledger.read([&](ReadTx& tx) {
    return with_view ? find_dataset_of_view(tx, identity.scope, id, ViewId(request.path_parameter("view")))
                     : ledger::find_dataset(tx, identity.scope, id);
  }));
  return answer_views(parts, {std::move(dataset)}, request, identity);
}

Result<http::Response> get_views(const CatalogRoutes& parts, const http::Request& request,
                                 const auth::Identity& identity) {
  LG_ASSIGN(const ListPage page, parse_list_page(request));
  ledger::DatasetQuery query;
  query.start = page.start;
  query.limit = page.limit;
  if (const auto dataset = request.query_value("dataSetId"))
    query.filters.push_back({ledger::DatasetField::id, ledger::Comparison::any_of, {std::string(*dataset)}});
  LG_ASSIGN(const std::vector<Dataset> datasets,
            parts.ledger.read([&](ReadTx& tx) { return ledger::list_datasets(tx, identity.scope, query); }));
  return answer_views(parts, datasets, request, identity);
}

Result<http::Response> get_view(const CatalogRoutes& parts, const http::Request& request,
                                const auth::Identity& identity) {
  const std::string& id = request.path_parameter("id");
  ledger::DatasetQuery query;
  query.filters.push_back({ledger::DatasetField::view_id, ledger::Comparison::any_of, {id}});
  LG_ASSIGN(const std::vector<Dataset> datasets,
            parts.ledger.read([&](ReadTx& tx) { return ledger::list_datasets(tx, identity.scope, query); }));
  if (datasets.empty()) return fail(codes::dataset_not_found, "There is no dataset view {}.", id);
  return answer_views(parts, datasets, request, identity);
}

}  // namespace

void add_catalog_dataset_view_routes(http::Router& router, const CatalogRoutes& parts) {
  const auto add = [&](std::string_view path, auto handle) {
    router.add("GET", fmt::format("{}{}", catalog_root, path),
               parts.gateway.authorised([parts, handle](const http::Request& request, const auth::Identity& identity) {
                 return handle(parts, request, identity);
               }));
  };
  const auto view_of_dataset = [](bool with_view) {
    return [with_view](const CatalogRoutes& routes, const http::Request& request, const auth::Identity& identity) {
      return get_view_of_dataset(routes, request, identity, with_view);
    };
  };
  add("/dataSetViews", get_views);
  add("/dataSetViews/{id}", get_view);
  add("/dataSets/{id}/views", view_of_dataset(false));
  add("/dataSets/{id}/views/{view}", view_of_dataset(true));
}

}  // namespace lakegate::api
