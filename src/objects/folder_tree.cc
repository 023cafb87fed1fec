#include "objects/folder_tree.h"

#include <fcntl.h>
#include <linux/openat2.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <unistd.h>

#include <cerrno>

#include "base/error_codes.h"
#include "objects/system_error.h"

namespace lakegate::objects {
namespace {

constexpr size_t durable_folders_max = 100'000;  // forgetting them costs an fsync each, no more

FileDescriptor open_below(int parent, const char* name) {
  return FileDescriptor(::openat(parent, name, O_RDONLY | O_DIRECTORY | O_NOFOLLOW | O_CLOEXEC));
}

// The whole way in one call. None where a part is missing, or is a link, or the kernel does not know the call (before
// Linux 5.6, or forbidden): then part by part.
FileDescriptor open_at_once(int root, const std::string& path) {
  open_how how{};
  how.flags = O_RDONLY | O_DIRECTORY | O_CLOEXEC;
  how.resolve = RESOLVE_BENEATH | RESOLVE_NO_SYMLINKS;
  return FileDescriptor(static_cast<int>(::syscall(SYS_openat2, root, path.c_str(), &how, sizeof(how))));
}

// A folder that is missing is made; one that another thread made meanwhile is as good.
FileDescriptor open_or_make(int parent, const char* name) {
  FileDescriptor folder = open_below(parent, name);
  if (folder || errno != ENOENT) return folder;
  if (::mkdirat(parent, name, 0755) != 0 && errno != EEXIST) return {};
  return open_below(parent, name);
}

std::string_view parent_of(std::string_view path) {
  const size_t slash = path.rfind('/');
  return slash == std::string_view::npos ? std::string_view() : path.substr(0, slash);
}

}  // namespace

Result<FileDescriptor> FolderTree::open_folder(std::string_view path, bool make) {
  if (FileDescriptor found = open_at_once(root_.get(), path.empty() ? "." : std::string(path)); found) return found;
  FileDescriptor folder = open_below(root_.get(), ".");
  if (!folder) return system_failure(errno, "open", "the store's folder");
  for (std::string_view rest = path; !rest.empty();) {
    const size_t slash = rest.find('/');
    const std::string name(rest.substr(0, slash));
    FileDescriptor next = make ? open_or_make(folder.get(), name.c_str()) : open_below(folder.get(), name.c_str());
    if (!next) return system_failure(errno, make ? "make folder" : "open folder", path);
    folder = std::move(next);
    rest.remove_prefix(slash == std::string_view::npos ? rest.size() : slash + 1);
  }
  return folder;
}

// From the top down, so that a folder is known only when the whole way to it is.
Status FolderTree::sync_way_to(std::string_view path) {
  if (path.empty() || is_durable(path)) return {};
  const std::string_view parent_path = parent_of(path);
  LG_TRY(sync_way_to(parent_path));
  LG_ASSIGN(const FileDescriptor parent, open_folder(parent_path, false));
  LG_TRY(sync_folder(parent.get(), parent_path));
  const std::lock_guard lock(mutex_);
  if (durable_.size() >= durable_folders_max) durable_.clear();
  durable_.emplace(path);
  return {};
}

bool FolderTree::is_durable(std::string_view path) {
  const std::lock_guard lock(mutex_);
  return durable_.contains(std::string(path));
}

Status FolderTree::sync_folder(int fd, std::string_view path) { return check_sync(calls_.sync_folder(fd), path); }

Status FolderTree::sync_file(int fd, std::string_view path) { return check_sync(calls_.sync_file(fd), path); }

Status FolderTree::check_sync(int result, std::string_view path) {
  if (result == 0) return check_running();
  const auto failure = system_failure(errno, "make durable", path.empty() ? "the store's folder" : path);
  if (!stopped_.exchange(true)) on_fatal_(failure.error());
  return failure;
}

Status FolderTree::check_running() const {
  if (!stopped_.load()) return {};
  return fail(codes::unavailable,
              "The object store stopped, since the disk failed to make bytes durable. See the log.");
}

}  // namespace lakegate::objects
