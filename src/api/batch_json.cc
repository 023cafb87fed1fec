#include "api/batch_json.h"

#include <boost/json/parse.hpp>
#include <fmt/core.h>

#include <algorithm>

namespace lakegate::api {
namespace {

namespace json = boost::json;

// JSON texts of the ledger were objects when they were stored.
json::object stored_object(const std::string& text) {
  boost::system::error_code failed;
  json::value value = json::parse(text, failed);
  return failed || !value.is_object() ? json::object() : std::move(value.get_object());
}

json::object render_error(const BatchError& error) {
  json::object rendered{{"code", error.code}, {"description", error.description}};
  if (!error.rows.empty()) {
    json::array rows;
    for (const int64_t row : std::span(error.rows).first(std::min(error.rows.size(), error_rows_shown_max))) {
      rows.emplace_back(std::to_string(row));
    }
    rendered["rows"] = std::move(rows);
  }
  if (error.record_count > 0) rendered["recordCount"] = error.record_count;
  const auto add = [&](const char* name, const std::string& text) {
    if (!text.empty()) rendered[name] = text;
  };
  add("file", error.file);
  add("column", error.column);
  add("found", error.found);
  add("expected", error.expected);
  return rendered;
}

json::object input_format(const Batch& batch) {
  json::object format = stored_object(batch.input_format_json);
  format["format"] = to_string(batch.format);
  return format;
}

bool was_active(BatchStatus status) {
  return status == BatchStatus::active || status == BatchStatus::inactive || status == BatchStatus::deleted;
}

json::object metrics(const Batch& batch) {
  const bool loaded = was_active(batch.status);
  return {{"inputFileCount", batch.file_count},
          {"inputByteSize", batch.size_bytes},
          {"inputRecordCount", batch.record_count + batch.failed_record_count},
          {"outputFileCount", loaded ? batch.file_count : 0},
          {"outputRecordCount", loaded ? batch.record_count : 0},
          {"failedRecordCount", batch.failed_record_count},
          {"partitionCount", loaded ? 1 : 0}};  // tables are not partitioned
}

}  // namespace

std::string_view status_word(BatchStatus status, std::string_view active_word) {
  return status == BatchStatus::active ? active_word : to_string(status);
}

std::string version_text(int64_t version) { return fmt::format("1.0.{}", version); }

json::object render_batch(const Batch& batch, std::span<const BatchError> errors, const BatchRendering& rendering) {
  json::object rendered{{"id", batch.id.text()},
                        {"externalId", batch.external_id.empty() ? batch.id.text() : batch.external_id},
                        {"imsOrg", rendering.ims_org},
                        {"sandboxId", rendering.sandbox_id},
                        {"status", status_word(batch.status, rendering.active_word)},
                        {"tags", stored_object(batch.tags_json)},
                        {"relatedObjects", {{{"type", "dataSet"}, {"id", batch.dataset_id.text()}}}},
                        {"inputFormat", input_format(batch)},
                        {"created", batch.created},
                        {"createdClient", batch.created_client},
                        {"createdUser", batch.created_user},
                        {"updated", batch.updated},
                        {"updatedUser", batch.updated_user},
                        {"version", version_text(batch.version)}};
  if (batch.started) {
    rendered["started"] = *batch.started;
    rendered["recordCount"] = batch.record_count;
    rendered["failedRecordCount"] = batch.failed_record_count;
    rendered["size"] = batch.size_bytes;
    rendered["metrics"] = metrics(batch);
  }
  if (batch.completed) rendered["completed"] = *batch.completed;
  json::array list;
  for (const BatchError& error : errors) list.push_back(render_error(error));
  rendered["errors"] = std::move(list);
  return rendered;
}

json::array render_history(std::span<const BatchTransition> history, const BatchRendering& rendering) {
  json::array list;
  for (const BatchTransition& step : history) {
    list.push_back(json::object{{"from", status_word(step.from, rendering.active_word)},
                                {"to", status_word(step.to, rendering.active_word)},
                                {"at", step.at},
                                {"cause", step.cause}});
  }
  return list;
}

void add_state_times(std::span<const BatchTransition> history, const Batch& batch, const BatchRendering& rendering,
                     json::object& rendered) {
  // No state is entered twice, and every batch begins with loading.
  if (history.empty() ? batch.status != BatchStatus::loading : history.front().from != BatchStatus::loading) return;
  json::object durations;
  Millis since = batch.created;
  for (const BatchTransition& step : history) {
    durations[status_word(step.from, rendering.active_word)] = step.at - since;
    since = step.at;
  }
  rendered["stateDurations"] = std::move(durations);
  rendered["stateSince"] = since;
}

}  // namespace lakegate::api
