#include "pipeline/batch_world_test_support.h"

#include <fmt/core.h>

#include <span>

#include "ledger/batches.h"
#include "ledger/files.h"
#include "ledger/objects.h"
#include "ledger/tables.h"
#include "ledger/verdicts.h"
#include "objects/object_keys.h"

namespace lakegate::pipeline {
namespace {

constexpr int64_t epoch = 1;
constexpr int64_t files_max = 25'000;
constexpr int64_t ranges_max = 100'000;

TableState empty_table(const DatasetId& dataset) {
  return {.dataset_id = dataset,
          .uuid = "11111111-2222-4333-8444-555555555555",
          .version = 1,
          .last_column_id = 1,
          .schemas = {{.schema_id = 0, .columns = {{.field_id = 1, .name = "id", .table_name = "id"}}}}};
}

}  // namespace

BatchWorld::BatchWorld()
    : promoter_(sandboxes_.ledger(), objects_, clock_, random_, epoch),
      actions_(sandboxes_.ledger(), promoter_, clock_, 1LL << 40),
      dataset_(sandboxes_.add_dataset("orders")),
      other_dataset_(sandboxes_.add_dataset("events")),
      client_{.scope = Sight::whole(sandboxes_.scope()), .client_id = ApiKey("client-1"), .user = "user-1"},
      stranger_{.scope = Sight::whole(sandboxes_.other_scope()), .client_id = ApiKey("client-2"), .user = "user-2"} {
  must(ledger().write([&](Tx& tx) { return ledger::insert_table(tx, empty_table(dataset_)); }));
}

Result<Batch> BatchWorld::create(const BatchOrder& order, std::string_view id) {
  return ledger().write(
      [&](Tx& tx) { return create_batch(tx, client_, order, BatchId(std::string(id)), clock_.now_ms()); });
}

BatchId BatchWorld::batch(std::string_view id) { return must(create({.dataset = dataset_}, id)).id; }

void BatchWorld::put(const BatchId& batch, std::string_view path, std::string_view content) {
  const ObjectKey key = new_data_key(client_.scope.org, dataset_, random_, clock_.now_ms());
  must(ledger().write([&](Tx& tx) { return ledger::begin_object(tx, key, dataset_, batch, epoch); }));
  must(objects_.put(key, std::as_bytes(std::span(content))));
  must(ledger().write([&](Tx& tx) {
    return ledger::put_whole_file(tx, batch, {std::string(path), key, std::ssize(content), {}}, files_max, 0,
                                  clock_.now_ms());
  }));
}

void BatchWorld::initialize(const BatchId& batch, std::string_view path) {
  const ObjectKey key = new_data_key(client_.scope.org, dataset_, random_, clock_.now_ms());
  must(ledger().write([&](Tx& tx) -> Result<BatchFile> {
    LG_TRY(ledger::begin_object(tx, key, dataset_, batch, epoch));
    return ledger::initialize_file(tx, batch, path, key, files_max, clock_.now_ms());
  }));
}

void BatchWorld::hold(const BatchId& batch, std::string_view path, ByteRange range, int64_t total) {
  must(ledger().write(
      [&](Tx& tx) { return ledger::hold_range(tx, batch, path, range, total, ranges_max, clock_.now_ms()); }));
}

void BatchWorld::stitchable(const BatchId& batch, int64_t count) {
  must(ledger().write([&](Tx& tx) -> Status {
    for (int64_t number = 0; number < count; ++number) {
      const ObjectKey key = new_data_key(client_.scope.org, dataset_, random_, clock_.now_ms());
      const std::string path = fmt::format("stitchable-{}", number);
      LG_TRY(ledger::begin_object(tx, key, dataset_, batch, epoch));
      LG_TRY(ledger::initialize_file(tx, batch, path, key, files_max, clock_.now_ms()));
      LG_TRY(ledger::hold_range(tx, batch, path, {0, 2}, 2, ranges_max, clock_.now_ms()));
    }
    return {};
  }));
}

void BatchWorld::move(const BatchId& batch, BatchEvent event) {
  must(ledger().write([&](Tx& tx) { return ledger::transition(tx, batch, event, clock_.now_ms(), "test"); }));
}

void BatchWorld::judge_good(const BatchId& batch) {
  must(ledger().write([&](Tx& tx) -> Status {
    LG_ASSIGN(const std::vector<BatchFile> files, ledger::list_files(tx, batch, 0, files_max));
    for (const BatchFile& file : files) {
      const ValidationReport report{
          .verdict = Verdict::good, .record_count = 10, .sent_bytes = file.sent_bytes, .table_bytes = file.sent_bytes};
      LG_TRY(ledger::record_verdict(tx, file.object, report, clock_.now_ms()));
    }
    return {};
  }));
}

BatchId BatchWorld::batch_in(BatchStatus status, std::string_view name) {
  using enum BatchStatus;
  const BatchId id = batch(name);
  put(id, "a.parquet", "not judged here");
  if (status == loading) return id;
  if (status == abandoned) {
    move(id, BatchEvent::abandon);
    return id;
  }
  if (status == aborted) return must(actions_.abort(client_, id)).id;
  must(actions_.complete(client_, id));
  if (status == loaded) return id;
  move(id, BatchEvent::take);
  if (status == staging) return id;
  if (status == failed) {
    BatchError error;
    error.code = "106";
    error.description = "bad data";
    must(ledger().write([&](Tx& tx) { return ledger::add_errors(tx, id, {&error, 1}); }));
    move(id, BatchEvent::fail);
    return id;
  }
  judge_good(id);
  move(id, BatchEvent::judged);
  if (status == staged) return id;
  must(promoter_.promote(dataset_));
  if (status == active) return id;
  must(actions_.revert(client_, id));
  if (status == deleted) move(id, BatchEvent::sweep);
  return id;
}

Batch BatchWorld::find(const BatchId& batch) {
  return must(ledger().read([&](ReadTx& tx) { return ledger::find_batch(tx, client_.scope, batch); }));
}

std::vector<BatchError> BatchWorld::errors(const BatchId& batch) {
  return must(ledger().read([&](ReadTx& tx) { return ledger::errors_of(tx, batch); }));
}

std::string BatchWorld::history(const BatchId& batch) {
  std::string text;
  for (const BatchTransition& step : must(ledger().read([&](ReadTx& tx) { return ledger::history(tx, batch); }))) {
    text += fmt::format("{}{}>{} {}", text.empty() ? "" : ", ", to_string(step.from), to_string(step.to), step.cause);
  }
  return text;
}

std::string BatchWorld::objects(const BatchId& batch) {
  int64_t count = 0;
  int64_t condemned = 0;
  const auto rows = must(ledger().read([&](ReadTx& tx) { return ledger::list_objects(tx, ObjectKey(), files_max); }));
  for (const ledger::ObjectRow& row : rows) {
    if (row.batch_id != batch) continue;
    ++count;
    if (row.state == ledger::ObjectState::condemned && row.due == 0) ++condemned;
  }
  return fmt::format("{} of {}", condemned, count);
}

}  // namespace lakegate::pipeline
