// One worker process as its parent sees it: started, given jobs, listened to, killed.
#pragma once

#include <sys/types.h>

#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "base/file_descriptor.h"
#include "base/result.h"
#include "validation/worker_protocol.h"

namespace lakegate::validation {

class WorkerProcess {
 public:
  // The process dies with the thread that starts it. `internal`: it cannot be started.
  static Result<std::unique_ptr<WorkerProcess>> start(const std::vector<std::string>& command);

  // Kills it and waits for its end, which takes no time.
  ~WorkerProcess();

  int socket() const { return socket_.get(); }

  // False: it is gone or its queue is full.
  bool send(const JobMessage& job, int file, int schema, int result);

  // Nothing: no message is there now. `unavailable`: the process is gone. `corrupt`: its message makes no sense.
  Result<std::optional<AnswerMessage>> receive();

 private:
  WorkerProcess(pid_t pid, FileDescriptor socket) : pid_(pid), socket_(std::move(socket)) {}

  const pid_t pid_;
  FileDescriptor socket_;
};

}  // namespace lakegate::validation
