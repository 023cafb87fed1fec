// WorkerPool: a fixed number of threads for everything that blocks (disk, ledger, handlers).
#pragma once

#include <deque>
#include <functional>
#include <mutex>
#include <thread>
#include <vector>

#include "base/bell.h"

namespace lakegate::http {

class WorkerPool {
 public:
  using Job = std::move_only_function<void()>;

  // `queued_max` bounds new work that waits for a thread. Work of requests that were let in is always taken: each
  // connection has one job at most, so the number of connections bounds it.
  WorkerPool(size_t threads, size_t queued_max);
  // Runs what is queued, then joins. Nothing may be submitted any more.
  ~WorkerPool();
  WorkerPool(const WorkerPool&) = delete;
  WorkerPool& operator=(const WorkerPool&) = delete;

  // New work: false, and `job` is neither run nor moved from, when the queue is full. Thread-safe. Jobs must not throw.
  [[nodiscard]] bool try_submit(Job&& job);
  // A further step of work that was let in. Thread-safe.
  void submit(Job job);
  // Whether try_submit would refuse now.
  bool full() const;

  struct Counts {
    size_t threads = 0;
    size_t busy = 0;
    size_t queued = 0;
  };
  Counts counts() const;

 private:
  void run();
  void call(std::unique_lock<std::mutex> lock);

  const size_t queued_max_;
  mutable std::mutex mutex_;
  std::deque<Job> queue_;    // guarded by mutex_
  std::vector<Bell*> idle_;  // guarded by mutex_; who fell idle last is called first: its caches are warm
  bool stopping_ = false;    // guarded by mutex_
  std::vector<std::thread> threads_;
};

}  // namespace lakegate::http
