#include "registry/resolution_gate.h"

#include <gtest/gtest.h>

#include <atomic>
#include <latch>
#include <thread>
#include <vector>

#include "model/error_codes.h"

namespace lakegate::registry {
namespace {

using std::chrono::milliseconds;

TEST(ResolutionGate, LetsFewRunAndSomeWait) {
  ResolutionGate gate({.running_max = 2, .waiting_max = 3, .wait_max = milliseconds(60'000)});
  std::atomic<int> running = 0;
  std::atomic<int> most = 0;
  std::atomic<int> done = 0;
  std::atomic<int> refused = 0;
  std::latch both_run(2);
  std::latch may_end(1);
  const auto work = [&](bool first) -> Status {
    const int now = ++running;
    for (int seen = most; now > seen && !most.compare_exchange_weak(seen, now);) {
    }
    if (first) both_run.count_down();
    may_end.wait();
    --running;
    ++done;
    return {};
  };
  const auto ask = [&](bool first) {
    const Status status = gate.run([&] { return work(first); });
    if (!status) {
      EXPECT_EQ(status.error().code, &codes::overloaded);
      EXPECT_TRUE(status.error().retry_after.has_value());
      ++refused;
    }
  };
  std::vector<std::jthread> threads;
  for (int i = 0; i < 2; ++i) threads.emplace_back(ask, true);
  both_run.wait();
  // Of ten more, three may wait; the others are refused at once.
  for (int i = 0; i < 10; ++i) threads.emplace_back(ask, false);
  while (refused < 7) std::this_thread::yield();
  may_end.count_down();
  threads.clear();
  EXPECT_EQ(done, 5);
  EXPECT_EQ(refused, 7);
  EXPECT_EQ(most, 2);
}

TEST(ResolutionGate, ATurnThatDoesNotComeIsARefusal) {
  ResolutionGate gate({.running_max = 1, .waiting_max = 1, .wait_max = milliseconds(1)});
  const Status outer = gate.run([&]() -> Status {
    EXPECT_FALSE(gate.run([]() -> Status { return {}; }).has_value());
    return {};
  });
  EXPECT_TRUE(outer.has_value());
  EXPECT_EQ(gate.run([]() -> Result<int> { return 7; }), 7);
}

TEST(ResolutionGate, AnErrorLeavesItToo) {
  ResolutionGate gate({.running_max = 1, .waiting_max = 0, .wait_max = milliseconds(1)});
  for (int i = 0; i < 3; ++i) {
    const Result<int> failed = gate.run([]() -> Result<int> { return fail(codes::schema_invalid, "no"); });
    EXPECT_EQ(failed.error().code, &codes::schema_invalid);
  }
}

}  // namespace
}  // namespace lakegate::registry
