#include "base/woken_thread.h"

#include <gtest/gtest.h>

#include <atomic>
#include <latch>
#include <semaphore>

namespace lakegate {
namespace {

TEST(WokenThread, MakesOnePassForManyWakes) {
  std::counting_semaphore<> began(0);
  std::counting_semaphore<> may_end(0);
  std::atomic<int> passes = 0;
  WokenThread thread([&]() -> std::optional<Millis> {
    ++passes;
    began.release();
    may_end.acquire();
    return std::nullopt;
  });
  thread.start();
  began.acquire();
  for (int i = 0; i < 100; ++i) thread.wake();
  may_end.release();
  began.acquire();  // the second pass, for all of them
  may_end.release(100);
  thread.stop();
  EXPECT_EQ(passes, 2);
}

TEST(WokenThread, GoesOnByItselfWhenThePassSaysSo) {
  for (const Millis next : {0, 1}) {
    std::latch done(5);
    std::atomic<int> passes = 0;
    WokenThread thread(
        [&]() -> std::optional<Millis> {
          if (++passes > 5) return std::nullopt;
          done.count_down();
          return next;
        },
        next == 0 ? 3'600'000 : 0);
    thread.start();
    done.wait();
    thread.stop();
    EXPECT_GE(passes, 5);
  }
}

TEST(WokenThread, PausesBetweenPassesAndStopsWithinThePause) {
  std::binary_semaphore passed(0);
  std::atomic<int> passes = 0;
  WokenThread thread(
      [&]() -> std::optional<Millis> {
        ++passes;
        passed.release();
        return 3'600'000;
      },
      3'600'000);
  thread.start();
  passed.acquire();
  thread.wake();
  thread.stop();
  EXPECT_EQ(passes, 1);
}

TEST(WokenThread, TakesWakesBeforeItsStartAndAfterItsEnd) {
  std::atomic<int> passes = 0;
  std::latch first(1);
  WokenThread thread([&]() -> std::optional<Millis> {
    if (++passes == 1) first.count_down();
    return std::nullopt;
  });
  thread.wake();
  thread.start();
  first.wait();
  thread.stop();
  thread.wake();
  thread.stop();
  EXPECT_EQ(passes, 1);
}

}  // namespace
}  // namespace lakegate
