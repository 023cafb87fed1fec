// A request on its way through the validator, and what becomes of a worker's answer to it.
#pragma once

#include <chrono>
#include <functional>
#include <optional>
#include <string>

#include "base/file_descriptor.h"
#include "base/result.h"
#include "model/violation_codes.h"
#include "validation/validator.h"
#include "validation/worker_protocol.h"

namespace lakegate::validation {

struct ValidationJob {
  uint64_t number = 0;
  ValidationRequest request;
  std::function<void(ValidationOutcome)> on_outcome;
  int faults = 0;         // workers that it has ended
  FileDescriptor result;  // while it is with a worker
};

// Memory for one answer: of fixed size, sparse.
Result<FileDescriptor> make_result_memory(int64_t size_bytes);

// Memory with the schema's texts, sealed: one serves all workers.
Result<FileDescriptor> make_schema_memory(const ValidationSchema& schema);

// Seals the memory, so that nobody writes it any more, and takes the answer's text out of it. `corrupt`: sizes beyond
// `bytes_max`, or the worker can still write.
Result<std::string> seal_and_read(int memory, const AnswerMessage& answer, int64_t bytes_max);

// Seals the result's memory and reads it as something that a hostile process wrote. `corrupt`: it is not what a worker
// would write.
Result<ValidationOutcome> read_answer(ValidationJob& job, const AnswerMessage& answer, int64_t tail_bytes_max);

// The outcome of a file that could not be judged.
ValidationOutcome fault_outcome(const ValidationRequest& request, const ViolationCode& code, std::string found);

}  // namespace lakegate::validation
