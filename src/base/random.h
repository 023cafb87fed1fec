// Randomness and the ids made of it, passed in so that a seed repeats a run.
#pragma once

#include <cstddef>
#include <cstdint>
#include <mutex>
#include <random>
#include <span>
#include <string>

#include "base/clock.h"

namespace lakegate {

class Random {
 public:
  virtual ~Random() = default;
  virtual void fill(std::span<std::byte> out) = 0;  // thread-safe

  uint64_t next_u64();
  // `digits` lower-case hexadecimal digits, e.g. 24 for a dataset id.
  std::string hex(size_t digits);
  // RFC 9562 version 4.
  std::string uuid();
  // 26 Crockford base-32 characters: 48 bits of time, 80 of chance. Sorts by creation time.
  std::string ulid(Millis now);
};

// The operating system's generator: fit for secrets.
class SystemRandom final : public Random {
 public:
  void fill(std::span<std::byte> out) override;
};

// Repeatable; never for secrets.
class SeededRandom final : public Random {
 public:
  explicit SeededRandom(uint64_t seed) : engine_(seed) {}
  void fill(std::span<std::byte> out) override;

 private:
  std::mutex mutex_;
  std::mt19937_64 engine_;  // guarded by mutex_
};

}  // namespace lakegate
