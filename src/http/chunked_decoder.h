// ChunkedDecoder: the chunked transfer coding (RFC 9112 section 7.1), byte by byte, without a buffer of its own.
#pragma once

#include <cstddef>
#include <cstdint>
#include <span>
#include <string_view>

#include "base/result.h"

namespace lakegate::http {

// Extensions and trailers are checked for length and thrown away.
class ChunkedDecoder {
 public:
  struct Step {
    size_t consumed = 0;  // of `input`
    size_t produced = 0;  // in `output`
  };

  // Goes on until the input is used up, the output is full or the body has ended; what follows the body is not
  // consumed. `malformed_request`: the coding is broken; do not call again.
  Result<Step> decode(std::string_view input, std::span<std::byte> output);

  bool done() const { return state_ == State::done; }

 private:
  enum class State {
    size,
    extension,
    size_end,
    data,
    data_cr,
    data_lf,
    trailer_start,
    trailer,
    trailer_lf,
    end_lf,
    done
  };

  Status take(char c);
  Status take_size_digit(char c);

  State state_ = State::size;
  int64_t chunk_bytes_ = 0;  // left of the chunk at hand, or its size as read so far
  int size_digits_ = 0;
  size_t line_bytes_ = 0;  // of extensions and trailers; bounded
};

}  // namespace lakegate::http
