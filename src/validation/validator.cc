#include "validation/validator.h"

#include <poll.h>
#include <sys/eventfd.h>
#include <unistd.h>

#include <algorithm>
#include <array>
#include <atomic>
#include <cassert>
#include <condition_variable>
#include <csignal>
#include <deque>
#include <mutex>
#include <optional>
#include <thread>
#include <unordered_map>
#include <utility>

#include "base/error_codes.h"
#include "base/log.h"
#include "validation/validation_job.h"
#include "validation/worker_process.h"

namespace lakegate::validation {
namespace {

using Time = std::chrono::steady_clock;
using std::chrono::milliseconds;

constexpr milliseconds start_deadline{30'000};
constexpr milliseconds pause{200};             // after a worker that did not start, or when descriptors run out
constexpr int64_t small_file_bytes = 4 << 20;  // only small files wait at a busy worker
constexpr int faults_max = 2;                  // one retry
constexpr size_t schemas_kept_max = 64;

using Job = std::unique_ptr<ValidationJob>;

// A place for a worker process, and what it is doing.
struct Slot {
  std::unique_ptr<WorkerProcess> process;  // null: to be started from `restart_at` on
  bool ready = false;
  std::optional<OrgNumber> org;  // whose files it has seen
  size_t jobs_given = 0;
  std::deque<Job> in_flight;  // it works on the first
  Time::time_point begun;     // of the first
  Time::time_point deadline;  // of its start, or of its first job
  Time::time_point restart_at{};
};

// What is counted: written by the dispatcher's thread, read by any.
struct Tally {
  std::atomic<int64_t> ready = 0;
  std::atomic<int64_t> given = 0;
  std::atomic<int64_t> good = 0;
  std::atomic<int64_t> bad = 0;
  std::atomic<int64_t> faults = 0;
  DurationHistogram judging_us;
  std::array<std::atomic<int64_t>, all_worker_ends.size()> worker_ends{};
};

WorkerEnd end_by(const ViolationCode& fault) {
  if (&fault == &violations::judge_timeout) return WorkerEnd::timed_out;
  return &fault == &violations::judge_crashed ? WorkerEnd::crashed : WorkerEnd::misbehaved;
}

}  // namespace

// All of it but submit() and counts() runs on one thread, which also owns the processes.
class Validator::Dispatcher {
 public:
  explicit Dispatcher(ValidatorSettings settings)
      : settings_(std::move(settings)),
        slots_(settings_.workers != 0 ? settings_.workers : std::max(1U, std::thread::hardware_concurrency())),
        wake_(::eventfd(0, EFD_CLOEXEC | EFD_NONBLOCK)) {
    thread_ = std::thread([this] { run(); });
  }

  ~Dispatcher() {
    {
      const std::lock_guard lock(mutex_);
      stopping_ = true;
    }
    wake();
    thread_.join();
  }

  // Until the first worker is ready, or none is to be had.
  Status wait_until_ready() {
    std::unique_lock lock(mutex_);
    started_.wait(lock, [&] { return start_.has_value(); });
    return *start_;
  }

  Status submit(ValidationRequest request, std::function<void(ValidationOutcome)> on_outcome) {
    {
      const std::lock_guard lock(mutex_);
      if (accepted_ == settings_.requests_max)
        return fail(codes::unavailable, "{} files wait to be judged already; try again later.", accepted_);
      ++accepted_;
      auto job = std::make_unique<ValidationJob>();
      job->request = std::move(request);
      job->on_outcome = std::move(on_outcome);
      arrived_.push_back(std::move(job));
    }
    wake();
    return {};
  }

  ValidatorCounts counts() const {
    ValidatorCounts read{.workers = std::ssize(slots_),
                         .workers_ready = tally_.ready,
                         .files_given = tally_.given,
                         .good = tally_.good,
                         .bad = tally_.bad,
                         .faults = tally_.faults,
                         .judging_us = tally_.judging_us.read()};
    std::ranges::copy(tally_.worker_ends, read.worker_ends.begin());
    const std::lock_guard lock(mutex_);
    read.files_waiting = std::max<int64_t>(0, static_cast<int64_t>(accepted_) - read.files_given);
    return read;
  }

