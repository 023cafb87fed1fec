// `co_await run_on(pool, fn)`: a coroutine of a network thread lets a pool thread do what blocks.
#pragma once

#include <boost/asio/awaitable.hpp>

#include <functional>
#include <optional>
#include <type_traits>
#include <utility>

#include "http/worker_pool.h"

namespace lakegate::http {

namespace asio = boost::asio;

// Runs `job` on a pool thread, then goes on where the coroutine was. Never cancelled half-way: `job` may refer to
// locals of the awaiting coroutine. What `job` throws is thrown here.
asio::awaitable<void> run_job(WorkerPool& pool, std::function<void()> job);

// The same for new work: false, and nothing ran, when the pool's queue is full.
asio::awaitable<bool> try_run_job(WorkerPool& pool, std::function<void()> job);

// `const auto stored = co_await run_on(pool_, [&] { return ledger_.write(…); });`
template <class F>
asio::awaitable<std::invoke_result_t<F&>> run_on(WorkerPool& pool, F fn) {
  using Value = std::invoke_result_t<F&>;
  if constexpr (std::is_void_v<Value>) {
    std::function<void()> job = std::ref(fn);
    co_await run_job(pool, std::move(job));
  } else {
    std::optional<Value> value;
    std::function<void()> job = [&] { value.emplace(fn()); };
    co_await run_job(pool, std::move(job));
    co_return std::move(*value);
  }
}

}  // namespace lakegate::http
