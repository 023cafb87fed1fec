// SpaceReserve: room on the disk that clients may not fill. Ledger, manifests and the removal of objects need a little
// even when the disk is full: it is what makes abort and sweep work then, and mends the server without a restart.
#pragma once

#include <cstdint>

#include "base/result.h"
#include "objects/object_store.h"

namespace lakegate {

// Thread-safe.
class SpaceReserve {
 public:
  // `bytes`: setting storage.reserve_bytes; 0: none.
  SpaceReserve(const ObjectStore& objects, int64_t bytes) : objects_(objects), bytes_(bytes) {}

  // `no_space` with Retry-After where `more` bytes would leave less than the reserve. Blocks for as long as a system
  // call takes. Nothing is set aside: many who ask at the same time may together go below it, so that long work asks
  // again.
  Status check(int64_t more = 0) const;

 private:
  const ObjectStore& objects_;
  const int64_t bytes_;
};

}  // namespace lakegate