 private:
  void wake() const {
    const uint64_t one = 1;
    [[maybe_unused]] const ssize_t wrote = ::write(wake_.get(), &one, sizeof(one));  // full: it is awake anyway
  }

  void run() {
    sigset_t all;
    sigfillset(&all);
    ::pthread_sigmask(SIG_BLOCK, &all, nullptr);
    while (take_arrived()) {
      start_processes();
      assign();
      tally_.ready = std::ranges::count_if(slots_, &Slot::ready);
      int64_t given = 0;
      for (const Slot& slot : slots_) given += std::ssize(slot.in_flight);
      tally_.given = given;
      wait();
      for (Slot& slot : slots_) {
        listen(slot);
        check_deadline(slot);
      }
    }
    slots_.clear();
  }

  // False: stop.
  bool take_arrived() {
    const std::lock_guard lock(mutex_);
    while (!arrived_.empty()) {
      arrived_.front()->number = ++jobs_seen_;
      waiting_.push_back(std::move(arrived_.front()));
      arrived_.pop_front();
    }
    return !stopping_;
  }

  void start_processes() {
    for (Slot& slot : slots_) {
      if (slot.process != nullptr || slot.restart_at > Time::now()) continue;
      auto process = WorkerProcess::start(settings_.worker_command);
      if (!process) {
        report_start(std::unexpected(process.error()));
        log::error("A worker process cannot be started", {{"cause", process.error()}});
        slot.restart_at = Time::now() + pause;
        continue;
      }
      slot = Slot{};
      slot.process = *std::move(process);
      slot.deadline = Time::now() + start_deadline;
    }
  }

  void report_start(Status status) {
    const std::lock_guard lock(mutex_);
    if (start_.has_value()) return;
    start_ = std::move(status);
    started_.notify_all();
  }

  // First come, first served: the head of the queue waits for a worker that may take it, and all others behind it.
  void assign() {
    while (!waiting_.empty() && Time::now() >= resume_at_) {
      const ValidationJob& job = *waiting_.front();
      Slot* const slot = find_slot(job);
      if (slot == nullptr) {
        make_room(job);
        return;
      }
      Job taken = std::move(waiting_.front());
      waiting_.pop_front();
      give(*slot, std::move(taken));
    }
  }

  // The least busy worker that may take the job.
  Slot* find_slot(const ValidationJob& job) {
    Slot* best = nullptr;
    for (Slot& slot : slots_) {
      if (may_take(slot, job) && (best == nullptr || slot.in_flight.size() < best->in_flight.size())) best = &slot;
    }
    return best;
  }

  bool may_take(const Slot& slot, const ValidationJob& job) const {
    if (!slot.ready || slot.jobs_given == settings_.jobs_per_worker) return false;
    if (slot.org && *slot.org != job.request.org) return false;
    if (job.faults > 0) return slot.jobs_given == 0;
    if (slot.in_flight.empty()) return true;
    const auto is_small = [](const ValidationJob& one) {
      return one.request.sent_bytes <= small_file_bytes && one.faults == 0;
    };
    return slot.in_flight.size() < settings_.jobs_in_flight && is_small(job) && is_small(*slot.in_flight.back());
  }

  // Replaces an idle worker that may not take the job, unless a fresh one is on its way.
  void make_room(const ValidationJob& job) {
    if (std::ranges::any_of(slots_, [](const Slot& slot) { return !slot.ready; })) return;
    for (Slot& slot : slots_) {
      if (!slot.in_flight.empty() || may_take(slot, job)) continue;
      end(slot, WorkerEnd::other_org);
      wake();  // to start the next one at once
      return;
    }
  }

