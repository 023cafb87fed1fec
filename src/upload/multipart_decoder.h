// MultipartDecoder: takes the file out of a multipart/form-data body (RFC 7578, RFC 2046 section 5.1), byte by byte.
#pragma once

#include <cstddef>
#include <span>
#include <string>
#include <string_view>

#include "base/result.h"

namespace lakegate::upload {

// The file is the part that is named "file", or else has a filename; other parts are thrown away. Holds back no more
// than the delimiter's length.
class MultipartDecoder {
 public:
  struct Step {
    size_t consumed = 0;  // of `input`
    size_t produced = 0;  // in `output`
  };

  explicit MultipartDecoder(std::string_view boundary) : delimiter_("\r\n--" + std::string(boundary)) {}

  // Goes on until the input is used up or the output is full. `malformed_request`: broken framing, a second file, part
  // headers that are too long; `content_encoding_unsupported`: the part has a transfer encoding that changes bytes. Do
  // not call again after an error.
  Result<Step> decode(std::string_view input, std::span<std::byte> output);

  // Of a body that has ended: `malformed_request` where its end is missing or it held no file.
  Status check_end() const;

 private:
  enum class State { data, after_delimiter, closing_dash, line_end, headers, epilogue };

  size_t take_data(std::string_view input, std::span<std::byte> output, size_t& produced);
  size_t put_held(std::span<std::byte> output);
  Status take(char c);
  Status begin_part();

  const std::string delimiter_;
  State state_ = State::data;
  bool is_file_ = false;  // the part at hand; the preamble is none
  bool found_ = false;
  size_t matched_ = 2;  // of the delimiter: its line break may be missing at the very beginning
  size_t put_ = 0;      // of what had matched and turned out to be data: put out so far...
  size_t to_put_ = 0;   // ...and to be put out
  std::string headers_;
};

}  // namespace lakegate::upload
