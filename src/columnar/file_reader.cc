#include "columnar/file_reader.h"

#include <unistd.h>

#include <cerrno>

#include "columnar/checked.h"

namespace lakegate::columnar {

void read_exactly(int fd, int64_t offset, std::span<char> into) {
  while (!into.empty()) {
    const ssize_t got = ::pread(fd, into.data(), into.size(), offset);
    if (got < 0 && errno == EINTR) continue;
    if (got <= 0) throw ReadFailure{got < 0 ? errno : EIO, offset};
    into = into.subspan(static_cast<size_t>(got));
    offset += got;
  }
}

}  // namespace lakegate::columnar
