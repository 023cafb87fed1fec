// Judge: the verdict on one file, and its tail. Runs in a worker process; pure but for reading the descriptor.
#pragma once

#include <cstdint>

#include "base/result.h"
#include "columnar/byte_sink.h"
#include "model/batch.h"
#include "model/check_schema.h"
#include "model/table_schema.h"
#include "model/validation_report.h"

namespace lakegate::validation {

inline constexpr int64_t judge_bytes_max = 256 << 20;  // memory for decoding
inline constexpr size_t statistics_leaves_max = 100;   // of the table's leaves; `_id` and `timestamp` on top

struct JudgeTask {
  int fd = -1;             // read by position only
  int64_t sent_bytes = 0;  // what lies behind is not looked at
  InputFormat format = InputFormat::parquet;
  const CheckSchema* checks = nullptr;
  const TableSchema* table = nullptr;
  int64_t columns_max = 10'000;  // leaves of one file, setting validation.columns_max
};

struct Judgement {
  ValidationReport report;
  bool out_of_memory = false;  // the process should be replaced: its heap may be in tatters
};

// Reads every page. Bad data is a bad report and leaves `tail` in any state; a good file's tail is complete.
// An Error is ours: checks that cannot be used (`internal`), a disk that cannot be read (`unavailable`).
// Throws std::bad_alloc only when there is no memory even to say so.
Result<Judgement> judge(const JudgeTask& task, columnar::ByteSink& tail);

// The judgement on a file that takes more memory than there is.
Judgement refuse_for_memory(const JudgeTask& task);

}  // namespace lakegate::validation
