#include "pipeline/batch_step.h"

#include <fmt/format.h>

#include "ledger/files.h"
#include "ledger/objects.h"
#include "ledger/verdicts.h"
#include "pipeline/batch_errors.h"

namespace lakegate::pipeline {
namespace {

constexpr int64_t bad_files_page = 50;

bool is_ours(BatchStatus status) { return status == BatchStatus::loaded || status == BatchStatus::staging; }

Result<std::vector<BatchError>> errors_of_files(ReadTx& tx, const BatchId& id, int64_t bad_files) {
  BatchErrors errors(ledger::errors_per_batch_max, bad_files);
  int64_t last_number = 0;
  while (true) {
    LG_ASSIGN(const std::vector<ledger::FileVerdict> page, ledger::bad_files(tx, id, last_number, bad_files_page));
    for (const ledger::FileVerdict& bad : page) {
      if (!errors.add(bad)) return std::move(errors).finish();
      last_number = bad.file.number;
    }
    if (static_cast<int64_t>(page.size()) < bad_files_page) return std::move(errors).finish();
  }
}

// Rows accepted are rows loaded plus rows rejected: of a failed batch all are rejected, the good ones too.
Result<BatchStep> judged_step(ReadTx& tx, const BatchId& id, const ledger::Judgement& judged) {
  LG_ASSIGN(const ledger::FileTotals files, ledger::count_files(tx, id));
  BatchStep step{.kind = BatchStep::Kind::stage, .batch = id};
  step.totals = {.file_count = files.file_count,
                 .size_bytes = files.sent_bytes,
                 .record_count = judged.record_count,
                 .failed_record_count = judged.failed_record_count};
  if (judged.bad == 0) return step;
  step.kind = BatchStep::Kind::fail;
  step.totals.record_count = 0;
  step.totals.failed_record_count = judged.record_count + judged.failed_record_count;
  LG_ASSIGN(step.errors, errors_of_files(tx, id, judged.bad));
  return step;
}

Status take(Tx& tx, const BatchId& id, Millis now) {
  LG_TRY(ledger::transition(tx, id, BatchEvent::take, now, "taken to be judged"));
  return {};
}

Result<Batch> stage(Tx& tx, const BatchStep& step, Millis now) {
  LG_TRY(ledger::set_totals(tx, step.batch, step.totals));
  return ledger::transition(tx, step.batch, BatchEvent::judged, now, "all files judged good");
}

Status end_failed(Tx& tx, const BatchStep& step, Millis now, Millis objects_due) {
  LG_TRY(ledger::add_errors(tx, step.batch, step.errors));
  LG_TRY(ledger::set_totals(tx, step.batch, step.totals));
  const std::string cause =
      fmt::format("{} error{} in its files", step.errors.size(), step.errors.size() == 1 ? "" : "s");
  LG_TRY(ledger::transition(tx, step.batch, BatchEvent::fail, now, cause));
  return ledger::condemn_batch_objects(tx, step.batch, objects_due);
}

}  // namespace

Result<BatchStep> next_step(ReadTx& tx, const BatchId& id) {
  LG_ASSIGN(const Batch batch, ledger::get_batch(tx, id));
  if (!is_ours(batch.status)) return BatchStep{.batch = id};
  LG_ASSIGN(const ledger::Judgement judged, ledger::judgement(tx, id));
  if (judged.waiting > 0) {
    const auto kind = batch.status == BatchStatus::loaded ? BatchStep::Kind::take : BatchStep::Kind::none;
    return BatchStep{.kind = kind, .batch = id};
  }
  LG_ASSIGN(BatchStep step, judged_step(tx, id, judged));
  step.org = batch.scope.org;
  step.dataset = batch.dataset_id;
  step.trace = batch.trace;
  return step;
}

Status carry_out(Tx& tx, const BatchStep& step, Millis now, Millis objects_due) {
  if (step.kind == BatchStep::Kind::none) return {};
  LG_ASSIGN(const Batch batch, ledger::get_batch(tx, step.batch));
  if (!is_ours(batch.status)) return {};
  if (batch.status == BatchStatus::loaded) LG_TRY(take(tx, step.batch, now));
  if (step.kind == BatchStep::Kind::stage) LG_TRY(stage(tx, step, now));
  if (step.kind == BatchStep::Kind::fail) LG_TRY(end_failed(tx, step, now, objects_due));
  return {};
}

Result<Batch> stage_if_judged(Tx& tx, const Batch& completed, Millis now) {
  if (!is_ours(completed.status)) return completed;
  LG_ASSIGN(const ledger::Judgement judged, ledger::judgement(tx, completed.id));
  if (judged.waiting > 0) return completed;
  if (judged.bad > 0) {
    tx.on_commit({.kind = Wake::Kind::verdict, .batch = completed.id, .dataset = completed.dataset_id});
    return completed;
  }
  if (completed.status == BatchStatus::loaded) LG_TRY(take(tx, completed.id, now));
  LG_ASSIGN(const BatchStep step, judged_step(tx, completed.id, judged));
  return stage(tx, step, now);
}

Result<Batch> record_verdict(Tx& tx, const BatchFile& file, const ValidationReport& report, Millis now) {
  LG_TRY(ledger::record_verdict(tx, file.object, report, now));
  LG_ASSIGN(const Batch batch, ledger::get_batch(tx, file.batch_id));
  return stage_if_judged(tx, batch, now);
}

}  // namespace lakegate::pipeline
