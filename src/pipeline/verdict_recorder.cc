#include "pipeline/verdict_recorder.h"

#include <span>

#include "base/crash_point.h"
#include "base/error_codes.h"
#include "base/log.h"
#include "model/trace.h"
#include "pipeline/batch_step.h"

namespace lakegate::pipeline {

void JudgedQueue::push(JudgedFile judged) {
  {
    const std::lock_guard lock(mutex_);
    if (closed_) return;
    queue_.push_back(std::move(judged));
  }
  changed_.notify_one();
}

std::optional<JudgedFile> JudgedQueue::take() {
  std::unique_lock lock(mutex_);
  changed_.wait(lock, [this] { return closed_ || !queue_.empty(); });
  if (closed_) return std::nullopt;
  JudgedFile judged = std::move(queue_.front());
  queue_.pop_front();
  return judged;
}

void JudgedQueue::close() {
  {
    const std::lock_guard lock(mutex_);
    closed_ = true;
    queue_.clear();
  }
  changed_.notify_all();
}

VerdictRecorder::VerdictRecorder(Ledger& ledger, ObjectStore& objects, const Clock& clock, OnDone on_done)
    : ledger_(ledger),
      objects_(objects),
      clock_(clock),
      org_names_(ledger),
      on_done_(std::move(on_done)),
      queue_(std::make_shared<JudgedQueue>()) {}

void VerdictRecorder::start(size_t threads) {
  for (size_t i = 0; i < threads; ++i) threads_.emplace_back([this] { run(); });
}

void VerdictRecorder::stop() {
  queue_->close();
  for (std::thread& thread : threads_) thread.join();
  threads_.clear();
}

void VerdictRecorder::run() {
  while (const std::optional<JudgedFile> judged = queue_->take()) {
    Status recorded = record(*judged);
    // The batch ended meanwhile and its objects went: nobody asks for the verdict any more.
    if (!recorded && recorded.error().kind() == ErrorKind::not_found) recorded = Status();
    on_done_(judged->file.object, std::move(recorded));
  }
}

// The order matters: a data file in the ledger says that its bytes are durable. What a crash leaves behind the bytes
// that were sent is cut off by the next try.
Status VerdictRecorder::record(const JudgedFile& judged) {
  const ValidationReport& report = judged.outcome.report;
  crash_point("judge.before_tail");
  if (report.verdict == Verdict::good) LG_TRY(append_tail(judged));
  crash_point("judge.after_tail");
  const Millis now = clock_.now_ms();
  LG_ASSIGN(const Batch batch, ledger_.write([&](Tx& tx) { return record_verdict(tx, judged.file, report, now); }));
  crash_point("judge.after_verdict");
  log::info("File judged", {{"batch", batch.id},
                            {"dataset", batch.dataset_id},
                            {"org", org_names_.of(batch.scope.org)},
                            {"file", judged.file.path},
                            {"verdict", report.verdict == Verdict::good ? "good" : "bad"},
                            {"rows", report.record_count},
                            {"violations", report.violation_count},
                            {"duration_ms", static_cast<double>(judged.outcome.duration.count()) / 1000},
                            {"trace_id", trace_id_of(batch.trace)}});
  return {};
}

Status VerdictRecorder::append_tail(const JudgedFile& judged) {
  const ValidationReport& report = judged.outcome.report;
  const std::string_view tail = judged.outcome.tail.bytes();
  LG_ASSIGN(const int64_t size_bytes,
            objects_.append_tail(judged.file.object, report.sent_bytes, std::as_bytes(std::span(tail))));
  if (size_bytes == report.table_bytes) return {};
  return fail(codes::internal, "Object {} has {} bytes with its tail; its report says {}.", judged.file.object,
              size_bytes, report.table_bytes);
}

}  // namespace lakegate::pipeline
