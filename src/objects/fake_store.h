// FakeStore: objects in memory, with a disk's worst habit: what was not synced is gone after a crash. For tests.
#pragma once

#include <memory>
#include <string>
#include <vector>

#include "objects/object_store.h"

namespace lakegate {

// Thread-safe. Descriptors are real (memfd), so that splice, pread and workers take them.
class FakeStore final : public ObjectStore {
 public:
  FakeStore();
  ~FakeStore() override;

  Result<std::unique_ptr<ObjectWriter>> begin(const ObjectKey& key) override;
  Result<std::unique_ptr<ObjectWriter>> resume(const ObjectKey& key) override;
  Result<OpenObject> open(const ObjectKey& key) override;
  Result<int64_t> append_tail(const ObjectKey& key, int64_t sent_bytes, std::span<const std::byte> tail) override;
  Status put(const ObjectKey& key, std::span<const std::byte> bytes) override;
  Status remove(const ObjectKey& key) override;
  std::string location(const ObjectKey& key) const override;
  Result<StoreSpace> space() const override;
  Status list(const OnListed& on_listed) const override;

  // What `list` says of when objects last changed; 0 until then.
  void set_modified(Millis modified);

  // The power goes: every object is again what its last sync left; never synced ones are gone, removed ones are back.
  // Writers and descriptors from before must not be used any more.
  void crash();

  // While full, begin, put and append_tail answer `no_space`.
  void fill_disk(bool full);
  // What space() answers while the disk is not full; nothing is held to it.
  void set_free_bytes(int64_t bytes);

  std::vector<ObjectKey> keys() const;

 private:
  struct State;
  std::unique_ptr<State> state_;
};

}  // namespace lakegate