  void give(Slot& slot, Job job) {
    Result<FileDescriptor> result = make_result_memory(settings_.tail_bytes_max + report_bytes_max);
    Result<int> schema = schema_memory(job->request.schema);
    if (!result || !schema) {
      log::error("A file cannot be given to a worker",
                 {{"object", job->request.name}, {"cause", result ? schema.error() : result.error()}});
      waiting_.push_front(std::move(job));
      resume_at_ = Time::now() + pause;
      return;
    }
    const ValidationRequest& request = job->request;
    job->result = *std::move(result);
    JobMessage message{.job = job->number,
                       .format = static_cast<int32_t>(request.format),
                       .sent_bytes = request.sent_bytes,
                       .tail_bytes_max = settings_.tail_bytes_max,
                       .check_bytes = static_cast<int64_t>(request.schema->check_json.size()),
                       .table_bytes = static_cast<int64_t>(request.schema->table_json.size()),
                       .columns_max = settings_.columns_max};
    assert(request.schema->hash.size() == message.schema_hash.size());
    std::ranges::copy(request.schema->hash, message.schema_hash.begin());
    slot.org = request.org;
    ++slot.jobs_given;
    const bool sent = slot.process->send(message, request.file.get(), *schema, job->result.get());
    slot.in_flight.push_back(std::move(job));
    if (slot.in_flight.size() == 1) begin_first(slot);
    if (!sent) lose(slot, violations::judge_crashed, "the worker does not listen");
  }

  void begin_first(Slot& slot) const {
    const int64_t megabytes = slot.in_flight.front()->request.sent_bytes >> 20;
    slot.begun = Time::now();
    slot.deadline = slot.begun + settings_.deadline + settings_.deadline_per_megabyte * megabytes;
  }

  Result<int> schema_memory(const std::shared_ptr<const ValidationSchema>& schema) {
    if (const auto found = schemas_.find(schema->hash); found != schemas_.end()) return found->second.get();
    if (schemas_.size() == schemas_kept_max) schemas_.clear();  // workers have their own copies by now
    LG_ASSIGN(FileDescriptor memory, make_schema_memory(*schema));
    return schemas_.emplace(schema->hash, std::move(memory)).first->second.get();
  }

  void wait() {
    std::vector<pollfd> sources{{wake_.get(), POLLIN, 0}};
    Time::time_point next = Time::now() + std::chrono::hours(1);
    if (!waiting_.empty() && resume_at_ > Time::now()) next = resume_at_;
    for (const Slot& slot : slots_) {
      if (slot.process == nullptr) {
        next = std::min(next, slot.restart_at);
        continue;
      }
      sources.push_back({slot.process->socket(), POLLIN, 0});
      if (!slot.ready || !slot.in_flight.empty()) next = std::min(next, slot.deadline);
    }
    const auto left = std::chrono::ceil<milliseconds>(next - Time::now());
    ::poll(sources.data(), sources.size(), static_cast<int>(std::max<int64_t>(0, left.count())));
    uint64_t count = 0;
    [[maybe_unused]] const ssize_t got = ::read(wake_.get(), &count, sizeof(count));
  }

  void listen(Slot& slot) {
    while (slot.process != nullptr) {
      const Result<std::optional<AnswerMessage>> answer = slot.process->receive();
      if (!answer)
        return lose(slot, violations::judge_crashed,
                    answer.error().kind() == ErrorKind::corrupt ? answer.error().message : "the process ended");
      if (!answer->has_value()) return;
      take_answer(slot, **answer);
    }
  }

  void take_answer(Slot& slot, const AnswerMessage& answer) {
    if (!slot.ready && answer.kind == AnswerMessage::Kind::ready) {
      slot.ready = true;
      report_start({});
      return;
    }
    if (slot.in_flight.empty() || slot.in_flight.front()->number != answer.job)
      return lose(slot, violations::judge_misbehaved, "an answer that nobody asked for");
    Result<ValidationOutcome> outcome = read_answer(*slot.in_flight.front(), answer, settings_.tail_bytes_max);
    if (!outcome) {
      const bool gave_up = answer.kind == AnswerMessage::Kind::failed;
      return lose(slot, gave_up ? violations::judge_crashed : violations::judge_misbehaved, outcome.error().message);
    }
    Job job = std::move(slot.in_flight.front());
    slot.in_flight.pop_front();
    const auto duration = Time::now() - slot.begun;
    tally_.judging_us.add(duration);
    outcome->duration = std::chrono::duration_cast<std::chrono::microseconds>(duration);
    if (!slot.in_flight.empty()) begin_first(slot);
    const bool worn_out =
        answer.leaves != 0 || (slot.jobs_given == settings_.jobs_per_worker && slot.in_flight.empty());
    if (worn_out) end(slot, WorkerEnd::worn_out);
    finish(std::move(job), *std::move(outcome), violations::judge_crashed, "");
  }

