// RowProcess: reads rows of files that were judged good, in a worker process of its own. That a file was judged good
// says nothing about it if it took over the worker that judged it; read in the server, it could do there what it did to
// the worker.
#pragma once

#include <chrono>
#include <memory>
#include <string>
#include <vector>

#include "base/result.h"
#include "columnar/row_source.h"
#include "validation/worker_process.h"

namespace lakegate::validation {

struct RowProcessSettings {
  std::vector<std::string> worker_command = {"/proc/self/exe", "worker"};  // must call worker_main
  std::chrono::milliseconds start_deadline{10'000};
  std::chrono::milliseconds file_deadline{10'000};  // for one file
};

class RowProcess final : public columnar::RowSource {
 public:
  // Starts the process and waits until it is ready (tens of milliseconds); it ends with this. Not with the calling
  // thread: that one must live as long. `internal`: it does not start.
  static Result<std::unique_ptr<columnar::RowSource>> start(const RowProcessSettings& settings = {});

  // As columnar::read_rows. Besides, `corrupt`: the process died or its answer is unusable; then this is of no use any
  // more. `unavailable`: the file's time was over; likewise.
  Result<columnar::FileRows> read_rows(int fd, int64_t size_bytes, const columnar::RowQuery& query) override;

 private:
  RowProcess(std::unique_ptr<WorkerProcess> process, std::chrono::milliseconds file_deadline)
      : process_(std::move(process)), file_deadline_(file_deadline) {}
  Result<AnswerMessage> wait_for_answer(std::chrono::milliseconds time_max);

  const std::unique_ptr<WorkerProcess> process_;
  const std::chrono::milliseconds file_deadline_;
  uint64_t jobs_ = 0;
};

}  // namespace lakegate::validation
