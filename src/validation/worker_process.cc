#include "validation/worker_process.h"

#include <fcntl.h>
#include <spawn.h>
#include <sys/socket.h>
#include <sys/wait.h>
#include <unistd.h>

#include <cerrno>
#include <csignal>
#include <cstring>

#include "base/error_codes.h"
#include "base/log.h"
#include "validation/worker.h"

namespace lakegate::validation {
namespace {

// libarrow chooses its allocator while it loads; some of its decoders ignore the one that they are given, and the
// default reserves more address space than a worker has.
constexpr const char* system_allocator = "ARROW_DEFAULT_MEMORY_POOL=system";
// How worker_main writes why it cannot work: as the server writes its log, wherever that was set.
constexpr const char* json_lines = "LAKEGATE_LOG_FORMAT=json";
constexpr const char* text_lines = "LAKEGATE_LOG_FORMAT=text";

bool is_ours(std::string_view variable) {
  return variable.starts_with("ARROW_DEFAULT_MEMORY_POOL=") || variable.starts_with("LAKEGATE_LOG_FORMAT=");
}

class SpawnSettings {
 public:
  explicit SpawnSettings(int socket) {
    posix_spawn_file_actions_init(&actions);
    posix_spawn_file_actions_adddup2(&actions, socket, worker_socket);
    posix_spawn_file_actions_addopen(&actions, STDIN_FILENO, "/dev/null", O_RDONLY, 0);
    posix_spawnattr_init(&attributes);
    // The dispatcher blocks all signals; a worker those that stop the server: Ctrl-C reaches its whole process group. A
    // worker goes with the server anyway.
    sigset_t blocked;
    sigemptyset(&blocked);
    for (const int signal : {SIGINT, SIGTERM, SIGHUP, SIGQUIT}) sigaddset(&blocked, signal);
    posix_spawnattr_setsigmask(&attributes, &blocked);
    posix_spawnattr_setflags(&attributes, POSIX_SPAWN_SETSIGMASK);
  }
  SpawnSettings(const SpawnSettings&) = delete;
  ~SpawnSettings() {
    posix_spawn_file_actions_destroy(&actions);
    posix_spawnattr_destroy(&attributes);
  }

  posix_spawn_file_actions_t actions;
  posix_spawnattr_t attributes;
};

}  // namespace

Result<std::unique_ptr<WorkerProcess>> WorkerProcess::start(const std::vector<std::string>& command) {
  int pair[2];
  if (::socketpair(AF_UNIX, SOCK_SEQPACKET | SOCK_CLOEXEC, 0, pair) != 0) {
    return fail(codes::internal, "Making a worker's socket failed: {}.", std::strerror(errno));
  }
  FileDescriptor ours(pair[0]);
  const FileDescriptor theirs(pair[1]);
  std::vector<char*> arguments;
  for (const std::string& argument : command) arguments.push_back(const_cast<char*>(argument.c_str()));
  arguments.push_back(nullptr);
  const char* log_format = log::format() == log::Format::json ? json_lines : text_lines;
  std::vector<char*> environment{const_cast<char*>(system_allocator), const_cast<char*>(log_format)};
  for (char** variable = environ; *variable != nullptr; ++variable) {
    if (!is_ours(*variable)) environment.push_back(*variable);
  }
  environment.push_back(nullptr);
  const SpawnSettings settings(theirs.get());
  pid_t pid = 0;
  const int error =
      ::posix_spawn(&pid, arguments[0], &settings.actions, &settings.attributes, arguments.data(), environment.data());
  if (error != 0) return fail(codes::internal, "Starting the worker {} failed: {}.", command[0], std::strerror(error));
  return std::unique_ptr<WorkerProcess>(new WorkerProcess(pid, std::move(ours)));
}

WorkerProcess::~WorkerProcess() {
  ::kill(pid_, SIGKILL);
  while (::waitpid(pid_, nullptr, 0) < 0 && errno == EINTR) {
  }
}

bool WorkerProcess::send(const JobMessage& job, int file, int schema, int result) {
  const int descriptors[] = {file, schema, result};
  return send_message(socket_.get(), std::as_bytes(std::span(&job, 1)), descriptors, false);
}

Result<std::optional<AnswerMessage>> WorkerProcess::receive() {
  AnswerMessage answer;
  const auto received = receive_message(socket_.get(), std::as_writable_bytes(std::span(&answer, 1)), false);
  if (!received) return std::nullopt;
  if (received->size_bytes == 0) return fail(codes::unavailable, "The worker is gone.");
  if (received->size_bytes != sizeof(answer)) return fail(codes::corrupt, "The worker's message has a wrong size.");
  return answer;
}

}  // namespace lakegate::validation
