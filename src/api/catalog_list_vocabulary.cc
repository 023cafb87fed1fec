// Which words of the wire the lists of batches and datasets know.
#include <array>

#include "api/catalog_list_parameters.h"

namespace lakegate::api {

using ledger::Comparison;

const ListVocabulary<ledger::BatchField>& batch_list_vocabulary() {
  using enum ledger::BatchField;
  using Name = ListName<ledger::BatchField>;
  using Bound = ListBound<ledger::BatchField>;
  static constexpr std::array names = {
      Name{"id", id},
      Name{"batch", id},
      Name{"externalId", external_id},
      Name{"dataSet", dataset_id},
      Name{"dataSetId", dataset_id},
      Name{"status", status, ListValue::status},
      Name{"created", created, ListValue::number},
      Name{"updated", updated, ListValue::number},
      Name{"started", started, ListValue::number},
      Name{"completed", completed, ListValue::number},
      Name{"recordCount", record_count, ListValue::number},
      Name{"failedRecordCount", failed_record_count, ListValue::number},
      Name{"size", size, ListValue::number},
      Name{"createdUser", created_user},
      Name{"updatedUser", updated_user},
      Name{"createdClient", created_client},
      Name{"version", version, ListValue::version},
      Name{"connection", other_object},
      Name{"connector", other_object},
      Name{"transform", other_object},
  };
  static constexpr std::array bounds = {
      Bound{"createdAfter", created, Comparison::greater},
      Bound{"createdBefore", created, Comparison::less},
      Bound{"startAfter", available_start, Comparison::greater},
      Bound{"startBefore", available_start, Comparison::less},
      Bound{"endAfter", available_end, Comparison::greater},
      Bound{"endBefore", available_end, Comparison::less},
  };
  static constexpr ListVocabulary<ledger::BatchField> vocabulary{names, bounds};
  return vocabulary;
}

const ListVocabulary<ledger::DatasetField>& dataset_list_vocabulary() {
  using enum ledger::DatasetField;
  using Name = ListName<ledger::DatasetField>;
  using Bound = ListBound<ledger::DatasetField>;
  static constexpr std::array names = {
      Name{"id", id},
      Name{"name", name, ListValue::pattern},
      Name{"description", description},
      Name{"schemaRef.id", schema_id},
      Name{"viewId", view_id},
      Name{"created", created, ListValue::number},
      Name{"updated", updated, ListValue::number},
      Name{"createdUser", created_user},
      Name{"updatedUser", updated_user},
      Name{"createdClient", created_client},
      Name{"version", version, ListValue::version},
      Name{"state", state},
      Name{"namespace", name_space},
      Name{"lastBatchId", last_batch},
      Name{"lastBatchStatus", last_batch_status, ListValue::status},
      Name{"lastSuccessfulBatch", last_active_batch},
      Name{"lastFailedBatch", last_failed_batch},
      Name{"enableErrorDiagnostics", enable_error_diagnostics, ListValue::yes_no},
      Name{"connectorId", connector_id},
      Name{"connectionId", connection_id},
      Name{"dataSourceId", data_source_id},
      Name{"schemaRef", schema_id},
      Name{"fileDescription", file_description},
      Name{"classification", classification},
      Name{"observableSchema", observable_schema},
      Name{"unifiedTags", unified_tags},
      Name{"systemLabels", system_labels},
      Name{"extensions", extensions},
  };
  static constexpr std::array bounds = {
      Bound{"createdAfter", created, Comparison::greater},
      Bound{"createdBefore", created, Comparison::less},
  };
  static constexpr ListVocabulary<ledger::DatasetField> vocabulary{names, bounds};
  return vocabulary;
}

const ListVocabulary<ledger::DatasetField>& last_batch_vocabulary() {
  using enum ledger::DatasetField;
  using Name = ListName<ledger::DatasetField>;
  static constexpr std::array names = {
      Name{"dataSetId", id},
      Name{"dataSet", id},
      Name{"lastBatchId", last_batch},
      Name{"lastBatchStatus", last_batch_status, ListValue::status},
      Name{"lastSuccessfulBatchId", last_active_batch},
      Name{"lastFailedBatchId", last_failed_batch},
      Name{"created", created, ListValue::number},
      Name{"updated", updated, ListValue::number},
  };
  static constexpr ListVocabulary<ledger::DatasetField> vocabulary{names, {}};
  return vocabulary;
}

const ListVocabulary<ledger::DatasetField>& dataset_view_vocabulary() {
  using enum ledger::DatasetField;
  using Name = ListName<ledger::DatasetField>;
  using Bound = ListBound<ledger::DatasetField>;
  static constexpr std::array names = {
      Name{"id", view_id},
      Name{"dataSetId", id},
      Name{"created", created, ListValue::number},
      Name{"updated", updated, ListValue::number},
      Name{"createdUser", created_user},
      Name{"version", version, ListValue::version},
  };
  static constexpr std::array bounds = {
      Bound{"createdAfter", created, Comparison::greater},
      Bound{"createdBefore", created, Comparison::less},
  };
  static constexpr ListVocabulary<ledger::DatasetField> vocabulary{names, bounds};
  return vocabulary;
}

}  // namespace lakegate::api
