// Time as a dependency, so that tests own it.
#pragma once

#include <atomic>
#include <cstdint>

namespace lakegate {

// Milliseconds since the Unix epoch, UTC: the unit of every time on the wire and in the ledger.
using Millis = int64_t;

class Clock {
 public:
  virtual ~Clock() = default;
  virtual Millis now_ms() const = 0;  // thread-safe
};

class SystemClock final : public Clock {
 public:
  Millis now_ms() const override;
};

// Stands still until told. Thread-safe.
class FakeClock final : public Clock {
 public:
  explicit FakeClock(Millis start) : now_(start) {}
  Millis now_ms() const override { return now_.load(); }
  void advance_ms(Millis by) { now_ += by; }

 private:
  std::atomic<Millis> now_;
};

}  // namespace lakegate
