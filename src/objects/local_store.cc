#include "objects/local_store.h"

#include <fcntl.h>
#include <sys/statvfs.h>

#include <algorithm>
#include <cerrno>

#include "base/error_codes.h"
#include "objects/file_io.h"
#include "objects/folder_listing.h"
#include "objects/folder_tree.h"
#include "objects/object_keys.h"
#include "objects/system_error.h"

namespace lakegate {
namespace {

using objects::FolderTree;
using objects::system_failure;

std::string_view folder_of(const ObjectKey& key) {
  const size_t slash = key.text().rfind('/');
  return std::string_view(key.text()).substr(0, slash == std::string::npos ? 0 : slash);
}

const char* name_of(const ObjectKey& key) {
  const size_t slash = key.text().rfind('/');
  return key.text().c_str() + (slash == std::string::npos ? 0 : slash + 1);
}

class LocalWriter final : public ObjectWriter {
 public:
  LocalWriter(FolderTree& tree, ObjectKey key, FileDescriptor folder, FileDescriptor file)
      : tree_(tree), key_(std::move(key)), folder_(std::move(folder)), file_(std::move(file)) {}

  int fd() const override { return file_.get(); }

  Status sync() override {
    LG_TRY(tree_.check_running());
    LG_TRY(tree_.sync_file(file_.get(), key_.text()));
    if (!folder_) return {};
    LG_TRY(tree_.sync_folder(folder_.get(), key_.text()));
    LG_TRY(tree_.sync_way_to(folder_of(key_)));
    folder_.reset();
    return {};
  }

 private:
  FolderTree& tree_;
  const ObjectKey key_;
  FileDescriptor folder_;  // until the entry in it is durable
  const FileDescriptor file_;
};

class LocalStore final : public ObjectStore {
 public:
  LocalStore(std::filesystem::path root, FileDescriptor descriptor, FatalHandler on_fatal, DurabilityCalls calls)
      : root_(std::move(root)), tree_(std::move(descriptor), std::move(on_fatal), std::move(calls)) {}

  Result<std::unique_ptr<ObjectWriter>> begin(const ObjectKey& key) override {
    LG_TRY(check(key));
    LG_TRY(tree_.check_running());
    LG_ASSIGN(FileDescriptor folder, tree_.open_folder(folder_of(key), true));
    LG_ASSIGN(FileDescriptor file, open_file(folder.get(), key, O_RDWR | O_CREAT | O_EXCL));
    return std::make_unique<LocalWriter>(tree_, key, std::move(folder), std::move(file));
  }

  Result<std::unique_ptr<ObjectWriter>> resume(const ObjectKey& key) override { return open_again(key, false); }

  Result<OpenObject> open(const ObjectKey& key) override {
    LG_TRY(check(key));
    LG_ASSIGN(const FileDescriptor folder, tree_.open_folder(folder_of(key), false));
    LG_ASSIGN(FileDescriptor file, open_file(folder.get(), key, O_RDONLY));
    LG_ASSIGN(const int64_t size, objects::size_of(file.get(), key.text()));
    return OpenObject{std::move(file), size};
  }

  Result<int64_t> append_tail(const ObjectKey& key, int64_t sent_bytes, std::span<const std::byte> tail) override {
    LG_ASSIGN(const std::unique_ptr<ObjectWriter> writer, resume(key));
    LG_ASSIGN(const int64_t size, objects::size_of(writer->fd(), key.text()));
    if (size < sent_bytes) {
      return fail(codes::corrupt, "Object {} holds {} bytes on disk, but {} were sent and recorded", key, size,
                  sent_bytes);
    }
    if (size > sent_bytes && ::ftruncate(writer->fd(), sent_bytes) != 0) {
      return system_failure(errno, "cut the tail of", key.text());
    }
    if (const Status written = objects::write_all(writer->fd(), sent_bytes, tail, key.text()); !written) {
      (void)!::ftruncate(writer->fd(), sent_bytes);  // half a tail must not keep a full disk full
      return std::unexpected(written.error());
    }
    LG_TRY(writer->sync());
    return sent_bytes + static_cast<int64_t>(tail.size());
  }

  Status put(const ObjectKey& key, std::span<const std::byte> bytes) override {
    auto created = begin(key);
    if (!created && created.error().kind() == ErrorKind::conflict) return put_again(key, bytes);
    if (!created) return std::unexpected(created.error());
    const Status written = objects::write_all((*created)->fd(), 0, bytes, key.text());
    if (!written) {
      (void)remove(key);  // half an object would be in the way of the next try
      return written;
    }
    return (*created)->sync();
  }

