#include "http/chunked_decoder.h"

#include <algorithm>
#include <cstring>

#include "model/error_codes.h"

namespace lakegate::http {
namespace {

constexpr int size_digits_max = 15;             // stays below 2^63
constexpr size_t ignored_bytes_max = 8 * 1024;  // extensions of one chunk, or all trailers

int hex_value(char c) {
  if (c >= '0' && c <= '9') return c - '0';
  if (c >= 'a' && c <= 'f') return c - 'a' + 10;
  if (c >= 'A' && c <= 'F') return c - 'A' + 10;
  return -1;
}

auto broken(std::string_view found) {
  return fail(codes::malformed_request,
              "The chunked body is broken: {}. Expected are chunks as RFC 9112 section 7.1 has them.", found);
}

}  // namespace

Result<ChunkedDecoder::Step> ChunkedDecoder::decode(std::string_view input, std::span<std::byte> output) {
  Step step;
  while (step.consumed < input.size() && state_ != State::done) {
    if (state_ != State::data) {
      LG_TRY(take(input[step.consumed]));
      ++step.consumed;
      continue;
    }
    const size_t bytes =
        std::min({static_cast<size_t>(chunk_bytes_), input.size() - step.consumed, output.size() - step.produced});
    if (bytes == 0) break;
    std::memcpy(output.data() + step.produced, input.data() + step.consumed, bytes);
    step.consumed += bytes;
    step.produced += bytes;
    chunk_bytes_ -= static_cast<int64_t>(bytes);
    if (chunk_bytes_ == 0) state_ = State::data_cr;
  }
  return step;
}

Status ChunkedDecoder::take(char c) {
  const auto expect = [&](char expected, State next) -> Status {
    if (c != expected) return broken("a line does not end with CR LF");
    state_ = next;
    return {};
  };
  switch (state_) {
    case State::size: return take_size_digit(c);
    case State::extension:
    case State::trailer:
      if (c == '\r') return expect('\r', state_ == State::trailer ? State::trailer_lf : State::size_end);
      if (c == '\n') return broken("a line ends with LF alone");
      if (++line_bytes_ > ignored_bytes_max) return broken("its extensions or trailers are too long");
      return {};
    case State::size_end:
      line_bytes_ = 0;
      size_digits_ = 0;
      return expect('\n', chunk_bytes_ == 0 ? State::trailer_start : State::data);
    case State::data_cr: return expect('\r', State::data_lf);
    case State::data_lf: return expect('\n', State::size);
    case State::trailer_start:
      if (c == '\n') return broken("a line ends with LF alone");
      if (++line_bytes_ > ignored_bytes_max) return broken("its trailers are too long");
      state_ = c == '\r' ? State::end_lf : State::trailer;
      return {};
    case State::trailer_lf: return expect('\n', State::trailer_start);
    case State::end_lf: return expect('\n', State::done);
    case State::data:
    case State::done: break;
  }
  return {};
}

Status ChunkedDecoder::take_size_digit(char c) {
  const int digit = hex_value(c);
  if (digit >= 0) {
    if (++size_digits_ > size_digits_max) return broken("a chunk size has too many digits");
    chunk_bytes_ = chunk_bytes_ * 16 + digit;
    return {};
  }
  if (size_digits_ == 0) return broken("a chunk does not begin with its size in hexadecimal digits");
  if (c == '\r') {
    state_ = State::size_end;
  } else if (c == ';' || c == ' ' || c == '\t') {
    state_ = State::extension;
  } else {
    return broken("a chunk size has a character that is not a hexadecimal digit");
  }
  return {};
}

}  // namespace lakegate::http
