#include "backup/object_copy.h"

#include <fcntl.h>
#include <sys/stat.h>
#include <unistd.h>

#include <algorithm>
#include <cerrno>

#include "base/error_codes.h"
#include "base/file_descriptor.h"
#include "objects/system_error.h"

namespace lakegate::backup {
namespace {

using objects::system_failure;
namespace fs = std::filesystem;

constexpr size_t piece_bytes_max = 1 << 30;

Status copy_bytes(int from, int to, int64_t size, const fs::path& name) {
  int64_t left = size;
  while (left > 0) {
    const size_t piece = std::min(static_cast<size_t>(left), piece_bytes_max);
    const ssize_t copied = ::copy_file_range(from, nullptr, to, nullptr, piece, 0);
    if (copied < 0 && errno == EINTR) continue;
    if (copied < 0) return system_failure(errno, "copy", name.string());
    if (copied == 0) return fail(codes::corrupt, "{} ends {} bytes early", name.string(), left);
    left -= copied;
  }
  return {};
}

Result<Copied> copy_file(const fs::path& from, const fs::path& to, int64_t size) {
  const FileDescriptor source(::open(from.c_str(), O_RDONLY | O_NOFOLLOW | O_CLOEXEC));
  if (!source && errno == ENOENT) return Copied::lost;
  struct stat status{};
  if (!source || ::fstat(source.get(), &status) != 0) return system_failure(errno, "read", from.string());
  if (status.st_size < size) return Copied::lost;
  const FileDescriptor target(::open(to.c_str(), O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC, 0644));
  if (!target) return system_failure(errno, "make", to.string());
  LG_TRY(copy_bytes(source.get(), target.get(), size, from));
  const timespec times[2] = {status.st_atim, status.st_mtim};
  if (::futimens(target.get(), times) != 0) return system_failure(errno, "set the time of", to.string());
  return Copied::copied;
}

}  // namespace

Result<Copied> copy_object(const fs::path& from, const fs::path& to, int64_t least_bytes, bool link) {
  if (!link) return copy_file(from, to, least_bytes);
  struct stat status{};
  if (::lstat(from.c_str(), &status) != 0) {
    if (errno == ENOENT) return Copied::lost;
    return system_failure(errno, "read", from.string());
  }
  if (!S_ISREG(status.st_mode) || status.st_size < least_bytes) return Copied::lost;
  if (::link(from.c_str(), to.c_str()) == 0) return Copied::linked;
  // Another file system, one without links, too many of them, or not allowed: a copy is as good.
  if (errno == EXDEV || errno == EPERM || errno == EMLINK || errno == EOPNOTSUPP) {
    return copy_file(from, to, std::max<int64_t>(least_bytes, status.st_size));
  }
  return system_failure(errno, "link", from.string());
}

}  // namespace lakegate::backup
