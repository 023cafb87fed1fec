#include "pipeline/pipeline_test_support.h"

#include <fcntl.h>
#include <sys/mman.h>
#include <unistd.h>

#include <chrono>
#include <utility>

#include "base/error_codes.h"
#include "ledger/batches.h"
#include "ledger/datasets.h"
#include "ledger/files.h"
#include "ledger/objects.h"
#include "ledger/orgs.h"
#include "ledger/tables.h"
#include "model/check_schema_json.h"
#include "model/table_schema_json.h"
#include "model/violation_codes.h"
#include "objects/file_io.h"
#include "objects/object_keys.h"
#include "pipeline/batch_step.h"

namespace lakegate::pipeline::testing {
namespace {

constexpr std::string_view tail_text = "-tail";

CheckSchema check_schema() {
  return {{{.field_id = 1,
            .name = "id",
            .kind = TypeKind::int64,
            .constraints = {.required = true, .maximum_integer = 1000},
            .children = {}},
           {.field_id = 2, .name = "name", .kind = TypeKind::string, .constraints = {}, .children = {}}}};
}

TableSchema table_schema() {
  return {.columns = {{.field_id = 1, .name = "id", .table_name = "id", .kind = TypeKind::int64},
                      {.field_id = 2, .name = "name", .table_name = "name", .kind = TypeKind::string}}};
}

Status insert_dataset_and_table(Tx& tx, const Dataset& dataset, const std::string& uuid) {
  const TableSchema table = table_schema();
  LG_TRY(ledger::insert_dataset(tx, dataset));
  LG_TRY(ledger::pin_schema(tx, {.dataset_id = dataset.id,
                                 .schema_version = 1,
                                 .resolved_json = "{}",
                                 .table_schema_json = table_schema_to_json(table),
                                 .check_schema_json = check_schema_to_json(check_schema()),
                                 .check_hash = "hash",
                                 .created = 1}));
  return ledger::insert_table(tx, {.dataset_id = dataset.id,
                                   .uuid = uuid,
                                   .version = 1,
                                   .last_updated = 1,
                                   .last_column_id = last_column_id(table),
                                   .schemas = {table}});
}

Result<Scope> insert_scope(Tx& tx) {
  LG_ASSIGN(
      const ledger::Org org,
      ledger::insert_org(
          tx, {.number = {}, .ims_org = ImsOrgId("acme@AdobeOrg"), .tenant = "acme", .name = "acme", .created = 1}));
  LG_ASSIGN(const ledger::Sandbox sandbox, ledger::insert_sandbox(tx, {.scope = {.org = org.number, .sandbox = {}},
                                                                       .name = "prod",
                                                                       .id = "prod",
                                                                       .type = "production",
                                                                       .created = 1}));
  return sandbox.scope;
}

validation::TailBytes make_tail(std::string_view bytes) {
  FileDescriptor memory(::memfd_create("tail", MFD_CLOEXEC | MFD_ALLOW_SEALING));
  must(objects::write_all(memory.get(), 0, std::as_bytes(std::span(bytes)), "a tail"));
  ::fcntl(memory.get(), F_ADD_SEALS, F_SEAL_WRITE | F_SEAL_GROW | F_SEAL_SHRINK);
  return {std::move(memory), static_cast<int64_t>(bytes.size())};
}

}  // namespace

World::World() : ledger_(must(Ledger::open(folder_.path() / "ledger.db"))) {
  scope_ = must(ledger_->write([](Tx& tx) { return insert_scope(tx); }));
  ledger_->add_listener([this](std::span<const Wake> wakes) { on_commit(wakes); });
  dataset_ = create_dataset("events");
}

DatasetId World::create_dataset(const std::string& name) {
  Dataset dataset;
  dataset.id = DatasetId(random_.hex(24));
  dataset.view_id = ViewId(random_.hex(24));
  dataset.scope = scope_;
  dataset.name = dataset.table_name = name;
  dataset.schema_id = ResourceId("https://ns.example/schemas/events");
  dataset.schema_version = 1;
  dataset.created = dataset.updated = clock_.now_ms();
  const std::string uuid = random_.uuid();
  must(ledger_->write([&](Tx& tx) { return insert_dataset_and_table(tx, dataset, uuid); }));
  return dataset.id;
}

BatchId World::create_batch_of(const DatasetId& dataset, InputFormat format) {
  Batch batch;
  batch.id = BatchId(random_.ulid(clock_.now_ms()));
  batch.scope = scope_;
  batch.dataset_id = dataset;
  batch.format = format;
  batch.schema_version = 1;
  batch.created = batch.updated = clock_.now_ms();
  must(ledger_->write([&](Tx& tx) { return ledger::insert_batch(tx, batch); }));
  return batch.id;
}

BatchFile World::put(const BatchId& batch, const std::string& path, std::string_view bytes) {
  const DatasetId dataset = this->batch(batch).dataset_id;
  const ObjectKey key = new_data_key(scope_.org, dataset, random_, clock_.now_ms());
  must(ledger_->write([&](Tx& tx) { return ledger::begin_object(tx, key, dataset, batch, epoch); }));
  must(objects_.put(key, std::as_bytes(std::span(bytes))));
  const ledger::WholeFile file{
      .path = path, .object = key, .sent_bytes = static_cast<int64_t>(bytes.size()), .sha256 = ""};
  return must(ledger_->write(
                  [&](Tx& tx) { return ledger::put_whole_file(tx, batch, file, 10'000, 0, clock_.now_ms()); }))
      .file;
}

Batch World::move(const BatchId& batch, BatchEvent event) {
  return must(
      ledger_->write([&](Tx& tx) { return ledger::transition(tx, batch, event, clock_.now_ms(), "a test wants it"); }));
}

BatchId World::staged_batch(const DatasetId& dataset) {
  const BatchId id = create_batch_of(dataset);
  for (const BatchEvent event : {BatchEvent::complete, BatchEvent::take, BatchEvent::judged}) move(id, event);
  return id;
}

Batch World::batch(const BatchId& id) {
  return must(ledger_->read([&](ReadTx& tx) { return ledger::get_batch(tx, id); }));
}

std::vector<BatchError> World::errors(const BatchId& id) {
  return must(ledger_->read([&](ReadTx& tx) { return ledger::errors_of(tx, id); }));
}

std::optional<ValidationReport> World::verdict(const BatchFile& file) {
  return must(ledger_->read([&](ReadTx& tx) { return ledger::find_verdict(tx, file.object); }));
}

void World::complete(const BatchId& batch) {
  must(ledger_->write([&](Tx& tx) -> Result<Batch> {
    LG_ASSIGN(const Batch loaded, ledger::transition(tx, batch, BatchEvent::complete, clock_.now_ms(), "test"));
    return stage_if_judged(tx, loaded, clock_.now_ms());
  }));
}

void World::record_verdict(const BatchFile& file, const ValidationReport& report) {
  must(ledger_->write([&](Tx& tx) { return pipeline::record_verdict(tx, file, report, clock_.now_ms()); }));
}

std::string World::bytes_of(const ObjectKey& object) {
  const OpenObject opened = must(objects_.open(object));
  const auto bytes = must(objects::read_up_to(opened.fd.get(), 0, opened.size_bytes, object.text()));
  return {reinterpret_cast<const char*>(bytes.data()), bytes.size()};
}

bool World::eventually(const std::function<bool()>& holds) {
  const auto end = std::chrono::steady_clock::now() + std::chrono::minutes(1);
  while (!holds()) {
    std::unique_lock lock(mutex_);
    if (std::chrono::steady_clock::now() > end) return false;
    // Not every change is a commit that wakes somebody.
    changed_.wait_for(lock, std::chrono::milliseconds(10));
  }
  return true;
}

void World::touch() { changed_.notify_all(); }

void World::set_listener(Ledger::Listener listener) {
  const std::lock_guard lock(listener_mutex_);
  listener_ = std::move(listener);
}

void World::on_commit(std::span<const Wake> wakes) {
  {
    const std::lock_guard lock(listener_mutex_);
    if (listener_) listener_(wakes);
  }
  touch();
}

ValidationReport good_report(int64_t sent_bytes, int64_t tail_bytes, int64_t rows) {
  return {.verdict = Verdict::good,
          .record_count = rows,
          .sent_bytes = sent_bytes,
          .table_bytes = sent_bytes + tail_bytes,
          .origin = FileOrigin::normalised};
}

ValidationReport bad_report(int64_t sent_bytes, std::vector<Violation> violations) {
  if (violations.empty()) violations = {unknown_column("extra")};
  ValidationReport report{.verdict = Verdict::bad, .record_count = 10, .failed_record_count = 10};
  report.violation_count = static_cast<int64_t>(violations.size());
  report.violations = std::move(violations);
  report.sent_bytes = sent_bytes;
  return report;
}

Violation unknown_column(std::string column) {
  return {.code = std::string(violations::unknown_column.id),
          .column = std::move(column),
          .found = "a string",
          .expected = "no such column"};
}

Status FakeValidator::submit(validation::ValidationRequest request,
                             std::function<void(validation::ValidationOutcome)> on_outcome) {
  const std::lock_guard lock(mutex_);
  if (refusals_ > 0) {
    --refusals_;
    return fail(codes::unavailable, "The fake validator is busy.");
  }
  names_.push_back(request.name);
  formats_.push_back(request.format);
  held_.push_back({std::move(request), std::move(on_outcome)});
  if (!holding_) release_locked(held_.size());
  return {};
}

void FakeValidator::hold() {
  const std::lock_guard lock(mutex_);
  holding_ = true;
}

void FakeValidator::release(size_t n) {
  const std::lock_guard lock(mutex_);
  release_locked(n);
}

void FakeValidator::release_locked(size_t n) {
  for (size_t i = 0; i < n && !held_.empty(); ++i) {
    const Job job = std::move(held_.front());
    held_.erase(held_.begin());
    const int64_t sent = job.request.sent_bytes;
    std::string begin(3, '\0');
    [[maybe_unused]] const ssize_t got = ::pread(job.request.file.get(), begin.data(), begin.size(), 0);
    validation::ValidationOutcome outcome;
    if (begin == "bad") {
      outcome.report = bad_report(sent);
    } else {
      outcome.report = good_report(sent, static_cast<int64_t>(tail_text.size()));
      outcome.tail = make_tail(tail_text);
    }
    job.on_outcome(std::move(outcome));
  }
}

void FakeValidator::refuse(int times) {
  const std::lock_guard lock(mutex_);
  refusals_ = times;
}

size_t FakeValidator::submitted() {
  const std::lock_guard lock(mutex_);
  return names_.size();
}

size_t FakeValidator::held() {
  const std::lock_guard lock(mutex_);
  return held_.size();
}

std::vector<std::string> FakeValidator::names() {
  const std::lock_guard lock(mutex_);
  return names_;
}

std::vector<InputFormat> FakeValidator::formats() {
  const std::lock_guard lock(mutex_);
  return formats_;
}

}  // namespace lakegate::pipeline::testing
