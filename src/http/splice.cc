#include "http/splice.h"

#include <fcntl.h>
#include <poll.h>
#include <sys/sendfile.h>
#include <unistd.h>

#include <algorithm>
#include <array>
#include <cerrno>
#include <cstddef>
#include <utility>

#include "base/file_descriptor.h"

namespace lakegate::http {
namespace {

using Stop = MoveStep::Stop;

constexpr int64_t turn_bytes_max = 8 << 20;     // then other jobs get the thread
constexpr int pipe_bytes_wished = 1024 * 1024;  // the most that an ordinary user may ask for
constexpr ssize_t brisk_bytes = 64 << 10;       // a client that sends so much at once sends more in a moment,
constexpr int brisk_wait_ms = 1;                // for which the thread waits rather than hand the socket back
constexpr int64_t early_bytes = 1 << 20;  // begin to go to the disk before the sync: fewer cost more than they save

// One a thread, made at first use, closed when the pool ends.
class Pipe {
 public:
  bool open() {
    if (out_) return true;
    std::array<int, 2> ends{};
    if (::pipe2(ends.data(), O_CLOEXEC) != 0) return false;
    out_ = FileDescriptor(ends[0]);
    in_ = FileDescriptor(ends[1]);
    // Less when the user's share of pipe memory is used up: slower, still right.
    ::fcntl(in_.get(), F_SETPIPE_SZ, pipe_bytes_wished);
    return true;
  }
  // The next use makes a new one: the way to empty it.
  void drop() {
    out_.reset();
    in_.reset();
  }
  int out() const { return out_.get(); }
  int in() const { return in_.get(); }

 private:
  FileDescriptor out_;
  FileDescriptor in_;
};

// For files that splice cannot write to.
int copy_from_pipe(int pipe, int file, int64_t offset, int64_t bytes) {
  std::array<std::byte, 16 * 1024> buffer;
  while (bytes > 0) {
    const ssize_t got = ::read(pipe, buffer.data(), std::min<size_t>(buffer.size(), static_cast<size_t>(bytes)));
    if (got < 0 && errno == EINTR) continue;
    if (got <= 0) return EIO;
    if (const int error = write_fully(file, std::span(buffer).first(static_cast<size_t>(got)), offset)) return error;
    offset += got;
    bytes -= got;
  }
  return 0;
}

int empty_pipe(const Pipe& pipe, int file, int64_t offset, int64_t bytes) {
  while (bytes > 0) {
    off64_t position = offset;
    const ssize_t moved = ::splice(pipe.out(), nullptr, file, &position, static_cast<size_t>(bytes), SPLICE_F_MOVE);
    if (moved < 0 && errno == EINTR) continue;
    if (moved < 0 && errno == EINVAL) return copy_from_pipe(pipe.out(), file, offset, bytes);
    if (moved <= 0) return moved < 0 ? errno : EIO;
    offset += moved;
    bytes -= moved;
  }
  return 0;
}

// Has the kernel write whole pages while more bytes come in. It reports no errors and takes none away: the sync does.
class EarlyWriteback {
 public:
  EarlyWriteback(int file, int64_t offset) : file_(file), begun_((offset + page_bytes - 1) / page_bytes * page_bytes) {}

  void begin_up_to(int64_t end) {
    const int64_t whole = end / page_bytes * page_bytes;
    if (whole - begun_ < early_bytes) return;
    (void)::sync_file_range(file_, begun_, whole - begun_, SYNC_FILE_RANGE_WRITE);
    begun_ = whole;
  }

 private:
  static constexpr int64_t page_bytes = 4096;

  const int file_;
  int64_t begun_;
};

// Leaves errno as after the failed call.
bool more_comes(int socket) {
  pollfd source{socket, POLLIN, 0};
  const bool ready = ::poll(&source, 1, brisk_wait_ms) > 0;
  errno = EAGAIN;
  return ready;
}

Stop stop_of_socket(int error) {
  if (error == EAGAIN || error == EWOULDBLOCK) return Stop::would_block;
  return Stop::socket_failed;
}

}  // namespace

MoveStep splice_to_file(std::span<const std::byte> held, int socket, int file, int64_t offset, int64_t bytes_max) {
  MoveStep step;
  held = held.first(static_cast<size_t>(std::min<int64_t>(bytes_max, static_cast<int64_t>(held.size()))));
  if (const int error = write_fully(file, held, offset)) return {Stop::file_failed, 0, error};
  step.bytes = static_cast<int64_t>(held.size());
  thread_local Pipe pipe;
  if (!pipe.open()) return {Stop::unsupported, step.bytes, errno};
  EarlyWriteback writeback(file, offset);
  const int64_t target = std::min(bytes_max, turn_bytes_max);
  ssize_t last = 0;
  while (step.bytes < target) {
    const auto wanted = static_cast<size_t>(std::min<int64_t>(target - step.bytes, pipe_bytes_wished));
    const ssize_t got = ::splice(socket, nullptr, pipe.in(), nullptr, wanted, SPLICE_F_MOVE | SPLICE_F_NONBLOCK);
    if (got < 0 && errno == EINTR) continue;
    if (got < 0 && errno == EAGAIN && std::exchange(last, 0) >= brisk_bytes && more_comes(socket)) continue;
    if (got < 0) {
      const bool unsupported = errno == EINVAL && step.bytes == std::ssize(held);
      return {unsupported ? Stop::unsupported : stop_of_socket(errno), step.bytes, errno};
    }
    if (got == 0) return {Stop::ended, step.bytes, 0};
    if (const int error = empty_pipe(pipe, file, offset + step.bytes, got)) {
      pipe.drop();
      return {Stop::file_failed, step.bytes, error};
    }
    step.bytes += got;
    last = got;
    writeback.begin_up_to(offset + step.bytes);
  }
  return step;
}

MoveStep send_from_file(int socket, int file, int64_t offset, int64_t bytes_max) {
  MoveStep step;
  const int64_t target = std::min(bytes_max, turn_bytes_max);
  while (step.bytes < target) {
    off64_t position = offset + step.bytes;
    const ssize_t sent = ::sendfile64(socket, file, &position, static_cast<size_t>(target - step.bytes));
    if (sent < 0 && errno == EINTR) continue;
    if (sent < 0 && errno == EIO) return {Stop::file_failed, step.bytes, errno};
    if (sent < 0) return {stop_of_socket(errno), step.bytes, errno};
    if (sent == 0) return {Stop::ended, step.bytes, 0};
    step.bytes += sent;
  }
  return step;
}

int write_fully(int file, std::span<const std::byte> bytes, int64_t offset) {
  while (!bytes.empty()) {
    const ssize_t written = ::pwrite(file, bytes.data(), bytes.size(), offset);
    if (written < 0 && errno == EINTR) continue;
    if (written <= 0) return written < 0 ? errno : EIO;
    bytes = bytes.subspan(static_cast<size_t>(written));
    offset += written;
  }
  return 0;
}

}  // namespace lakegate::http
