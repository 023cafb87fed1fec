#include "columnar/content_hash.h"

#include <xxhash.h>

#include <algorithm>
#include <memory>
#include <vector>

#include "columnar/file_reader.h"

namespace lakegate::columnar {

uint64_t content_xxh3(int fd, int64_t size_bytes) {
  constexpr int64_t piece_bytes = 256 << 10;
  const std::unique_ptr<XXH3_state_t, decltype(&XXH3_freeState)> state(XXH3_createState(), XXH3_freeState);
  XXH3_64bits_reset(state.get());
  std::vector<char> piece(static_cast<size_t>(std::min(piece_bytes, size_bytes)));
  for (int64_t offset = 0; offset < size_bytes; offset += piece_bytes) {
    const auto size = static_cast<size_t>(std::min(piece_bytes, size_bytes - offset));
    read_exactly(fd, offset, {piece.data(), size});
    XXH3_64bits_update(state.get(), piece.data(), size);
  }
  return XXH3_64bits_digest(state.get());
}

}  // namespace lakegate::columnar
