#include "api/dataset_json.h"

#include <boost/json.hpp>
#include <gtest/gtest.h>

namespace lakegate::api {
namespace {

namespace json = boost::json;

constexpr DatasetRendering rendering{.ims_org = "A@AdobeOrg", .sandbox_id = "sandbox-1", .active_word = "success"};

Dataset loyalty() {
  Dataset dataset;
  dataset.id = DatasetId("66f0");
  dataset.view_id = ViewId("66f1");
  dataset.name = "Loyalty";
  dataset.schema_id = ResourceId("https://ns.adobe.com/acme/schemas/1");
  dataset.schema_content_type = "application/vnd.adobe.xed+json;version=1";
  dataset.table_name = "loyalty";
  dataset.tags = {{"adobe/pqs/table", {"loyalty"}}};
  dataset.created = 10;
  dataset.updated = 11;
  dataset.created_user = "u";
  dataset.updated_user = "v";
  dataset.created_client = "key";
  return dataset;
}

void check(const Dataset& dataset, const ledger::LastBatches& batches, const char* expected) {
  const json::object rendered = render_dataset(dataset, batches, "file:///lake/1/66f0", rendering);
  EXPECT_EQ(json::serialize(rendered), json::serialize(json::parse(expected)));
}

TEST(DatasetJson, New) {
  check(loyalty(), {}, R"({
    "name": "Loyalty", "description": "", "imsOrg": "A@AdobeOrg", "sandboxId": "sandbox-1",
    "schemaRef": {"id": "https://ns.adobe.com/acme/schemas/1",
                  "contentType": "application/vnd.adobe.xed+json;version=1"},
    "tags": {"adobe/pqs/table": ["loyalty"]}, "classification": {"managedBy": "CUSTOMER"},
    "fileDescription": {"format": "parquet"}, "state": "DRAFT", "namespace": "ACP", "viewId": "66f1",
    "files": "@/dataSets/66f0/views/66f1/files", "basePath": "file:///lake/1/66f0", "lastBatchId": "",
    "lastBatchStatus": "", "lastSuccessfulBatch": "", "lastFailedBatch": "", "created": 10, "createdClient": "key",
    "createdUser": "u", "updated": 11, "updatedUser": "v", "version": "1.0.0"})");
}

TEST(DatasetJson, WithClientsMembersAndBatches) {
  Dataset dataset = loyalty();
  dataset.version = 2;
  dataset.description = "d";
  dataset.tags["unifiedProfile"] = {"enabled:true"};
  dataset.extra_json = R"({"fileDescription": {"persisted": true}, "enableErrorDiagnostics": true,
                           "classification": {"dataBehavior": "record", "managedBy": "SYSTEM"}})";
  const ledger::LastBatches batches{BatchId("B3"), BatchStatus::active, BatchId("B3"), BatchId("B1")};
  check(dataset, batches, R"({
    "name": "Loyalty", "description": "d", "imsOrg": "A@AdobeOrg", "sandboxId": "sandbox-1",
    "schemaRef": {"id": "https://ns.adobe.com/acme/schemas/1",
                  "contentType": "application/vnd.adobe.xed+json;version=1"},
    "tags": {"adobe/pqs/table": ["loyalty"], "unifiedProfile": ["enabled:true"]},
    "fileDescription": {"persisted": true, "format": "parquet"}, "enableErrorDiagnostics": true,
    "classification": {"dataBehavior": "record", "managedBy": "SYSTEM"}, "state": "DRAFT", "namespace": "ACP",
    "viewId": "66f1", "files": "@/dataSets/66f0/views/66f1/files", "basePath": "file:///lake/1/66f0",
    "lastBatchId": "B3", "lastBatchStatus": "success", "lastSuccessfulBatch": "B3", "lastFailedBatch": "B1",
    "created": 10, "createdClient": "key", "createdUser": "u", "updated": 11, "updatedUser": "v",
    "version": "1.0.2"})");
}

}  // namespace
}  // namespace lakegate::api