  void check_deadline(Slot& slot) {
    if (slot.process == nullptr || Time::now() < slot.deadline) return;
    if (!slot.ready || !slot.in_flight.empty()) lose(slot, violations::judge_timeout, "the time was over");
  }

  // The worker has failed at its first job, or has never been ready.
  void lose(Slot& slot, const ViolationCode& code, const std::string& why) {
    Job first;
    if (!slot.in_flight.empty()) {
      first = std::move(slot.in_flight.front());
      slot.in_flight.pop_front();
      log::warning("A worker was lost while judging", {{"batch", first->request.batch},
                                                       {"file", first->request.path},
                                                       {"object", first->request.name},
                                                       {"cause", why}});
    } else if (!slot.ready) {
      report_start(fail(codes::internal, "A worker process did not start: {}.", why));
      log::error("A worker process did not start", {{"cause", why}});
      slot.restart_at = Time::now() + pause;
    }
    end(slot, slot.ready ? end_by(code) : WorkerEnd::not_started);
    if (first == nullptr) return;
    if (++first->faults < faults_max) {
      first->result.reset();
      waiting_.push_front(std::move(first));
    } else {
      finish(std::move(first), std::nullopt, code, why);
    }
  }

  // Ends the process; jobs that it had not begun wait again, at the front.
  void end(Slot& slot, WorkerEnd why) {
    ++tally_.worker_ends[static_cast<size_t>(why)];
    slot.process.reset();
    slot.ready = false;
    slot.org.reset();
    slot.jobs_given = 0;
    while (!slot.in_flight.empty()) {
      slot.in_flight.back()->result.reset();
      waiting_.push_front(std::move(slot.in_flight.back()));
      slot.in_flight.pop_back();
    }
  }

  void finish(Job job, std::optional<ValidationOutcome> outcome, const ViolationCode& code, std::string why) {
    {
      const std::lock_guard lock(mutex_);
      --accepted_;
    }
    if (!outcome) outcome = fault_outcome(job->request, code, std::move(why));
    ++(outcome->worker_fault ? tally_.faults : outcome->report.verdict == Verdict::good ? tally_.good : tally_.bad);
    job->on_outcome(*std::move(outcome));
  }

  const ValidatorSettings settings_;

  // The dispatcher thread's own
  std::vector<Slot> slots_;
  std::deque<Job> waiting_;
  std::unordered_map<std::string, FileDescriptor> schemas_;
  uint64_t jobs_seen_ = 0;
  Time::time_point resume_at_{};  // no jobs are given before

  Tally tally_;
  const FileDescriptor wake_;
  mutable std::mutex mutex_;
  std::condition_variable started_;
  std::deque<Job> arrived_;      // guarded by mutex_
  size_t accepted_ = 0;          // guarded by mutex_
  bool stopping_ = false;        // guarded by mutex_
  std::optional<Status> start_;  // guarded by mutex_: what became of the first worker

  std::thread thread_;
};

Validator::Validator(std::unique_ptr<Dispatcher> dispatcher) : dispatcher_(std::move(dispatcher)) {}
Validator::~Validator() = default;

Result<std::unique_ptr<Validator>> Validator::start(ValidatorSettings settings) {
  auto dispatcher = std::make_unique<Dispatcher>(std::move(settings));
  LG_TRY(dispatcher->wait_until_ready());
  return std::unique_ptr<Validator>(new Validator(std::move(dispatcher)));
}

Status Validator::submit(ValidationRequest request, std::function<void(ValidationOutcome)> on_outcome) {
  return dispatcher_->submit(std::move(request), std::move(on_outcome));
}

ValidatorCounts Validator::counts() const { return dispatcher_->counts(); }

}  // namespace lakegate::validation
