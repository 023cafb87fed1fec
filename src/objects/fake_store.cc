#include "objects/fake_store.h"

#include <fcntl.h>
#include <sys/mman.h>
#include <unistd.h>

#include <algorithm>
#include <cassert>
#include <cerrno>
#include <map>
#include <mutex>
#include <optional>

#include "base/error_codes.h"
#include "objects/file_io.h"
#include "objects/object_keys.h"
#include "objects/system_error.h"

namespace lakegate {

using Bytes = std::vector<std::byte>;

// What a disk knows of one object: its present bytes (a memfd), and those that survive.
struct FakeObject {
  FileDescriptor file;
  std::optional<Bytes> durable;  // none: never synced
  bool removed = false;          // and not crashed since
};

struct FakeStore::State {
  mutable std::mutex mutex;
  std::map<ObjectKey, std::shared_ptr<FakeObject>> objects;
  bool full = false;
  int64_t free_bytes = 1LL << 40;
  Millis modified = 0;

  // A descriptor of its own on the object's bytes.
  static Result<FileDescriptor> reopen(const FakeObject& object, int flags) {
    const std::string path = "/proc/self/fd/" + std::to_string(object.file.get());
    FileDescriptor descriptor(::open(path.c_str(), flags | O_CLOEXEC));
    if (!descriptor) return objects::system_failure(errno, "open", path);
    return descriptor;
  }

  static Result<Bytes> content(int fd) {
    LG_ASSIGN(const int64_t size, objects::size_of(fd, "a fake object"));
    return objects::read_up_to(fd, 0, size, "a fake object");
  }

  Result<std::shared_ptr<FakeObject>> find(const ObjectKey& key) const {
    const auto found = objects.find(key);
    if (found == objects.end() || found->second->removed) return fail(codes::not_found, "Cannot open object {}", key);
    return found->second;
  }
};

namespace {

class FakeWriter final : public ObjectWriter {
 public:
  FakeWriter(std::mutex& mutex, std::shared_ptr<FakeObject> object, FileDescriptor file)
      : mutex_(mutex), object_(std::move(object)), file_(std::move(file)) {}

  int fd() const override { return file_.get(); }

  Status sync() override {
    LG_ASSIGN(const int64_t size, objects::size_of(file_.get(), "a fake object"));
    LG_ASSIGN(Bytes bytes, objects::read_up_to(file_.get(), 0, size, "a fake object"));
    const std::lock_guard lock(mutex_);
    object_->durable = std::move(bytes);
    return {};
  }

