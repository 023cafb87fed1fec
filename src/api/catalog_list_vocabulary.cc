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
  };
  static constexpr std::array bounds = {
      Bound{"createdAfter", created, Comparison::greater},
      Bound{"createdBefore", created, Comparison::less},
  };
  static constexpr std::array<std::string_view, 8> not_offered = {
      "tags", "startAfter", "startBefore", "endAfter", "endBefore", "connection", "connector", "transform"};
  static constexpr ListVocabulary<ledger::BatchField> vocabulary{names, bounds, not_offered};
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
  };
  static constexpr std::array bounds = {
      Bound{"createdAfter", created, Comparison::greater},
      Bound{"createdBefore", created, Comparison::less},
  };
  static constexpr std::array<std::string_view, 15> not_offered = {"enableErrorDiagnostics",
                                                                   "connectorId",
                                                                   "connectionId",
                                                                   "state",
                                                                   "namespace",
                                                                   "lastBatchId",
                                                                   "lastBatchStatus",
                                                                   "lastSuccessfulBatch",
                                                                   "lastFailedBatch",
                                                                   "schemaRef",
                                                                   "fileDescription",
                                                                   "classification",
                                                                   "observableSchema",
                                                                   "dataSourceId",
                                                                   "unifiedTags"};
  static constexpr ListVocabulary<ledger::DatasetField> vocabulary{names, bounds, not_offered};
  return vocabulary;
}

}  // namespace lakegate::api
