// ObjectStore: immutable bytes under keys of our own. Local disk now; others implement the same and pass the same
// conformance suite (object_store_test.cc). The ledger knows which objects exist: nobody asks a store for that, but to
// compare both.
#pragma once

#include <cstdint>
#include <functional>
#include <memory>
#include <span>
#include <string>

#include "base/clock.h"
#include "base/file_descriptor.h"
#include "base/result.h"
#include "model/ids.h"

namespace lakegate {

// An object that is being written. Several may be open on the same object, each with ranges of its own. One thread at
// a time; closing loses nothing that sync() made durable.
class ObjectWriter {
 public:
  virtual ~ObjectWriter() = default;

  // Open for reading and writing at any offset (pwrite, splice). The writer's: do not close it.
  virtual int fd() const = 0;

  // After this returns, what was written so far and every folder entry that leads to it survive a power loss.
  // A failure is fatal (FatalHandler) and never tried again: what the kernel dropped nobody can tell.
  virtual Status sync() = 0;
};

struct OpenObject {
  FileDescriptor fd;  // read-only
  int64_t size_bytes = 0;
};

inline constexpr size_t listed_objects_max = 1'000;

struct StoredObject {
  ObjectKey key;
  int64_t size_bytes = 0;
  Millis modified = 0;  // when its bytes last changed, by the store's clock
};

struct StoreSpace {
  int64_t free_bytes = 0;  // for us
  int64_t total_bytes = 0;
};

// Thread-safe. All calls block: they belong on the pool.
class ObjectStore {
 public:
  virtual ~ObjectStore() = default;

  // A new, empty object. `conflict`: the key exists. Durable only after sync().
  virtual Result<std::unique_ptr<ObjectWriter>> begin(const ObjectKey& key) = 0;
  // An object that was synced or put before (which the ledger says by naming it), to write more ranges: its entry is
  // durable, sync() is about its bytes alone. `not_found`.
  virtual Result<std::unique_ptr<ObjectWriter>> resume(const ObjectKey& key) = 0;
  // `not_found`.
  virtual Result<OpenObject> open(const ObjectKey& key) = 0;

  // Cuts the object to `sent_bytes`, appends `tail` and makes it durable. Safe to repeat after a crash. Returns the new
  // size. `corrupt`: the object holds less than sent_bytes. The first sent_bytes are never touched.
  virtual Result<int64_t> append_tail(const ObjectKey& key, int64_t sent_bytes, std::span<const std::byte> tail) = 0;

  // A whole small object (manifest, metadata), durable when it returns. `conflict`: the key exists with other bytes;
  // the same bytes again are fine.
  virtual Status put(const ObjectKey& key, std::span<const std::byte> bytes) = 0;

  // Fine where there is none. Not durable at once: a power loss may bring the object back.
  virtual Status remove(const ObjectKey& key) = 0;

  // How readers of the table reach it: a URI.
  virtual std::string location(const ObjectKey& key) const = 0;

  virtual Result<StoreSpace> space() const = 0;

  // Every object that is there, in helpings of at most `listed_objects_max`, in no promised order; one that comes or
  // goes meanwhile may be among them or not. What is no object of ours (other names, links) is passed over. Ends with
  // the first error of `on_listed`. Slow: for the comparison with the ledger after an unclean stop, and for `verify`.
  using OnListed = std::function<Status(std::span<const StoredObject>)>;
  virtual Status list(const OnListed& on_listed) const = 0;
};

}  // namespace lakegate
