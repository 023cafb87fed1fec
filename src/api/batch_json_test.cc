#include "api/batch_json.h"

#include <boost/json.hpp>
#include <gtest/gtest.h>

#include <numeric>

namespace lakegate::api {
namespace {

namespace json = boost::json;

constexpr BatchRendering rendering{.ims_org = "A@AdobeOrg", .sandbox_id = "sandbox-1"};

Batch new_batch() {
  Batch batch;
  batch.id = BatchId("01B");
  batch.dataset_id = DatasetId("66f0");
  batch.created = 1'727'000'000'123;
  batch.updated = 1'727'000'000'123;
  batch.created_user = "u@techacct";
  batch.updated_user = "u@techacct";
  batch.created_client = "key";
  return batch;
}

void check(const Batch& batch, std::span<const BatchError> errors, const char* expected) {
  EXPECT_EQ(json::serialize(render_batch(batch, errors, rendering)), json::serialize(json::parse(expected)));
}

TEST(BatchJson, New) {
  check(new_batch(), {}, R"({
    "id": "01B", "externalId": "01B", "imsOrg": "A@AdobeOrg", "sandboxId": "sandbox-1", "status": "loading", "tags": {},
    "relatedObjects": [{"type": "dataSet", "id": "66f0"}], "inputFormat": {"format": "parquet"},
    "created": 1727000000123, "createdClient": "key", "createdUser": "u@techacct",
    "updated": 1727000000123, "updatedUser": "u@techacct", "version": "1.0.0", "errors": []})");
}

TEST(BatchJson, Active) {
  Batch batch = new_batch();
  batch.status = BatchStatus::active;
  batch.external_id = "feed-7";
  batch.input_format_json = R"({"format": "PARQUET", "isMultiLineJson": false})";
  batch.tags_json = R"({"acp_successor": ["01C"], "acp_partialIngestionPercent": 5})";
  batch.started = 10;
  batch.completed = 20;
  batch.version = 4;
  batch.file_count = 2;
  batch.size_bytes = 900;
  batch.record_count = 70;
  batch.failed_record_count = 3;
  check(batch, {}, R"({
    "id": "01B", "externalId": "feed-7", "imsOrg": "A@AdobeOrg", "sandboxId": "sandbox-1", "status": "active",
    "tags": {"acp_successor": ["01C"], "acp_partialIngestionPercent": 5},
    "relatedObjects": [{"type": "dataSet", "id": "66f0"}],
    "inputFormat": {"format": "parquet", "isMultiLineJson": false},
    "created": 1727000000123, "createdClient": "key", "createdUser": "u@techacct",
    "updated": 1727000000123, "updatedUser": "u@techacct", "version": "1.0.4",
    "started": 10, "recordCount": 70, "failedRecordCount": 3, "size": 900,
    "metrics": {"inputFileCount": 2, "inputByteSize": 900, "inputRecordCount": 73, "outputFileCount": 2,
                "outputRecordCount": 70, "failedRecordCount": 3, "partitionCount": 1},
    "completed": 20, "errors": []})");
}

TEST(BatchJson, FailedHasNoOutput) {
  Batch batch = new_batch();
  batch.status = BatchStatus::failed;
  batch.started = 10;
  batch.file_count = 2;
  batch.record_count = 70;
  batch.failed_record_count = 3;
  const json::object rendered = render_batch(batch, {}, rendering);
  EXPECT_EQ(rendered.at("metrics").at("outputRecordCount"), 0);
  EXPECT_EQ(rendered.at("metrics").at("outputFileCount"), 0);
  EXPECT_EQ(rendered.at("metrics").at("inputRecordCount"), 73);
  EXPECT_EQ(rendered.at("metrics").at("failedRecordCount"), 3);
}

TEST(BatchJson, ErrorsShowHundredRowsAsTexts) {
  std::vector<int64_t> rows(101);
  std::iota(rows.begin(), rows.end(), 0);
  const BatchError of_values{"INGEST-1555-400", "d", "a/b.parquet", "order.id", rows, 5'000, "null", "a value"};
  const BatchError of_batch{"LG-1", "e", {}, {}, {}, 0, {}, {}};
  const std::array errors{of_values, of_batch};
  json::array rendered = render_batch(new_batch(), errors, rendering).at("errors").as_array();
  json::object& first = rendered.at(0).as_object();
  EXPECT_EQ(first.at("rows").as_array().size(), 100);
  EXPECT_EQ(first.at("rows").at(99), "99");
  first.erase("rows");
  EXPECT_EQ(rendered, json::parse(R"([
    {"code": "INGEST-1555-400", "description": "d", "recordCount": 5000, "file": "a/b.parquet", "column": "order.id",
     "found": "null", "expected": "a value"},
    {"code": "LG-1", "description": "e"}])"));
}

TEST(BatchJson, HistoryAndWordOfTheSetting) {
  const BatchRendering other{.ims_org = "A@AdobeOrg", .sandbox_id = "s", .active_word = "success"};
  Batch batch = new_batch();
  batch.status = BatchStatus::active;
  EXPECT_EQ(render_batch(batch, {}, other).at("status"), "success");
  const std::array history{BatchTransition{BatchStatus::staged, BatchStatus::active, 5, "round committed"}};
  EXPECT_EQ(render_history(history, other),
            json::parse(R"([{"from": "staged", "to": "success", "at": 5, "cause": "round committed"}])").as_array());
}

TEST(BatchJson, TimeInEachState) {
  Batch batch = new_batch();
  batch.created = 100;
  const auto times = [&](std::vector<BatchTransition> history) {
    json::object rendered;
    add_state_times(history, batch, {}, rendered);
    return json::serialize(rendered);
  };
  batch.status = BatchStatus::loading;
  EXPECT_EQ(times({}), R"({"stateDurations":{},"stateSince":100})");
  const BatchTransition loaded{BatchStatus::loading, BatchStatus::loaded, 130, ""};
  const BatchTransition failed{BatchStatus::loaded, BatchStatus::failed, 137, ""};
  batch.status = BatchStatus::loaded;
  EXPECT_EQ(times({loaded}), R"({"stateDurations":{"loading":30},"stateSince":130})");
  batch.status = BatchStatus::failed;
  EXPECT_EQ(times({loaded, failed}), R"({"stateDurations":{"loading":30,"loaded":7},"stateSince":137})");
  // Retention took all of it, or some.
  EXPECT_EQ(times({}), "{}");
  EXPECT_EQ(times({failed}), "{}");
}

}  // namespace
}  // namespace lakegate::api
