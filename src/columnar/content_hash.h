// XXH3 of an object's bytes, by which later checks recognise them.
#pragma once

#include <cstdint>

namespace lakegate::columnar {

// Of the first `size_bytes` behind `fd`. Throws ReadFailure.
uint64_t content_xxh3(int fd, int64_t size_bytes);

}  // namespace lakegate::columnar
