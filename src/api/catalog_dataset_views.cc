#include <boost/json/object.hpp>

#include <utility>
#include <vector>

#include "api/catalog.h"
#include "api/catalog_answer.h"
#include "api/catalog_dataset_reading.h"
#include "api/catalog_list_parameters.h"
#include "api/catalog_operations.h"
#include "base/error_codes.h"
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
Result<http::Response> get_views_of_dataset(ReadTx& tx, const CatalogRoutes& parts, const http::Request& request,
                                            const auth::Identity& identity) {
  LG_ASSIGN(Dataset dataset, ledger::find_dataset(tx, identity.scope, DatasetId(request.path_parameter("id"))));
  return answer_views(parts, {std::move(dataset)}, request, identity);
}

Result<http::Response> get_view_of_dataset(ReadTx& tx, const CatalogRoutes& parts, const http::Request& request,
                                           const auth::Identity& identity) {
  LG_ASSIGN(Dataset dataset, find_dataset_of_view(tx, identity.scope, DatasetId(request.path_parameter("id")),
                                                  ViewId(request.path_parameter("view"))));
  return answer_views(parts, {std::move(dataset)}, request, identity);
}

Result<http::Response> get_views(ReadTx& tx, const CatalogRoutes& parts, const http::Request& request,
                                 const auth::Identity& identity) {
  LG_ASSIGN(const ledger::DatasetQuery query, parse_list_query(request, dataset_view_vocabulary()));
  LG_ASSIGN(const std::vector<Dataset> datasets, ledger::list_datasets(tx, identity.scope, query));
  return answer_views(parts, datasets, request, identity);
}

Result<Dataset> find_view(ReadTx& tx, const Sight& sight, const std::string& id) {
  ledger::DatasetQuery query;
  query.filters.push_back({ledger::DatasetField::view_id, ledger::Comparison::any_of, {id}});
  LG_ASSIGN(std::vector<Dataset> datasets, ledger::list_datasets(tx, sight, query));
  if (datasets.empty()) return fail(codes::dataset_not_found, "There is no dataset view {}.", id);
  return std::move(datasets.front());
}

Result<http::Response> get_view(ReadTx& tx, const CatalogRoutes& parts, const http::Request& request,
                                const auth::Identity& identity) {
  LG_ASSIGN(Dataset dataset, find_view(tx, identity.scope, request.path_parameter("id")));
  if (is_known_version(request, dataset.version, dataset.updated)) return answer_not_modified(dataset.version);
  json::object view = render_view(parts, dataset, batch_rendering(parts, identity));
  return catalog_answer(dataset.view_id.text(), ShownMembers(request).select(std::move(view)), dataset.version);
}

// Clients make a view for each dataset; ours is there already.
Result<http::Response> post_view(Tx& tx, const CatalogRoutes&, const http::Request& request,
                                 const auth::Identity& identity) {
  LG_ASSIGN(const json::value body, parse_catalog_body(request));
  const json::value* id = body.is_object() ? body.get_object().if_contains("dataSetId") : nullptr;
  if (id == nullptr || !id->is_string()) {
    return fail(codes::invalid_argument, "Member dataSetId is missing or no text; expected the id of a dataset.");
  }
  const DatasetId dataset_id{std::string(id->get_string())};
  LG_ASSIGN(const Dataset dataset, ledger::find_dataset(tx, identity.scope, dataset_id));
  if (wants_validation_only(request)) return answer_unchanged();
  auto response = http::Response::text(201, "application/json", reference_to("dataSetViews", dataset.view_id.text()));
  response.headers.set("Location", fmt::format("{}/dataSetViews/{}", catalog_root, dataset.view_id));
  return response;
}

constexpr CatalogRead reads[] = {
    {"/dataSetViews", get_views},
    {"/dataSetViews/{id}", get_view},
    {"/dataSets/{id}/views", get_views_of_dataset},
    {"/dataSets/{id}/views/{view}", get_view_of_dataset},
};
constexpr CatalogWrite writes[] = {{"POST", "/dataSetViews", Right::manage, post_view}};

}  // namespace

std::span<const CatalogRead> dataset_view_reads() { return reads; }
std::span<const CatalogWrite> dataset_view_writes() { return writes; }

}  // namespace lakegate::api
