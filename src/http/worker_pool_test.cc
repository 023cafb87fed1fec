#include "http/worker_pool.h"

#include <boost/asio/co_spawn.hpp>
#include <boost/asio/detached.hpp>
#include <boost/asio/io_context.hpp>
#include <gtest/gtest.h>

#include <atomic>
#include <latch>
#include <stdexcept>
#include <string>
#include <thread>

#include "http/run_on.h"

namespace lakegate::http {
namespace {

TEST(WorkerPool, RunsWhatIsQueuedBeforeItEnds) {
  std::atomic<int> runs = 0;
  {
    WorkerPool pool(3, 1000);
    for (int i = 0; i < 500; ++i) pool.submit([&] { ++runs; });
  }
  EXPECT_EQ(runs, 500);
}

TEST(WorkerPool, RefusesNewWorkWhenFullButTakesFurtherSteps) {
  std::latch busy(1);
  std::latch release(1);
  std::atomic<int> runs = 0;
  {
    WorkerPool pool(1, 2);
    pool.submit([&] {
      busy.count_down();
      release.wait();
    });
    busy.wait();
    EXPECT_FALSE(pool.full());
    EXPECT_TRUE(pool.try_submit([&] { ++runs; }));
    EXPECT_TRUE(pool.try_submit([&] { ++runs; }));
    EXPECT_TRUE(pool.full());
    WorkerPool::Job refused = [&] { runs += 100; };
    EXPECT_FALSE(pool.try_submit(std::move(refused)));
    EXPECT_TRUE(refused);  // still the caller's
    pool.submit([&] { ++runs; });
    release.count_down();
  }
  EXPECT_EQ(runs, 3);
}

boost::asio::awaitable<void> use_pool(WorkerPool& pool, std::string& told) {
  const std::thread::id here = std::this_thread::get_id();
  const bool elsewhere = co_await run_on(pool, [&] { return std::this_thread::get_id() != here; });
  if (elsewhere) told += "elsewhere ";
  if (std::this_thread::get_id() == here) told += "back ";
  try {
    co_await run_on(pool, [] { throw std::runtime_error("thrown "); });
  } catch (const std::runtime_error& error) {
    told += error.what();
  }
  if (co_await try_run_job(pool, [&] { told += "ran "; })) told += "accepted";
}

TEST(RunOn, GoesToThePoolAndComesBack) {
  WorkerPool pool(2, 10);
  boost::asio::io_context context(1);
  std::string told;
  boost::asio::co_spawn(context, use_pool(pool, told), boost::asio::detached);
  context.run();
  EXPECT_EQ(told, "elsewhere back thrown ran accepted");
}

boost::asio::awaitable<void> try_pool(WorkerPool& pool, std::string& told) {
  const bool accepted = co_await try_run_job(pool, [&] { told += "ran "; });
  told += accepted ? "accepted" : "refused";
}

TEST(RunOn, TellsThatThePoolIsFull) {
  WorkerPool pool(1, 0);
  boost::asio::io_context context(1);
  std::string told;
  boost::asio::co_spawn(context, try_pool(pool, told), boost::asio::detached);
  context.run();
  EXPECT_EQ(told, "refused");
}

}  // namespace
}  // namespace lakegate::http