  Status remove(const ObjectKey& key) override {
    LG_TRY(check(key));
    const auto folder = tree_.open_folder(folder_of(key), false);
    if (!folder && folder.error().kind() == ErrorKind::not_found) return {};
    if (!folder) return std::unexpected(folder.error());
    if (::unlinkat(folder->get(), name_of(key), 0) == 0 || errno == ENOENT) return {};
    return system_failure(errno, "remove", key.text());
  }

  // Literal, not percent-encoded: readers of tables do not decode (tried).
  std::string location(const ObjectKey& key) const override { return "file://" + (root_ / key.text()).string(); }

  Result<StoreSpace> space() const override {
    struct statvfs status{};
    if (::fstatvfs(tree_.root(), &status) != 0) return system_failure(errno, "ask the free space of", root_.string());
    const auto block = static_cast<int64_t>(status.f_frsize);
    return StoreSpace{static_cast<int64_t>(status.f_bavail) * block, static_cast<int64_t>(status.f_blocks) * block};
  }

  Status list(const OnListed& on_listed) const override { return objects::list_folder(root_, on_listed); }

 private:
  static Status check(const ObjectKey& key) {
    if (is_object_key(key)) return {};
    return fail(codes::internal, "'{}' is not an object key", key);
  }

  static Result<FileDescriptor> open_file(int folder, const ObjectKey& key, int flags) {
    FileDescriptor file(::openat(folder, name_of(key), flags | O_NOFOLLOW | O_CLOEXEC, 0644));
    if (!file) return system_failure(errno, (flags & O_CREAT) != 0 ? "make object" : "open object", key.text());
    return file;
  }

  // `entry_too`: what is there may be of a process that died before its entry was durable.
  Result<std::unique_ptr<ObjectWriter>> open_again(const ObjectKey& key, bool entry_too) {
    LG_TRY(check(key));
    LG_TRY(tree_.check_running());
    LG_ASSIGN(FileDescriptor folder, tree_.open_folder(folder_of(key), false));
    LG_ASSIGN(FileDescriptor file, open_file(folder.get(), key, O_RDWR));
    if (!entry_too) folder.reset();
    return std::make_unique<LocalWriter>(tree_, key, std::move(folder), std::move(file));
  }

  Status put_again(const ObjectKey& key, std::span<const std::byte> bytes) {
    LG_ASSIGN(const std::unique_ptr<ObjectWriter> writer, open_again(key, true));
    const auto wanted = static_cast<int64_t>(bytes.size());
    LG_ASSIGN(const auto held, objects::read_up_to(writer->fd(), 0, wanted + 1, key.text()));
    if (!std::ranges::equal(held, bytes)) {
      return fail(codes::conflict, "Object {} exists with other bytes", key);
    }
    return writer->sync();
  }

  const std::filesystem::path root_;  // absolute
  FolderTree tree_;
};

}  // namespace

Result<std::unique_ptr<ObjectStore>> open_local_store(const std::filesystem::path& root, FatalHandler on_fatal,
                                                      DurabilityCalls calls) {
  std::error_code error;
  std::filesystem::create_directories(root, error);
  if (error) return system_failure(error.value(), "make folder", root.string());
  const std::filesystem::path path = std::filesystem::canonical(root, error);
  if (error) return system_failure(error.value(), "open folder", root.string());
  if (path.string().find_first_of("#?") != std::string::npos) {
    return fail(
        codes::invalid_argument,
        "The data folder {} has '#' or '?' in its path; readers of tables cut paths there. Choose another path.",
        path.string());
  }
  FileDescriptor descriptor(::open(path.c_str(), O_RDONLY | O_DIRECTORY | O_CLOEXEC));
  const FileDescriptor parent(::open(path.parent_path().c_str(), O_RDONLY | O_DIRECTORY | O_CLOEXEC));
  if (!descriptor || !parent) return system_failure(errno, "open folder", path.string());
  if (calls.sync_folder(parent.get()) != 0) return system_failure(errno, "make durable", path.string());
  return std::make_unique<LocalStore>(path, std::move(descriptor), std::move(on_fatal), std::move(calls));
}

}  // namespace lakegate
