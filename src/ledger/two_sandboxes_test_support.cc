#include "ledger/two_sandboxes_test_support.h"

#include "ledger/datasets.h"
#include "ledger/orgs.h"
#include "ledger/sql.h"

namespace lakegate::ledger {
namespace {

Scope add_sandbox(Ledger& ledger, const std::string& name) {
  return must(ledger.write([&](Tx& tx) -> Result<Scope> {
    LG_ASSIGN(const Org org, insert_org(tx, {.number = {}, .ims_org = ImsOrgId(name), .tenant = name, .name = name}));
    LG_ASSIGN(const Sandbox sandbox,
              insert_sandbox(
                  tx, {.scope = {.org = org.number, .sandbox = {}}, .name = "prod", .id = name, .type = "production"}));
    return sandbox.scope;
  }));
}

}  // namespace

TwoSandboxes::TwoSandboxes() : ledger_(must(Ledger::open(folder_.path() / "ledger.db"))) {
  scope_ = add_sandbox(*ledger_, "ours");
  other_scope_ = add_sandbox(*ledger_, "theirs");
  ledger_->add_listener(
      [this](std::span<const Wake> wakes) { wakes_.insert(wakes_.end(), wakes.begin(), wakes.end()); });
}

Dataset TwoSandboxes::dataset(std::string_view name) const {
  const std::string text(name);
  return {.id = DatasetId(text),
          .view_id = ViewId("view of " + text),
          .scope = scope_,
          .name = text,
          .description = "",
          .schema_id = ResourceId("https://ns.adobe.com/ours/schemas/1"),
          .schema_content_type = "application/vnd.adobe.xed+json;version=1",
          .schema_version = 1,
          .tags = {},
          .table_name = text,
          .created = 1'000,
          .updated = 1'000,
          .created_user = "user",
          .updated_user = "user",
          .created_client = "client",
          .version = 1};
}

DatasetId TwoSandboxes::add_dataset(std::string_view name) {
  const Dataset added = dataset(name);
  must(write([&](Tx& tx) -> Status {
    LG_TRY(insert_dataset(tx, added));
    return pin_schema(tx, {.dataset_id = added.id, .schema_version = 1});
  }));
  return added.id;
}

BatchId TwoSandboxes::add_batch(const DatasetId& dataset, std::string_view id, std::string_view status,
                                Millis updated) {
  must(write([&](Tx& tx) {
    return change_rows(tx,
                       "INSERT INTO batch (id, org, sandbox, dataset_id, status, external_id, format, input_format,"
                       " tags, schema_version, created, updated, created_user, created_client, updated_user, version,"
                       " file_count, size_bytes, record_count, failed_record_count, snapshot_id, last_activity)"
                       " SELECT :id, org, sandbox, id, :status, '', 'parquet', '{}', '{}', 1, 0, :updated, '', '', '',"
                       " 1, 0, 0, 0, 0, 1, 0 FROM dataset WHERE id = :dataset",
                       id, status, updated, dataset);
  }));
  return BatchId(std::string(id));
}

ObjectKey TwoSandboxes::add_object(const DatasetId& dataset, std::string_view key) {
  must(write([&](Tx& tx) {
    return change_rows(tx, "INSERT INTO object (key, dataset_id, state, epoch) VALUES (:key, :dataset, 'writing', 1)",
                       key, dataset);
  }));
  return ObjectKey(std::string(key));
}

void TwoSandboxes::run(std::string_view sql) {
  must(write([&](Tx& tx) { return change_rows(tx, sql); }));
}

int64_t TwoSandboxes::count(std::string_view select_number) {
  return must(read([&](ReadTx& tx) { return find_row<int64_t>(tx, select_number); })).value_or(-1);
}

}  // namespace lakegate::ledger
