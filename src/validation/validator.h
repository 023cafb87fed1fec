// Validator: judges files in sandboxed worker processes, so that no file can crash, starve or fool the server.
//
// Obvious alternative: judging in the server, in a thread. It lost because a decoder's bug would then be the server's.
#pragma once

#include <chrono>
#include <functional>
#include <memory>
#include <string>
#include <vector>

#include "base/file_descriptor.h"
#include "base/result.h"
#include "model/batch.h"
#include "model/ids.h"
#include "model/validation_report.h"
#include "validation/tail_bytes.h"
#include "validation/validation_schema.h"
#include "validation/validator_counts.h"

namespace lakegate::validation {

struct ValidatorSettings {
  std::vector<std::string> worker_command = {"/proc/self/exe", "worker"};  // must call worker_main
  size_t workers = 0;                                                      // 0: one a core
  size_t requests_max = 10'000;                          // waiting and running; more are refused as `unavailable`
  size_t jobs_per_worker = 1'000;                        // then the process is replaced
  size_t jobs_in_flight = 2;                             // given to one worker; it works on one at a time
  std::chrono::milliseconds deadline{120'000};           // for a small file
  std::chrono::milliseconds deadline_per_megabyte{250};  // on top
  int64_t tail_bytes_max = 256 << 20;                    // a longer tail: the file is refused as over a limit
  int64_t columns_max = 10'000;                          // more leaves in one file: the same
};

struct ValidationRequest {
  FileDescriptor file;     // open for reading only; workers get a duplicate
  int64_t sent_bytes = 0;  // the file as sent; bytes behind are an unfinished tail and are ignored
  OrgNumber org;           // a worker never sees files of two orgs
  InputFormat format = InputFormat::parquet;
  std::shared_ptr<const ValidationSchema> schema;
  // For the log.
  std::string name;  // of the object
  std::string batch = {};
  std::string path = {};  // within the batch
};

struct ValidationOutcome {
  ValidationReport report;
  TailBytes tail;             // append after sent_bytes; empty for bad files
  bool worker_fault = false;  // judging failed twice (crash, deadline): the report holds one LG-29xx violation
  std::chrono::microseconds duration{};  // in the worker, the last time
};

class Validator {
 public:
  // Starts the workers; `internal` when that fails.
  static Result<std::unique_ptr<Validator>> start(ValidatorSettings settings);

  // Kills the workers. Requests that were not answered never are.
  ~Validator();

  // Thread-safe, never blocks. `on_outcome` is called once, on the validator's own thread: it must be quick (enqueue).
  // `unavailable`: too many requests wait; submit again later.
  //
  // A worker that dies or exceeds the deadline is replaced and its file judged once more; then the outcome is a bad
  // report with worker_fault. Other files are not concerned.
  Status submit(ValidationRequest request, std::function<void(ValidationOutcome)> on_outcome);

  // Thread-safe.
  ValidatorCounts counts() const;

 private:
  class Dispatcher;
  explicit Validator(std::unique_ptr<Dispatcher> dispatcher);

  std::unique_ptr<Dispatcher> dispatcher_;
};

}  // namespace lakegate::validation
