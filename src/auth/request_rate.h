// How many requests a minute a client may send: setting http.requests_per_minute.
#pragma once

#include <cstdint>
#include <map>
#include <mutex>

#include "base/clock.h"
#include "base/result.h"
#include "model/ids.h"

namespace lakegate::auth {

// Counts each client by itself (generic cell rate algorithm): a minute's worth may come at once, then as many as the
// rate gives. Thread-safe, never blocks. Memory grows with the clients that exist, since only known ones are counted.
class RequestRate {
 public:
  // 0: no limit.
  RequestRate(const Clock& clock, int64_t per_minute) : clock_(clock), per_minute_(per_minute) {}

  // Takes one request of the client. `too_many_requests`, with the time after which one is allowed again; a refused
  // request counts for nothing.
  Status take(const ApiKey& client);

 private:
  const Clock& clock_;
  const int64_t per_minute_;

  std::mutex mutex_;
  std::map<ApiKey, int64_t> due_us_;  // when all that was taken would be paid for; guarded by mutex_
};

}  // namespace lakegate::auth
