#include "http/run_on.h"

#include <boost/asio/post.hpp>
#include <boost/asio/this_coro.hpp>
#include <boost/asio/use_awaitable.hpp>

#include <exception>

namespace lakegate::http {
namespace {

enum class Admission { new_work, further_step };

// The job and what becomes of it stay in this coroutine's frame; only the completion travels.
asio::awaitable<bool> run_through(WorkerPool& pool, std::function<void()> job, Admission admission) {
  bool accepted = true;
  std::exception_ptr thrown;
  const asio::any_io_executor executor = co_await asio::this_coro::executor;
  auto start = [&](auto completion) {
    WorkerPool::Job pooled = [&accepted, &thrown, &job, executor, completion = std::move(completion)]() mutable {
      try {
        if (accepted) job();
      } catch (...) {
        thrown = std::current_exception();
      }
      asio::post(executor, std::move(completion));
    };
    if (admission == Admission::further_step) {
      pool.submit(std::move(pooled));
      return;
    }
    if (pool.try_submit(std::move(pooled))) return;
    accepted = false;
    pooled();  // NOLINT(bugprone-use-after-move): a refused job was not moved from; it completes without the job
  };
  co_await asio::async_initiate<const asio::use_awaitable_t<>, void()>(start, asio::use_awaitable);
  if (thrown) std::rethrow_exception(thrown);
  co_return accepted;
}

}  // namespace

asio::awaitable<void> run_job(WorkerPool& pool, std::function<void()> job) {
  co_await run_through(pool, std::move(job), Admission::further_step);
}

asio::awaitable<bool> try_run_job(WorkerPool& pool, std::function<void()> job) {
  return run_through(pool, std::move(job), Admission::new_work);
}

}  // namespace lakegate::http
