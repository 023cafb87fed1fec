// Reads of an object by position. Never moves the descriptor's own offset.
#pragma once

#include <cstdint>
#include <span>

namespace lakegate::columnar {

// Fills `into` from `offset` on. Throws ReadFailure when the disk fails or the bytes are not there: callers stay
// below the size that they were given, so either is no fault of the file.
void read_exactly(int fd, int64_t offset, std::span<char> into);

}  // namespace lakegate::columnar
