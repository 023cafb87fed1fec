// CommitWatch: who waits for a batch, for anything of a dataset, or for a sandbox's next event. Waiters need no thread
// and ask nobody again and again: the ledger's commit tells them.
#pragma once

#include <cstddef>
#include <functional>
#include <mutex>
#include <optional>
#include <span>
#include <string>
#include <unordered_map>
#include <utility>

#include "ledger/transaction.h"
#include "model/ids.h"

namespace lakegate::events {

// Thread-safe. Must outlive its entries.
class CommitWatch {
 public:
  // Called by who committed, after each commit that moved what is watched, with what moved, and once with nothing when
  // the server stops: it only posts. A hint: whoever is told reads the ledger. Never called once the entry is gone.
  using Tell = std::function<void(const Wake* moved)>;

  // Watches until it goes. Movable.
  class Entry {
   public:
    Entry(Entry&& other) noexcept : watch_(std::exchange(other.watch_, nullptr)), place_(other.place_) {}
    Entry& operator=(Entry&&) = delete;
    ~Entry() {
      if (watch_ != nullptr) watch_->remove(place_);
    }

   private:
    friend class CommitWatch;
    using Place = std::unordered_multimap<std::string, Tell>::iterator;
    Entry(CommitWatch& watch, Place place) : watch_(&watch), place_(place) {}
    CommitWatch* watch_;
    Place place_;
  };

  explicit CommitWatch(size_t entries_max) : entries_max_(entries_max) {}

  // Before the ledger is read for the first time, or a commit in between is missed. Nothing: there are `entries_max`
  // already, or the server is stopping; answer with what is known now.
  std::optional<Entry> watch(const BatchId& batch, Tell tell) { return add(batch.text(), std::move(tell)); }
  // Every batch of the dataset, and its table.
  std::optional<Entry> watch(const DatasetId& dataset, Tell tell) { return add(dataset.text(), std::move(tell)); }

  // Every event of the sandbox.
  std::optional<Entry> watch(SandboxNumber sandbox, Tell tell) { return add(key_of(sandbox), std::move(tell)); }

  // For Ledger::add_listener. Never blocks.
  void wake(std::span<const Wake> wakes);

  // The server stops: tells everybody, and takes no one any more.
  void end();
  bool ended() const;

  size_t count() const;

 private:
  // Ids of batches and datasets have no blank.
  static std::string key_of(SandboxNumber sandbox) { return fmt::format("sandbox {}", sandbox); }
  std::optional<Entry> add(const std::string& id, Tell tell);
  void remove(Entry::Place place);
  void tell_all(const std::string& id, const Wake& wake) const;

  const size_t entries_max_;
  mutable std::mutex mutex_;  // held while `tell` runs, so that none runs after its entry went
  std::unordered_multimap<std::string, Tell> entries_;  // guarded by mutex_; by batch, dataset or sandbox
  bool ended_ = false;                                  // guarded by mutex_
};

}  // namespace lakegate::events
