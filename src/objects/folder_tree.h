// FolderTree: the folders of a local store, opened without following links, and known to be durable.
#pragma once

#include <atomic>
#include <mutex>
#include <string>
#include <string_view>
#include <unordered_set>

#include "base/fatal.h"
#include "base/file_descriptor.h"
#include "base/result.h"
#include "objects/local_store.h"

namespace lakegate::objects {

// Thread-safe.
class FolderTree {
 public:
  FolderTree(FileDescriptor root, FatalHandler on_fatal, DurabilityCalls calls)
      : root_(std::move(root)), on_fatal_(std::move(on_fatal)), calls_(std::move(calls)) {}

  int root() const { return root_.get(); }

  // The folder "a/b/c" ("" = the root). `not_found` where a part is missing and `make` is false.
  Result<FileDescriptor> open_folder(std::string_view path, bool make);

  // Makes durable that the folder exists: every entry on the way from the root, those apart that are known to be.
  Status sync_way_to(std::string_view path);
  Status sync_folder(int fd, std::string_view path);
  Status sync_file(int fd, std::string_view path);

  // `unavailable` after a sync failed: nothing is to be written any more.
  Status check_running() const;

 private:
  bool is_durable(std::string_view path);
  Status check_sync(int result, std::string_view path);

  const FileDescriptor root_;
  const FatalHandler on_fatal_;
  const DurabilityCalls calls_;
  std::atomic<bool> stopped_ = false;

  std::mutex mutex_;
  std::unordered_set<std::string> durable_;  // guarded by mutex_; folders whose entry in their parent is durable
};

}  // namespace lakegate::objects