 private:
  std::mutex& mutex_;
  const std::shared_ptr<FakeObject> object_;
  const FileDescriptor file_;
};

FileDescriptor memory_file() { return FileDescriptor(::memfd_create("object", MFD_CLOEXEC)); }

}  // namespace

FakeStore::FakeStore() : state_(std::make_unique<State>()) {}
FakeStore::~FakeStore() = default;

Result<std::unique_ptr<ObjectWriter>> FakeStore::begin(const ObjectKey& key) {
  if (!is_object_key(key)) return fail(codes::internal, "'{}' is not an object key", key);
  {
    const std::lock_guard lock(state_->mutex);
    if (state_->full) return objects::system_failure(ENOSPC, "make object", key.text());
    if (state_->find(key)) return fail(codes::conflict, "Cannot make object {}: it exists", key);
    auto object = std::make_shared<FakeObject>();
    object->file = memory_file();
    if (!object->file) return objects::system_failure(errno, "make object", key.text());
    state_->objects[key] = std::move(object);
  }
  return resume(key);
}

Result<std::unique_ptr<ObjectWriter>> FakeStore::resume(const ObjectKey& key) {
  const std::lock_guard lock(state_->mutex);
  LG_ASSIGN(const std::shared_ptr<FakeObject> object, state_->find(key));
  LG_ASSIGN(FileDescriptor file, State::reopen(*object, O_RDWR));
  return std::make_unique<FakeWriter>(state_->mutex, object, std::move(file));
}

Result<OpenObject> FakeStore::open(const ObjectKey& key) {
  const std::lock_guard lock(state_->mutex);
  LG_ASSIGN(const std::shared_ptr<FakeObject> object, state_->find(key));
  LG_ASSIGN(FileDescriptor file, State::reopen(*object, O_RDONLY));
  LG_ASSIGN(const int64_t size, objects::size_of(file.get(), key.text()));
  return OpenObject{std::move(file), size};
}

Result<int64_t> FakeStore::append_tail(const ObjectKey& key, int64_t sent_bytes, std::span<const std::byte> tail) {
  LG_ASSIGN(const std::unique_ptr<ObjectWriter> writer, resume(key));
  LG_ASSIGN(const int64_t size, objects::size_of(writer->fd(), key.text()));
  if (size < sent_bytes) return fail(codes::corrupt, "Object {} holds {} of {} bytes sent", key, size, sent_bytes);
  {
    const std::lock_guard lock(state_->mutex);
    if (state_->full) return objects::system_failure(ENOSPC, "write", key.text());
  }
  if (::ftruncate(writer->fd(), sent_bytes) != 0) return objects::system_failure(errno, "cut", key.text());
  LG_TRY(objects::write_all(writer->fd(), sent_bytes, tail, key.text()));
  LG_TRY(writer->sync());
  return sent_bytes + static_cast<int64_t>(tail.size());
}

Status FakeStore::put(const ObjectKey& key, std::span<const std::byte> bytes) {
  if (const auto present = open(key)) {
    LG_ASSIGN(const Bytes held, State::content(present->fd.get()));
    if (!std::ranges::equal(held, bytes)) return fail(codes::conflict, "Object {} exists with other bytes", key);
    LG_ASSIGN(const std::unique_ptr<ObjectWriter> writer, resume(key));
    return writer->sync();
  }
  LG_ASSIGN(const std::unique_ptr<ObjectWriter> writer, begin(key));
  LG_TRY(objects::write_all(writer->fd(), 0, bytes, key.text()));
  return writer->sync();
}

Status FakeStore::remove(const ObjectKey& key) {
  const std::lock_guard lock(state_->mutex);
  if (const auto object = state_->find(key)) (*object)->removed = true;
  return {};
}

std::string FakeStore::location(const ObjectKey& key) const { return "memory://" + key.text(); }

Result<StoreSpace> FakeStore::space() const {
  const std::lock_guard lock(state_->mutex);
  return StoreSpace{state_->full ? 0 : state_->free_bytes, 1LL << 40};
}

Status FakeStore::list(const OnListed& on_listed) const {
  std::vector<StoredObject> listed;
  for (const ObjectKey& key : keys()) {
    const std::lock_guard lock(state_->mutex);
    const auto object = state_->find(key);
    if (!object) continue;
    LG_ASSIGN(const int64_t size, objects::size_of((*object)->file.get(), key.text()));
    listed.push_back({key, size, state_->modified});
  }
  for (std::span<const StoredObject> rest = listed; !rest.empty();) {
    const std::span<const StoredObject> helping = rest.first(std::min(rest.size(), listed_objects_max));
    LG_TRY(on_listed(helping));
    rest = rest.subspan(helping.size());
  }
  return {};
}

void FakeStore::set_modified(Millis modified) {
  const std::lock_guard lock(state_->mutex);
  state_->modified = modified;
}

void FakeStore::crash() {
  const std::lock_guard lock(state_->mutex);
  for (auto entry = state_->objects.begin(); entry != state_->objects.end();) {
    if (!entry->second->durable.has_value()) {
      entry = state_->objects.erase(entry);
      continue;
    }
    auto survivor = std::make_shared<FakeObject>();
    survivor->file = memory_file();
    survivor->durable = entry->second->durable;
    const Status written = objects::write_all(survivor->file.get(), 0, *survivor->durable, entry->first.text());
    assert(written.has_value());
    (void)written;
    entry->second = std::move(survivor);
    ++entry;
  }
}

void FakeStore::fill_disk(bool full) {
  const std::lock_guard lock(state_->mutex);
  state_->full = full;
}

void FakeStore::set_free_bytes(int64_t bytes) {
  const std::lock_guard lock(state_->mutex);
  state_->free_bytes = bytes;
}

std::vector<ObjectKey> FakeStore::keys() const {
  const std::lock_guard lock(state_->mutex);
  std::vector<ObjectKey> keys;
  for (const auto& [key, object] : state_->objects) {
    if (!object->removed) keys.push_back(key);
  }
  return keys;
}

}  // namespace lakegate
