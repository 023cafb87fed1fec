// Whole reads and writes on a descriptor: interruptions and short counts are dealt with here.
#pragma once

#include <cstdint>
#include <span>
#include <string_view>
#include <vector>

#include "base/result.h"

namespace lakegate::objects {

// All bytes at `offset`. `what` names the object in errors.
Status write_all(int fd, int64_t offset, std::span<const std::byte> bytes, std::string_view what);

// `size` bytes from `offset`, or fewer where the file ends.
Result<std::vector<std::byte>> read_up_to(int fd, int64_t offset, int64_t size, std::string_view what);

Result<int64_t> size_of(int fd, std::string_view what);

// Hands what was written to the disk without waiting for it: a later sync waits for less. Nothing is durable by it.
void start_write_back(int fd);

}  // namespace lakegate::objects
