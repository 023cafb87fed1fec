// TableWorld: one dataset with its table, on a real ledger and objects in memory, with a clock and chance of its own.
#pragma once

#include <cstdint>
#include <functional>
#include <memory>
#include <string>
#include <vector>

#include "base/clock.h"
#include "base/random.h"
#include "base/temporary_folder.h"
#include "iceberg/manifest.h"
#include "iceberg/manifest_list.h"
#include "ledger/ledger.h"
#include "model/batch.h"
#include "objects/fake_store.h"
#include "promotion/promoter.h"

namespace lakegate {

// A FakeStore that calls out before it puts or begins an object.
class HookedStore final : public ObjectStore {
 public:
  explicit HookedStore(FakeStore& store) : store_(store) {}

  Result<std::unique_ptr<ObjectWriter>> begin(const ObjectKey& key) override {
    if (const auto hook = before_put) hook(key);  // a copy: it may replace itself
    return store_.begin(key);
  }
  Result<std::unique_ptr<ObjectWriter>> resume(const ObjectKey& key) override { return store_.resume(key); }
  Result<OpenObject> open(const ObjectKey& key) override { return store_.open(key); }
  Result<int64_t> append_tail(const ObjectKey& key, int64_t sent_bytes, std::span<const std::byte> tail) override {
    return store_.append_tail(key, sent_bytes, tail);
  }
  Status put(const ObjectKey& key, std::span<const std::byte> bytes) override {
    if (const auto hook = before_put) hook(key);  // a copy: it may replace itself
    return store_.put(key, bytes);
  }
  Status remove(const ObjectKey& key) override { return store_.remove(key); }
  std::string location(const ObjectKey& key) const override {
    return place.empty() ? store_.location(key) : place + key.text();
  }
  Result<StoreSpace> space() const override { return store_.space(); }
  Status list(const OnListed& on_listed) const override { return store_.list(on_listed); }

  std::function<void(const ObjectKey&)> before_put;
  std::string place;  // what locations begin with; empty: the inner store's

 private:
  FakeStore& store_;
};

// A manifest as a reader finds it: by its place in the manifest list, with inherited numbers filled in.
struct ManifestFound {
  iceberg::ManifestListEntry listed;
  ObjectKey key;
  std::vector<iceberg::ManifestEntry> entries;
};

class TableWorld {
 public:
  explicit TableWorld(const PromotionSettings& settings = {});

  Promoter& promoter() { return *promoter_; }
  Ledger& ledger() { return *ledger_; }
  FakeStore& store() { return store_; }
  HookedStore& hooked_store() { return hooked_store_; }
  FakeClock& clock() { return clock_; }
  Random& random() { return random_; }
  const Scope& scope() const { return scope_; }
  const DatasetId& dataset() const { return dataset_; }
  int64_t epoch() const { return epoch_; }
  const PromotionSettings& settings() const { return settings_; }
  // Another server's, so to speak: it shares ledger and objects, and no mutex.
  std::unique_ptr<Promoter> new_promoter();

  // One file for each number of rows, all judged good.
  BatchId staged_batch(const std::vector<int64_t>& rows_of_files = {10});
  // The same, to take the place of others.
  BatchId staged_replay(const std::vector<int64_t>& rows_of_files, const std::vector<BatchId>& predecessors);
  // Staged and promoted.
  BatchId active_batch(const std::vector<int64_t>& rows_of_files = {10});
  Result<Round> revert(const BatchId& batch) {
    return promoter_->revert(Sight::whole(scope_), batch, BatchEvent::revert, "test");
  }
  void delete_dataset();

  // The power goes and comes back: unsynced bytes are lost, and a new epoch begins.
  void restart();

  TableState table();
  Batch batch(const BatchId& id);
  // "writing", "live", "condemned 17" (when it is due); empty: not in the ledger.
  std::string state_of(const ObjectKey& key);
  std::vector<ObjectKey> objects_of(const BatchId& batch);
  std::vector<ObjectKey> to_sweep();

  // Reads list, manifests and the data files' sizes as a reader would; what does not fit together ends the test.
  std::vector<ManifestFound> read(const Snapshot& snapshot);
  int64_t rows_visible(const Snapshot& snapshot);
  int64_t rows_visible();  // now; 0 without a snapshot

 private:
  void start();
  void insert_table();
  std::string object_bytes(const ObjectKey& key);

  TemporaryFolder folder_;
  const PromotionSettings settings_;
  FakeStore store_;
  HookedStore hooked_store_{store_};
  FakeClock clock_{1'700'000'000'000};
  SeededRandom random_{1};
  std::unique_ptr<Ledger> ledger_;
  std::unique_ptr<Promoter> promoter_;
  int64_t epoch_ = 0;
  int64_t last_id_ = 0;
  Scope scope_;
  DatasetId dataset_{"0123456789abcdef01234567"};
};

}  // namespace lakegate
