#include "pipeline/judging.h"

#include "base/error_codes.h"
#include "base/log.h"
#include "ledger/batches.h"

namespace lakegate::pipeline {

using validation::ValidationOutcome;

Judging::Judging(Ledger& ledger, ObjectStore& objects, Submit submit, const Clock& clock,
                 const PipelineSettings& settings)
    : ledger_(ledger),
      objects_(objects),
      submit_(std::move(submit)),
      settings_(settings),
      schemas_(settings.schemas_kept_max),
      set_back_(settings.back_off, "A file could not be judged", "object"),
      recorder_(ledger, objects, clock,
                [this](const ObjectKey& object, Status status) { finish(object, std::move(status)); }),
      thread_([this] { return pass(); }) {}

void Judging::start() {
  recorder_.start(settings_.verdict_threads);
  thread_.start();
}

void Judging::stop() {
  thread_.stop();
  recorder_.stop();
}

std::optional<Millis> Judging::pass() {
  settle_finished();
  if (in_flight_.size() >= settings_.files_in_flight_max) return std::nullopt;  // the next that ends wakes
  if (!look_.exchange(false) && set_back_.due().empty()) return set_back_.next();
  Result<std::vector<Work>> found = ledger_.read([this](ReadTx& tx) { return find_work(tx); });
  if (!found) {
    log::warning("Files wait to be judged", {{"cause", found.error()}});
    look_ = true;
    return settings_.back_off.after(++read_failures_);
  }
  read_failures_ = 0;
  for (Work& work : *found) {
    const ObjectKey object = work.unjudged.file.object;
    if (const Status begun = begin(std::move(work)); !begun) set_back_.add(object, begun.error());
  }
  return set_back_.next();
}

// Before the ledger is read, never after: whatever leaves in_flight_ here has its verdict in what will be read, so no
// object is begun a second time.
void Judging::settle_finished() {
  std::vector<std::pair<ObjectKey, Status>> finished;
  {
    const std::lock_guard lock(mutex_);
    finished.swap(finished_);
  }
  for (const auto& [object, status] : finished) {
    in_flight_.erase(object);
    if (status) {
      if (set_back_.contains(object)) look_ = true;  // its place is free for another
      set_back_.erase(object);
    } else {
      set_back_.add(object, status.error());
    }
  }
}

Result<std::vector<Judging::Work>> Judging::find_work(ReadTx& tx) {
  const size_t room = settings_.files_in_flight_max - in_flight_.size();
  const size_t limit = in_flight_.size() + set_back_.size() + room;
  LG_ASSIGN(std::vector<ledger::UnjudgedFile> unjudged, ledger::unjudged_files(tx, static_cast<int64_t>(limit)));
  std::vector<Work> found;
  std::unordered_set<ObjectKey> waiting;
  for (ledger::UnjudgedFile& file : unjudged) {
    const ObjectKey object = file.file.object;
    waiting.insert(object);
    if (found.size() == room || !may_begin(object)) continue;
    auto work = prepare(tx, std::move(file));
    if (work) {
      found.push_back(*std::move(work));
    } else {
      set_back_.add(object, work.error());
    }
  }
  forget_gone(waiting);
  if (found.size() == room) look_ = true;  // when one of these ends
  return found;
}

bool Judging::may_begin(const ObjectKey& object) const {
  if (in_flight_.contains(object)) return false;
  if (set_back_.contains(object)) return !set_back_.waits(object);
  return set_back_.size() < settings_.files_set_back_max;
}

Result<Judging::Work> Judging::prepare(ReadTx& tx, ledger::UnjudgedFile unjudged) {
  LG_ASSIGN(const Batch batch, ledger::get_batch(tx, unjudged.file.batch_id));
  LG_ASSIGN(auto schema, schemas_.get(tx, unjudged.dataset_id, unjudged.schema_version));
  return Work{.unjudged = std::move(unjudged), .format = batch.format, .schema = std::move(schema)};
}

Status Judging::begin(Work work) {
  const BatchFile& file = work.unjudged.file;
  LG_ASSIGN(OpenObject opened, objects_.open(file.object));
  if (opened.size_bytes < file.sent_bytes) {
    return fail(codes::corrupt, "Object {} has {} bytes; {} were sent and recorded. Run `lakegate verify`.",
                file.object, opened.size_bytes, file.sent_bytes);
  }
  validation::ValidationRequest request{.file = std::move(opened.fd),
                                        .sent_bytes = file.sent_bytes,
                                        .org = work.unjudged.scope.org,
                                        .format = work.format,
                                        .schema = std::move(work.schema),
                                        .name = file.object.text(),
                                        .batch = file.batch_id.text(),
                                        .path = file.path};
  // The queue alone is captured: the validator may answer when this is gone.
  LG_TRY(submit_(std::move(request), [queue = recorder_.queue(), file](ValidationOutcome outcome) {
    queue->push({.file = file, .outcome = std::move(outcome)});
  }));
  in_flight_.insert(file.object);
  set_back_.try_again(file.object);
  return {};
}

// A file that was due and waits no more was replaced, or its batch ended.
void Judging::forget_gone(const std::unordered_set<ObjectKey>& waiting) {
  for (const ObjectKey& object : set_back_.due()) {
    if (!waiting.contains(object)) set_back_.erase(object);
  }
}

void Judging::finish(const ObjectKey& object, Status status) {
  {
    const std::lock_guard lock(mutex_);
    finished_.emplace_back(object, std::move(status));
  }
  thread_.wake();
}

}  // namespace lakegate::pipeline
