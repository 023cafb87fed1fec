// What the Catalog tells of many datasets and batches at once: their last batches, the values of a field, their tags.
#include <boost/json/array.hpp>
#include <boost/json/object.hpp>
#include <boost/json/serialize.hpp>
#include <fmt/ranges.h>

#include <algorithm>
#include <utility>
#include <vector>

#include "api/batch_json.h"
#include "api/catalog.h"
#include "api/catalog_answer.h"
#include "api/catalog_list_parameters.h"
#include "api/catalog_operations.h"
#include "ledger/batch_tags.h"
#include "ledger/batches.h"
#include "ledger/datasets.h"
#include "model/error_codes.h"

namespace lakegate::api {
namespace {

namespace json = boost::json;

constexpr int64_t values_max = 1'000;

// By dataset, as the lists of datasets are ordered.
Result<http::Response> get_last_batches(ReadTx& tx, const CatalogRoutes& parts, const http::Request& request,
                                        const auth::Identity& identity) {
  LG_ASSIGN(ledger::DatasetQuery query, parse_list_query(request, last_batch_vocabulary()));
  query.filters.push_back({ledger::DatasetField::last_batch, ledger::Comparison::exists, {}});
  LG_ASSIGN(const std::vector<Dataset> datasets, ledger::list_datasets(tx, identity.scope, query));
  const ShownMembers shown(request);
  json::object keyed;
  for (const Dataset& dataset : datasets) {
    LG_ASSIGN(const ledger::LastBatches last, ledger::last_batches(tx, dataset.id));
    LG_ASSIGN(const Batch batch, ledger::get_batch(tx, last.last));
    json::object entry{{"lastBatchId", last.last.text()},
                       {"lastBatchStatus", status_word(last.last_status, parts.active_word)},
                       {"lastSuccessfulBatchId", last.last_active.text()},
                       {"lastFailedBatchId", last.last_failed.text()},
                       {"imsOrg", identity.ims_org.text()},
                       {"created", batch.created},
                       {"updated", batch.updated}};
    keyed.emplace(dataset.id.text(), shown.select(std::move(entry)));
  }
  return catalog_answer(keyed);
}

std::string wire_value(ledger::BatchField field, const std::string& value, std::string_view active_word) {
  if (field == ledger::BatchField::version) return "1.0." + value;
  if (field == ledger::BatchField::status && value == to_string(BatchStatus::active)) return std::string(active_word);
  return value;
}

Result<http::Response> get_uniques(ReadTx& tx, const CatalogRoutes& parts, const http::Request& request,
                                   const auth::Identity& identity) {
  const std::string& name = request.path_parameter("field");
  const auto& vocabulary = batch_list_vocabulary();
  const auto known = std::ranges::find(vocabulary.names, name, &ListName<ledger::BatchField>::name);
  if (known == vocabulary.names.end()) {
    std::vector<std::string_view> names;
    for (const auto& entry : vocabulary.names) names.push_back(entry.name);
    return fail(codes::list_parameter_invalid, "Batches have no field \"{}\"; expected one of {}.",
                std::string_view(name).substr(0, 100), fmt::join(names, ", "));
  }
  LG_ASSIGN(const auto query, parse_list_query(request, vocabulary));
  if (!query.filters.empty() || !query.tags.empty()) {
    return fail(codes::list_parameter_invalid,
                "The values of a field are those of all batches; filters are for GET {}/batches.", catalog_root);
  }
  LG_ASSIGN(const std::vector<std::string> values, ledger::unique_values(tx, identity.scope, known->field, values_max));
  json::array list;
  for (const std::string& value : values) list.emplace_back(wire_value(known->field, value, parts.active_word));
  return http::Response::text(200, "application/json", json::serialize(list));
}

// Key → its values.
Result<http::Response> get_tags(ReadTx& tx, const CatalogRoutes&, const http::Request& request,
                                const auth::Identity& identity) {
  LG_ASSIGN(const std::vector<ledger::TagValue> values,
            ledger::tag_values(tx, identity.scope, request.path_parameter("namespace"), values_max));
  json::object keyed;
  for (const ledger::TagValue& tag : values) {
    json::value& list = keyed[tag.key];
    if (!list.is_array()) list = json::array();
    list.get_array().emplace_back(tag.value);
  }
  return catalog_answer(keyed);
}

constexpr CatalogRead reads[] = {
    {"/lastBatches", get_last_batches},
    {"/batches/uniques/{field}", get_uniques},
    {"/tags/{namespace...}", get_tags},
};

}  // namespace

std::span<const CatalogRead> value_reads() { return reads; }

}  // namespace lakegate::api
