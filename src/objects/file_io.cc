#include "objects/file_io.h"

#include <fcntl.h>
#include <sys/stat.h>
#include <unistd.h>

#include <cerrno>

#include "objects/system_error.h"

namespace lakegate::objects {

Status write_all(int fd, int64_t offset, std::span<const std::byte> bytes, std::string_view what) {
  while (!bytes.empty()) {
    const ssize_t written = ::pwrite(fd, bytes.data(), bytes.size(), offset);
    if (written < 0 && errno == EINTR) continue;
    if (written < 0) return system_failure(errno, "write", what);
    bytes = bytes.subspan(static_cast<size_t>(written));
    offset += written;
  }
  return {};
}

Result<std::vector<std::byte>> read_up_to(int fd, int64_t offset, int64_t size, std::string_view what) {
  std::vector<std::byte> bytes(static_cast<size_t>(size));
  size_t filled = 0;
  while (filled < bytes.size()) {
    const ssize_t count =
        ::pread(fd, bytes.data() + filled, bytes.size() - filled, offset + static_cast<int64_t>(filled));
    if (count < 0 && errno == EINTR) continue;
    if (count < 0) return system_failure(errno, "read", what);
    if (count == 0) break;
    filled += static_cast<size_t>(count);
  }
  bytes.resize(filled);
  return bytes;
}

Result<int64_t> size_of(int fd, std::string_view what) {
  struct stat status{};
  if (::fstat(fd, &status) != 0) return system_failure(errno, "ask the size of", what);
  return status.st_size;
}

void start_write_back(int fd) { (void)::sync_file_range(fd, 0, 0, SYNC_FILE_RANGE_WRITE); }

}  // namespace lakegate::objects
