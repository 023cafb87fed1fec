// Locks a worker process in before it meets the first file.
#pragma once

#include "base/result.h"

namespace lakegate::validation {

inline constexpr int64_t worker_address_space_bytes = 1 << 30;

// Before anything large is allocated: one heap, no core dumps, death with the parent, no other descriptors.
void prepare_process(int socket);

// From here on: no new files, sockets or programs, no growth beyond the address space above. A forbidden call kills the
// process. `internal`: the kernel refuses.
Status lock_in();

}  // namespace lakegate::validation
