#include "objects/removal_gate.h"

#include <fcntl.h>
#include <sys/file.h>

#include <cerrno>

#include "objects/system_error.h"

namespace lakegate {

using objects::system_failure;

Result<FileDescriptor> RemovalGate::open() const {
  FileDescriptor opened(::open(file_.c_str(), O_RDWR | O_CREAT | O_NOFOLLOW | O_CLOEXEC, 0600));
  if (!opened) return system_failure(errno, "open", file_.string());
  return opened;
}

Result<std::optional<FileDescriptor>> RemovalGate::try_remove() const {
  LG_ASSIGN(FileDescriptor opened, open());
  if (::flock(opened.get(), LOCK_EX | LOCK_NB) == 0) return std::optional(std::move(opened));
  if (errno == EWOULDBLOCK) return std::optional<FileDescriptor>();
  return system_failure(errno, "lock", file_.string());
}

Result<FileDescriptor> RemovalGate::hold() const {
  LG_ASSIGN(FileDescriptor opened, open());
  while (::flock(opened.get(), LOCK_SH) != 0) {
    if (errno != EINTR) return system_failure(errno, "lock", file_.string());
  }
  return opened;
}

}  // namespace lakegate
