#include "promotion/table_world_test_support.h"

#include <algorithm>
#include <span>
#include <stdexcept>

#include "ledger/batches.h"
#include "ledger/datasets.h"
#include "ledger/epochs.h"
#include "ledger/files.h"
#include "ledger/ledger_test_support.h"
#include "ledger/objects.h"
#include "ledger/orgs.h"
#include "ledger/replays.h"
#include "ledger/tables.h"
#include "ledger/verdicts.h"
#include "model/bounds.h"
#include "objects/object_keys.h"
#include "objects/read_object.h"

namespace lakegate {
namespace {

constexpr std::string_view location_prefix = "memory://";

void expect(bool holds, const std::string& what) {
  if (!holds) throw std::runtime_error("A reader would stumble: " + what);
}

ObjectKey key_of(const std::string& location) {
  expect(location.starts_with(location_prefix), "location " + location);
  return ObjectKey(location.substr(location_prefix.size()));
}

// Two columns of the schema, one of them in no file.
ValidationReport good_report(int64_t rows, int64_t bytes) {
  ValidationReport report;
  report.verdict = Verdict::good;
  report.record_count = rows;
  report.statistics = {{.field_id = 1,
                        .size_bytes = 8 * rows,
                        .value_count = rows,
                        .lower_bound = encode_bound(int64_t{1}),
                        .upper_bound = encode_bound(rows)}};
  report.split_offsets = {4};
  report.columns_present = {1};
  report.sent_bytes = bytes;
  report.table_bytes = bytes;
  return report;
}

}  // namespace

TableWorld::TableWorld(const PromotionSettings& settings) : settings_(settings) {
  start();
  scope_ = must(ledger_->write([](Tx& tx) -> Result<Scope> {
    LG_ASSIGN(
        const ledger::Org org,
        ledger::insert_org(tx, {.number = {}, .ims_org = ImsOrgId("acme@AdobeOrg"), .tenant = "acme", .name = "acme"}));
    LG_ASSIGN(
        const ledger::Sandbox sandbox,
        ledger::insert_sandbox(
            tx, {.scope = {.org = org.number, .sandbox = {}}, .name = "prod", .id = "prod", .type = "production"}));
    return sandbox.scope;
  }));
  insert_table();
}

void TableWorld::insert_table() {
  Dataset dataset;
  dataset.id = dataset_;
  dataset.scope = scope_;
  dataset.name = dataset.table_name = "events";
  dataset.schema_version = 1;
  TableState table{.dataset_id = dataset_, .uuid = random_.uuid(), .version = 1, .last_updated = clock_.now_ms()};
  table.last_column_id = 2;
  table.schemas.push_back({.schema_id = 0, .columns = {}});
  for (const auto& [id, name] : {std::pair(1, "a"), {2, "b"}}) {
    table.schemas[0].columns.push_back({.field_id = id, .name = name, .table_name = name, .kind = TypeKind::int64});
  }
  must(ledger_->write([&](Tx& tx) -> Status {
    LG_TRY(ledger::insert_dataset(tx, dataset));
    LG_TRY(ledger::pin_schema(tx, {.dataset_id = dataset_, .schema_version = 1}));
    return ledger::insert_table(tx, table);
  }));
}

void TableWorld::start() {
  ledger_ = must(Ledger::open(folder_.path() / "ledger.db"));
  epoch_ = must(ledger_->write([&](Tx& tx) { return ledger::begin_epoch(tx, clock_.now_ms()); })).number;
  promoter_ = new_promoter();
}

void TableWorld::restart() {
  promoter_.reset();
  ledger_.reset();
  store_.crash();
  start();
}

std::unique_ptr<Promoter> TableWorld::new_promoter() {
  return std::make_unique<Promoter>(*ledger_, hooked_store_, clock_, random_, epoch_, settings_);
}

BatchId TableWorld::staged_batch(const std::vector<int64_t>& rows_of_files) {
  Batch batch;
  batch.id = BatchId(fmt::format("01J{:023}", ++last_id_));
  batch.scope = scope_;
  batch.dataset_id = dataset_;
  batch.schema_version = 1;
  const Millis now = clock_.now_ms();
  std::vector<ledger::WholeFile> files;
  for (const int64_t rows : rows_of_files) {
    ledger::WholeFile file{.path = fmt::format("file-{}.parquet", files.size()),
                           .object = new_data_key(scope_.org, dataset_, random_, now),
                           .sent_bytes = 100 + rows,
                           .sha256 = {}};
    must(store_.put(file.object, std::vector<std::byte>(static_cast<size_t>(file.sent_bytes))));
    files.push_back(std::move(file));
  }
  must(ledger_->write([&](Tx& tx) -> Status {
    LG_TRY(ledger::insert_batch(tx, batch));
    for (const ledger::WholeFile& file : files) {
      LG_TRY(ledger::begin_object(tx, file.object, dataset_, batch.id, epoch_));
      LG_TRY(ledger::put_whole_file(tx, batch.id, file, 1'000, 0, now));
    }
    LG_TRY(ledger::transition(tx, batch.id, BatchEvent::complete, now, "test"));
    LG_TRY(ledger::transition(tx, batch.id, BatchEvent::take, now, "test"));
    for (size_t i = 0; i < files.size(); ++i) {
      LG_TRY(ledger::record_verdict(tx, files[i].object, good_report(rows_of_files[i], files[i].sent_bytes), now));
    }
    LG_TRY(ledger::transition(tx, batch.id, BatchEvent::judged, now, "test"));
    return {};
  }));
  return batch.id;
}

BatchId TableWorld::staged_replay(const std::vector<int64_t>& rows_of_files, const std::vector<BatchId>& predecessors) {
  const BatchId batch = staged_batch(rows_of_files);
  Replay replay{.reason = "replace", .predecessors = {}};
  for (const BatchId& id : predecessors) replay.predecessors.push_back({.id = id, .external_id = {}});
  must(ledger_->write([&](Tx& tx) { return ledger::insert_replay(tx, batch, replay); }));
  return batch;
}

BatchId TableWorld::active_batch(const std::vector<int64_t>& rows_of_files) {
  BatchId id = staged_batch(rows_of_files);
  expect(must(promoter_->promote(dataset_)).has_value(), "nothing was promoted");
  return id;
}

void TableWorld::delete_dataset() {
  must(ledger_->write(
      [&](Tx& tx) { return ledger::delete_dataset(tx, Sight::whole(scope_), dataset_, clock_.now_ms(), ""); }));
}

TableState TableWorld::table() {
  return must(ledger_->read([&](ReadTx& tx) { return ledger::load_table(tx, dataset_); }));
}

Batch TableWorld::batch(const BatchId& id) {
  return must(ledger_->read([&](ReadTx& tx) { return ledger::get_batch(tx, id); }));
}

std::string TableWorld::state_of(const ObjectKey& key) {
  const auto row = must(ledger_->read([&](ReadTx& tx) { return ledger::find_object(tx, key); }));
  if (!row) return "";
  switch (row->state) {
    case ledger::ObjectState::writing: return "writing";
    case ledger::ObjectState::live: return "live";
    case ledger::ObjectState::condemned: return fmt::format("condemned {}", row->due.value_or(-1));
  }
  return "";
}

std::vector<ObjectKey> TableWorld::objects_of(const BatchId& batch) {
  const auto files = must(ledger_->read([&](ReadTx& tx) { return ledger::list_files(tx, batch, 0, 1'000); }));
  std::vector<ObjectKey> keys;
  for (const BatchFile& file : files) keys.push_back(file.object);
  return keys;
}

std::vector<ObjectKey> TableWorld::to_sweep() {
  return must(ledger_->read([&](ReadTx& tx) { return ledger::objects_to_sweep(tx, clock_.now_ms(), epoch_, 1'000); }));
}

std::string TableWorld::object_bytes(const ObjectKey& key) {
  const OpenObject object = must(store_.open(key));
  return must(read_object(store_, key, object.size_bytes));
}

std::vector<ManifestFound> TableWorld::read(const Snapshot& snapshot) {
  std::vector<ManifestFound> manifests;
  for (auto& listed : must(iceberg::read_manifest_list(object_bytes(snapshot.manifest_list)))) {
    ManifestFound found{.listed = listed, .key = key_of(listed.manifest_path), .entries = {}};
    const std::string bytes = object_bytes(found.key);
    expect(static_cast<int64_t>(bytes.size()) == listed.length_bytes, "length of " + found.key.text());
    found.entries = must(iceberg::read_manifest(bytes));
    expect(iceberg::count_entries(found.entries) == listed.counts, "counts of " + found.key.text());
    iceberg::inherit(found.entries, {.object = found.key,
                                     .length_bytes = listed.length_bytes,
                                     .sequence_number = listed.sequence_number,
                                     .min_sequence_number = listed.min_sequence_number,
                                     .added_snapshot_id = listed.added_snapshot_id,
                                     .counts = listed.counts});
    for (const iceberg::ManifestEntry& entry : found.entries) {
      if (!entry.is_live()) continue;
      const OpenObject file = must(store_.open(key_of(entry.file_path)));
      expect(file.size_bytes == entry.file_size_bytes, "size of " + entry.file_path);
      expect(*entry.sequence_number >= listed.min_sequence_number, "min_sequence_number of " + found.key.text());
    }
    manifests.push_back(std::move(found));
  }
  return manifests;
}

int64_t TableWorld::rows_visible(const Snapshot& snapshot) {
  int64_t rows = 0;
  for (const ManifestFound& manifest : read(snapshot)) {
    for (const iceberg::ManifestEntry& entry : manifest.entries) rows += entry.is_live() ? entry.record_count : 0;
  }
  return rows;
}

int64_t TableWorld::rows_visible() {
  const TableState now = table();
  return now.snapshots.empty() ? 0 : rows_visible(now.snapshots.back());
}

}  // namespace lakegate
