#include "base/durable_file.h"

#include <fcntl.h>
#include <sys/stat.h>
#include <unistd.h>

#include <cerrno>
#include <cstring>

#include "base/error_codes.h"
#include "base/file_descriptor.h"

namespace lakegate {
namespace {

std::unexpected<Error> system_failure(std::string_view doing, const std::filesystem::path& path) {
  return fail(codes::internal, "Cannot {} {}: {}.", doing, path.string(), std::strerror(errno));
}

Status write_all(int file, std::string_view text, const std::filesystem::path& path) {
  while (!text.empty()) {
    const ssize_t written = ::write(file, text.data(), text.size());
    if (written < 0 && errno == EINTR) continue;
    if (written < 0) return system_failure("write", path);
    text.remove_prefix(static_cast<size_t>(written));
  }
  return {};
}

Status sync_folder(const std::filesystem::path& folder) {
  const FileDescriptor opened(::open(folder.c_str(), O_RDONLY | O_DIRECTORY | O_CLOEXEC));
  if (!opened || ::fsync(opened.get()) != 0) return system_failure("sync the folder", folder);
  return {};
}

}  // namespace

Status write_private_file(const std::filesystem::path& path, std::string_view text) {
  const std::filesystem::path beside = path.string() + ".new";
  {
    const FileDescriptor file(::open(beside.c_str(), O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC, 0600));
    if (!file || ::fchmod(file.get(), 0600) != 0) return system_failure("create", beside);
    LG_TRY(write_all(file.get(), text, beside));
    if (::fsync(file.get()) != 0) return system_failure("sync", beside);
  }
  if (::rename(beside.c_str(), path.c_str()) != 0) return system_failure("rename to", path);
  return sync_folder(path.has_parent_path() ? path.parent_path() : ".");
}

}  // namespace lakegate
