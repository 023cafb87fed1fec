#include "ledger/ledger_test_support.h"

#include <fmt/format.h>

#include <deque>
#include <map>

#include "ledger/datasets.h"
#include "ledger/objects.h"
#include "ledger/orgs.h"
#include "ledger/tables.h"

namespace lakegate {
namespace {

constexpr int64_t files_max = 1'000'000;

// The events that lead from `from` to `to`, as few as can be.
std::vector<BatchEvent> way(BatchStatus from, BatchStatus to) {
  std::map<BatchStatus, std::vector<BatchEvent>> known{{from, {}}};
  std::deque<BatchStatus> queue{from};
  for (; !queue.empty(); queue.pop_front()) {
    for (const BatchEvent event : all_batch_events) {
      const auto next = next_status(queue.front(), event);
      if (!next || known.contains(*next)) continue;
      known[*next] = known[queue.front()];
      known[*next].push_back(event);
      queue.push_back(*next);
    }
  }
  if (!known.contains(to)) throw std::runtime_error("No event leads there");
  return known[to];
}

}  // namespace

LedgerWorld::LedgerWorld() : ledger_(must(Ledger::open(file_))) {
  scope_ = insert_scope("acme", "prod");
  sandbox_ = insert_scope("acme", "dev");
  other_org_scope_ = insert_scope("rival", "prod");
  dataset_ = insert_dataset(scope_, "events");
}

Scope LedgerWorld::insert_scope(std::string_view org, std::string_view sandbox) {
  return must(write([&](Tx& tx) -> Result<Scope> {
    const ImsOrgId ims_org(fmt::format("{}@AdobeOrg", org));
    auto found = ledger::find_org(tx, ims_org);
    if (!found) {
      found = ledger::insert_org(
          tx, {.number = {}, .ims_org = ims_org, .tenant = std::string(org), .name = std::string(org), .created = 1});
    }
    LG_ASSIGN(const ledger::Org owner, std::move(found));
    LG_ASSIGN(const ledger::Sandbox inserted, ledger::insert_sandbox(tx, {.scope = {.org = owner.number, .sandbox = {}},
                                                                          .name = std::string(sandbox),
                                                                          .id = fmt::format("{}-{}", org, sandbox),
                                                                          .type = "production",
                                                                          .created = 1}));
    return inserted.scope;
  }));
}

DatasetId LedgerWorld::insert_dataset(const Scope& scope, const std::string& name) {
  Dataset dataset;
  dataset.id = DatasetId(fmt::format("{:024x}", ++last_id_));
  dataset.view_id = ViewId(fmt::format("{:024x}", ++last_id_));
  dataset.scope = scope;
  dataset.name = dataset.table_name = name;
  dataset.schema_id = ResourceId("https://ns.example/schemas/events");
  dataset.schema_content_type = "application/vnd.adobe.xed+json;version=1";
  dataset.schema_version = 1;
  dataset.created = dataset.updated = now();
  must(write([&](Tx& tx) -> Status {
    LG_TRY(ledger::insert_dataset(tx, dataset));
    return ledger::pin_schema(tx, {.dataset_id = dataset.id,
                                   .schema_version = 1,
                                   .resolved_json = "{}",
                                   .table_schema_json = "{}",
                                   .check_schema_json = "{}",
                                   .check_hash = "0",
                                   .created = dataset.created});
  }));
  return dataset.id;
}

Batch LedgerWorld::new_batch() {
  Batch batch;
  batch.id = BatchId(fmt::format("01J{:023}", ++last_id_));
  batch.scope = scope_;
  batch.dataset_id = dataset_;
  batch.schema_version = 1;
  batch.created = batch.updated = now();
  batch.created_user = batch.updated_user = "ann@acme";
  batch.created_client = "client";
  return batch;
}

BatchId LedgerWorld::insert_batch() { return insert_batch(new_batch()); }

BatchId LedgerWorld::insert_batch(const Batch& batch) {
  must(write([&](Tx& tx) { return ledger::insert_batch(tx, batch); }));
  return batch.id;
}

Batch LedgerWorld::batch(const BatchId& id) {
  return must(read([&](ReadTx& tx) { return ledger::get_batch(tx, id); }));
}

Batch LedgerWorld::move_to(const BatchId& id, BatchStatus status) {
  for (const BatchEvent event : way(batch(id).status, status)) move(id, event);
  return batch(id);
}

Batch LedgerWorld::move(const BatchId& id, BatchEvent event) {
  return must(write([&](Tx& tx) -> Result<Batch> {
    LG_ASSIGN(const Batch batch, ledger::get_batch(tx, id));
    if (event == BatchEvent::fail || event == BatchEvent::fail_by_client) {
      BatchError error;
      error.code = "LG-2000-400";
      error.description = "A test failed it";
      LG_TRY(ledger::add_errors(tx, id, {&error, 1}));
    }
    if (event == BatchEvent::promote) {
      LG_TRY(ledger::record_promoted(tx, batch.dataset_id, {.batch_id = id, .snapshot_id = 1, .sequence_number = 1}));
    }
    return ledger::transition(tx, id, event, now(), "test");
  }));
}

ObjectKey LedgerWorld::begin_object(const BatchId& id) {
  ObjectKey key(fmt::format("1/data/{:08}", ++last_id_));
  must(write([&](Tx& tx) -> Status {
    LG_ASSIGN(const Batch batch, ledger::get_batch(tx, id));
    return ledger::begin_object(tx, key, batch.dataset_id, id, epoch);
  }));
  return key;
}

BatchFile LedgerWorld::put_file(const BatchId& batch, std::string path, int64_t sent_bytes) {
  const ledger::WholeFile file{
      .path = std::move(path), .object = begin_object(batch), .sent_bytes = sent_bytes, .sha256 = {}};
  return must(write([&](Tx& tx) { return ledger::put_whole_file(tx, batch, file, files_max, 0, now()); })).file;
}

ValidationReport LedgerWorld::good_report(int64_t sent_bytes, int64_t rows) {
  ValidationReport report;
  report.verdict = Verdict::good;
  report.record_count = rows;
  report.statistics = {{.field_id = 1, .size_bytes = 40, .value_count = rows, .lower_bound = "a", .upper_bound = "z"},
                       {.field_id = 3, .size_bytes = 8, .value_count = rows, .null_count = rows}};
  report.split_offsets = {4};
  report.columns_present = {1, 3};
  report.content_xxh3 = 0xfedcba9876543210;
  report.sent_bytes = sent_bytes;
  report.table_bytes = sent_bytes + 20;
  report.origin = FileOrigin::normalised;
  return report;
}

ValidationReport LedgerWorld::bad_report(int64_t failed_rows) {
  ValidationReport report;
  report.verdict = Verdict::bad;
  report.record_count = failed_rows + 5;
  report.failed_record_count = failed_rows;
  report.violation_count = 1;
  Violation violation;
  violation.code = "LG-2100-400";
  violation.column = "name";
  violation.rows = {0, 2};
  violation.row_count = failed_rows;
  violation.found = "null";
  violation.expected = "a value";
  report.violations = {violation};
  return report;
}

}  // namespace lakegate
