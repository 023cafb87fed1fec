#include <boost/json/object.hpp>

#include <algorithm>
#include <utility>
#include <vector>

#include "api/catalog.h"
#include "api/catalog_answer.h"
#include "api/catalog_dataset_reading.h"
#include "api/catalog_dataset_writing.h"
#include "api/catalog_list_parameters.h"
#include "ledger/datasets.h"
#include "model/error_codes.h"

namespace lakegate::api {
namespace {

namespace json = boost::json;

Result<http::Response> get_list(const CatalogRoutes& parts, const http::Request& request,
                                const auth::Identity& identity) {
  LG_ASSIGN(const ledger::DatasetQuery query, parse_list_query(request, dataset_list_vocabulary()));
  const ShownMembers shown(request);
  const bool with_batches =
      std::ranges::any_of(last_batch_members, [&](std::string_view name) { return shown.shows(name); });
  LG_ASSIGN(const json::object body, parts.ledger.read([&](ReadTx& tx) -> Result<json::object> {
    LG_ASSIGN(const std::vector<Dataset> datasets, ledger::list_datasets(tx, identity.scope, query));
    json::object keyed;
    for (const Dataset& dataset : datasets) {
      LG_ASSIGN(json::object rendered, show_dataset(tx, parts, dataset, identity, with_batches));
      keyed.emplace(dataset.id.text(), shown.select(std::move(rendered)));
    }
    return keyed;
  }));
  return catalog_answer(body);
}

Result<http::Response> get_one(const CatalogRoutes& parts, const http::Request& request,
                               const auth::Identity& identity) {
  const DatasetId id(request.path_parameter("id"));
  LG_ASSIGN(ShownDataset found, parts.ledger.read([&](ReadTx& tx) { return find_dataset(tx, parts, id, identity); }));
  return catalog_answer(id.text(), ShownMembers(request).select(std::move(found.shown)), found.dataset.version);
}

}  // namespace

Result<json::object> show_dataset(ReadTx& tx, const CatalogRoutes& parts, const Dataset& dataset,
                                  const auth::Identity& identity, bool with_batches) {
  ledger::LastBatches batches;
  if (with_batches) {
    LG_ASSIGN(batches, ledger::last_batches(tx, dataset.id));
  }
  const DatasetRendering rendering{
      .ims_org = identity.ims_org.text(), .sandbox_id = identity.sandbox_id, .active_word = parts.active_word};
  return render_dataset(dataset, batches, table_location(parts, dataset), rendering);
}

Result<ShownDataset> find_dataset(ReadTx& tx, const CatalogRoutes& parts, const DatasetId& id,
                                  const auth::Identity& identity) {
  LG_ASSIGN(Dataset dataset, ledger::find_dataset(tx, identity.scope, id));
  LG_ASSIGN(json::object shown, show_dataset(tx, parts, dataset, identity, true));
  return ShownDataset{std::move(dataset), std::move(shown)};
}

Result<Dataset> find_dataset_of_view(ReadTx& tx, const Scope& scope, const DatasetId& id, const ViewId& view) {
  LG_ASSIGN(Dataset dataset, ledger::find_dataset(tx, scope, id));
  if (dataset.view_id == view) return dataset;
  return fail(codes::dataset_not_found, "Dataset {} has no view {}; its view is {}.", id, view, dataset.view_id);
}

std::string table_location(const CatalogRoutes& parts, const Dataset& dataset) {
  return parts.objects.location(table_folder_key(dataset.scope.org, dataset.id));
}

void add_catalog_dataset_routes(http::Router& router, const CatalogRoutes& parts) {
  const auto add = [&](const char* method, std::string_view path, auto handle) {
    router.add(method, fmt::format("{}{}", catalog_root, path),
               parts.gateway.authorised([parts, handle](const http::Request& request, const auth::Identity& identity) {
                 return handle(parts, request, identity);
               }));
  };
  const auto changing = [](catalog::ChangeForm form) {
    return [form](const CatalogRoutes& routes, const http::Request& request, const auth::Identity& identity) {
      return change_dataset(routes, request, identity, form);
    };
  };
  add("GET", "/dataSets", get_list);
  router.add("POST", fmt::format("{}/dataSets", catalog_root),
             parts.gateway.creating([parts](const http::Request& request, const auth::Identity& identity) {
               return create_dataset(parts, request, identity);
             }));
  add("GET", "/dataSets/{id}", get_one);
  add("PUT", "/dataSets/{id}", changing(catalog::ChangeForm::replace));
  add("PATCH", "/dataSets/{id}", changing(catalog::ChangeForm::merge));
  add("PATCH", "/v2/dataSets/{id}", changing(catalog::ChangeForm::deep_merge));
  add("DELETE", "/dataSets/{id}", delete_dataset);
}

}  // namespace lakegate::api
