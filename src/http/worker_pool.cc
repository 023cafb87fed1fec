#include "http/worker_pool.h"

#include <pthread.h>

#include <cassert>
#include <csignal>
#include <utility>

namespace lakegate::http {

WorkerPool::WorkerPool(size_t threads, size_t queued_max) : queued_max_(queued_max) {
  assert(threads > 0);
  threads_.reserve(threads);
  for (size_t i = 0; i < threads; ++i) threads_.emplace_back([this] { run(); });
}

WorkerPool::~WorkerPool() {
  {
    const std::lock_guard lock(mutex_);
    stopping_ = true;
    for (Bell* bell : idle_) bell->ring();
    idle_.clear();
  }
  for (std::thread& thread : threads_) thread.join();
}

bool WorkerPool::try_submit(Job&& job) {
  std::unique_lock lock(mutex_);
  if (queue_.size() >= queued_max_) return false;
  queue_.push_back(std::move(job));
  call(std::move(lock));
  return true;
}

void WorkerPool::submit(Job job) {
  std::unique_lock lock(mutex_);
  queue_.push_back(std::move(job));
  call(std::move(lock));
}

// A thread that runs looks into the queue before it falls idle, so nobody is called where nobody is idle.
void WorkerPool::call(std::unique_lock<std::mutex> lock) {
  if (idle_.empty()) return;
  Bell* const bell = idle_.back();
  idle_.pop_back();
  lock.unlock();
  bell->ring();
}

bool WorkerPool::full() const {
  const std::lock_guard lock(mutex_);
  return queue_.size() >= queued_max_;
}

WorkerPool::Counts WorkerPool::counts() const {
  const std::lock_guard lock(mutex_);
  return {.threads = threads_.size(), .busy = threads_.size() - idle_.size(), .queued = queue_.size()};
}

void WorkerPool::run() {
  // sendfile and splice have no MSG_NOSIGNAL: a client that left is EPIPE here, never a signal.
  sigset_t broken_pipe;
  sigemptyset(&broken_pipe);
  sigaddset(&broken_pipe, SIGPIPE);
  pthread_sigmask(SIG_BLOCK, &broken_pipe, nullptr);

  Bell bell;
  std::unique_lock lock(mutex_);
  while (true) {
    while (queue_.empty()) {
      if (stopping_) return;
      idle_.push_back(&bell);
      lock.unlock();
      bell.wait();
      lock.lock();
    }
    {
      Job job = std::move(queue_.front());
      queue_.pop_front();
      lock.unlock();
      job();
    }
    lock.lock();
  }
}

}  // namespace lakegate::http
