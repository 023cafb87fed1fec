#include "api/dataset_json.h"

#include <boost/json/array.hpp>
#include <boost/json/parse.hpp>
#include <fmt/core.h>

#include <utility>

#include "api/batch_json.h"
#include "catalog/dataset_fields.h"

namespace lakegate::api {
namespace {

namespace json = boost::json;

json::object stored_extra(const Dataset& dataset) {
  boost::system::error_code failed;
  json::value value = json::parse(dataset.extra_json, failed);
  return failed || !value.is_object() ? json::object() : std::move(value.get_object());
}

json::object render_tags(const Dataset& dataset) {
  json::object tags{{catalog::table_name_tag, json::array{dataset.table_name}}};
  for (const auto& [key, values] : dataset.tags) {
    if (key != catalog::table_name_tag) tags[key] = json::array(values.begin(), values.end());
  }
  return tags;
}

// The member as an object with the least that clients look for.
void complete(json::object& rendered, const char* member, const char* name, const char* value) {
  json::value& object = rendered[member];
  if (!object.is_object()) object = json::object();
  if (!object.get_object().contains(name)) object.get_object()[name] = value;
}

}  // namespace

std::string files_reference(const Dataset& dataset) {
  return fmt::format("@/dataSets/{}/views/{}/files", dataset.id, dataset.view_id);
}

json::object render_dataset(const Dataset& dataset, const ledger::LastBatches& batches, const std::string& location,
                            const DatasetRendering& rendering) {
  json::object rendered{{"name", dataset.name},
                        {"description", dataset.description},
                        {"imsOrg", rendering.ims_org},
                        {"sandboxId", rendering.sandbox_id},
                        {"schemaRef", {{"id", dataset.schema_id.text()}, {"contentType", dataset.schema_content_type}}},
                        {"tags", render_tags(dataset)}};
  for (auto& member : stored_extra(dataset)) rendered.emplace(member.key(), std::move(member.value()));
  complete(rendered, "classification", "managedBy", "CUSTOMER");
  complete(rendered, "fileDescription", "format", "parquet");
  const bool has_batch = !batches.last.empty();
  const json::object of_server{
      {"state", "DRAFT"},
      {"namespace", "ACP"},
      {"viewId", dataset.view_id.text()},
      {"files", files_reference(dataset)},
      {"basePath", location},
      {"lastBatchId", batches.last.text()},
      {"lastBatchStatus", has_batch ? status_word(batches.last_status, rendering.active_word) : ""},
      {"lastSuccessfulBatch", batches.last_active.text()},
      {"lastFailedBatch", batches.last_failed.text()},
      {"created", dataset.created},
      {"createdClient", dataset.created_client},
      {"createdUser", dataset.created_user},
      {"updated", dataset.updated},
      {"updatedUser", dataset.updated_user},
      {"version", version_text(dataset.version)}};
  for (const auto& [key, value] : of_server) rendered[key] = value;
  return rendered;
}

}  // namespace lakegate::api
