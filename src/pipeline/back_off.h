// BackOff: how long to wait before trying again what failed.
#pragma once

#include <algorithm>
#include <cstdint>

#include "base/clock.h"
#include "base/error.h"

namespace lakegate::pipeline {

struct BackOff {
  Millis first = 200;
  Millis most = 60'000;

  // After the n-th failure in a row, n from 1: doubles each time.
  Millis after(int64_t failures) const {
    const int64_t doublings = std::clamp<int64_t>(failures - 1, 0, 30);
    return std::min(most, first << doublings);
  }
};

// False: trying again soon will hardly help; a person has to look. State is kept all the same.
inline bool is_transient(const Error& error) {
  const ErrorKind kind = error.kind();
  return kind == ErrorKind::unavailable || kind == ErrorKind::no_space || kind == ErrorKind::conflict;
}

}  // namespace lakegate::pipeline
