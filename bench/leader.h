// Leader: work that is done for all who wait for it at once. Who comes while nobody is at it does it, for himself and
// for those who came meanwhile; so one client alone pays for no other thread, and many share one sync. This is how
// group commit is done where it is done well.
#pragma once

#include <condition_variable>
#include <cstdint>
#include <functional>
#include <mutex>
#include <span>
#include <utility>
#include <vector>

namespace lakegate::bench {

template <class Item>
class Leader {
 public:
  explicit Leader(std::function<void(std::span<Item* const>)> work) : work_(std::move(work)) {}

  // Returns when the work was done with `item` among those that it was done for. Thread-safe.
  void join(Item& item) {
    std::unique_lock lock(mutex_);
    waiting_.push_back(&item);
    const uint64_t turn = next_turn_;  // that of whoever takes the list next
    while (done_turn_ < turn) {
      if (at_work_) {
        changed_.wait(lock);
        continue;
      }
      at_work_ = true;
      const std::vector<Item*> items = std::exchange(waiting_, {});
      ++next_turn_;
      lock.unlock();
      work_(items);
      lock.lock();
      at_work_ = false;
      ++done_turn_;
      changed_.notify_all();
    }
  }

 private:
  const std::function<void(std::span<Item* const>)> work_;
  std::mutex mutex_;
  std::condition_variable changed_;
  std::vector<Item*> waiting_;
  bool at_work_ = false;
  uint64_t next_turn_ = 1;
  uint64_t done_turn_ = 0;
};

}  // namespace lakegate::bench
