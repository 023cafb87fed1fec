#include <boost/json/object.hpp>

#include <algorithm>
#include <utility>
#include <vector>

#include "api/catalog.h"
#include "api/catalog_answer.h"
#include "api/catalog_dataset_reading.h"
#include "api/catalog_dataset_writing.h"
#include "api/catalog_list_parameters.h"
#include "api/catalog_operations.h"
#include "api/row_expiration.h"
#include "ledger/datasets.h"
#include "model/error_codes.h"

namespace lakegate::api {
namespace {

namespace json = boost::json;

// A list of datasets with their whole schemas would be a very long answer.
constexpr int64_t observable_limit_max = 20;

Status check_limit(const ledger::DatasetQuery& query, const http::Request& request) {
  const auto properties = list_parameter(request, "properties").value_or("");
  if (query.limit <= observable_limit_max || properties.find("observableSchema") == std::string_view::npos) return {};
  return fail(codes::list_parameter_invalid,
              "Parameter limit is \"{}\"; expected a whole number from 1 to {} with properties=observableSchema.",
              query.limit, observable_limit_max);
}

bool shows_last_batches(const ShownMembers& shown) {
  return std::ranges::any_of(last_batch_members, [&](std::string_view name) { return shown.shows(name); });
}

Result<http::Response> get_list(ReadTx& tx, const CatalogRoutes& parts, const http::Request& request,
                                const auth::Identity& identity) {
  LG_ASSIGN(const ledger::DatasetQuery query, parse_list_query(request, dataset_list_vocabulary()));
  LG_TRY(check_limit(query, request));
  const ShownMembers shown(request);
  const bool with_batches = shows_last_batches(shown);
  LG_ASSIGN(const std::vector<Dataset> datasets, ledger::list_datasets(tx, identity.scope, query));
  json::object keyed;
  for (const Dataset& dataset : datasets) {
    LG_ASSIGN(json::object rendered, show_dataset(tx, parts, dataset, identity, with_batches));
    show_default_expiration(parts, rendered);
    keyed.emplace(dataset.id.text(), shown.select(std::move(rendered)));
  }
  return catalog_answer(keyed);
}

// A dataset's version does not tell of its batches: whoever wants to know of those gets the answer anew.
Result<http::Response> get_one(ReadTx& tx, const CatalogRoutes& parts, const http::Request& request,
                               const auth::Identity& identity) {
  LG_ASSIGN(ShownDataset found, find_dataset(tx, parts, DatasetId(request.path_parameter("id")), identity));
  const Dataset& dataset = found.dataset;
  const ShownMembers shown(request);
  const bool tells_of_batches = shows_last_batches(shown) && found.shown.at("lastBatchId") != "";
  if (!tells_of_batches && is_known_version(request, dataset.version, dataset.updated))
    return answer_not_modified(dataset.version);
  show_default_expiration(parts, found.shown);
  return catalog_answer(dataset.id.text(), shown.select(std::move(found.shown)), dataset.version);
}

constexpr CatalogRead reads[] = {{"/dataSets", get_list}, {"/dataSets/{id}", get_one}};

}  // namespace

std::span<const CatalogRead> dataset_reads() { return reads; }

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

Result<Dataset> find_dataset_of_view(ReadTx& tx, const Sight& sight, const DatasetId& id, const ViewId& view) {
  LG_ASSIGN(Dataset dataset, ledger::find_dataset(tx, sight, id));
  if (dataset.view_id == view) return dataset;
  return fail(codes::dataset_not_found, "Dataset {} has no view {}; its view is {}.", id, view, dataset.view_id);
}

std::string table_location(const CatalogRoutes& parts, const Dataset& dataset) {
  return parts.objects.location(table_folder_key(dataset.scope.org, dataset.id));
}

void add_catalog_dataset_routes(http::Router& router, const CatalogRoutes& parts) {
  const auto add = [&](const char* method, std::string_view path, auto handle) {
    router.add(method, fmt::format("{}{}", catalog_root, path),
               parts.gateway.authorised(Right::manage,
                                        [parts, handle](const http::Request& request, const auth::Identity& identity) {
                                          return handle(parts, request, identity);
                                        }));
  };
  const auto changing = [](catalog::ChangeForm form) {
    return [form](const CatalogRoutes& routes, const http::Request& request, const auth::Identity& identity) {
      return change_dataset(routes, request, identity, form);
    };
  };
  add_catalog_reads(router, parts, dataset_reads());
  router.add("POST", fmt::format("{}/dataSets", catalog_root),
             parts.gateway.creating({Right::manage, Reach::sandbox},
                                    [parts](const http::Request& request, const auth::Identity& identity) {
                                      return create_dataset(parts, request, identity);
                                    }));
  add("PUT", "/dataSets/{id}", changing(catalog::ChangeForm::replace));
  add("PATCH", "/dataSets/{id}", changing(catalog::ChangeForm::merge));
  add("PATCH", "/v2/dataSets/{id}", changing(catalog::ChangeForm::deep_merge));
  add("DELETE", "/dataSets/{id}", delete_dataset);
}

}  // namespace lakegate::api
