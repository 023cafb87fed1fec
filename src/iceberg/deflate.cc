#include "iceberg/deflate.h"

#include <zlib.h>

#include <algorithm>
#include <cassert>
#include <new>

#include "base/error_codes.h"

namespace lakegate::iceberg {
namespace {

constexpr int raw_window_bits = -15;

Bytef* input(std::string_view bytes) { return reinterpret_cast<Bytef*>(const_cast<char*>(bytes.data())); }

}  // namespace

std::string deflate(std::string_view bytes) {
  z_stream stream{};
  if (deflateInit2(&stream, Z_DEFAULT_COMPRESSION, Z_DEFLATED, raw_window_bits, 8, Z_DEFAULT_STRATEGY) != Z_OK) {
    throw std::bad_alloc();
  }
  std::string out(deflateBound(&stream, bytes.size()), '\0');
  stream.next_in = input(bytes);
  stream.avail_in = static_cast<uInt>(bytes.size());
  stream.next_out = reinterpret_cast<Bytef*>(out.data());
  stream.avail_out = static_cast<uInt>(out.size());
  [[maybe_unused]] const int outcome = ::deflate(&stream, Z_FINISH);
  assert(outcome == Z_STREAM_END);
  out.resize(stream.total_out);
  deflateEnd(&stream);
  return out;
}

Result<std::string> inflate(std::string_view bytes, size_t bytes_max) {
  z_stream stream{};
  if (inflateInit2(&stream, raw_window_bits) != Z_OK) throw std::bad_alloc();
  stream.next_in = input(bytes);
  stream.avail_in = static_cast<uInt>(bytes.size());
  std::string out;
  int outcome = Z_OK;
  while (outcome == Z_OK && out.size() < bytes_max) {
    const size_t held = out.size();
    out.resize(std::min(bytes_max, std::max<size_t>(64 << 10, held * 2)));
    stream.next_out = reinterpret_cast<Bytef*>(out.data() + held);
    stream.avail_out = static_cast<uInt>(out.size() - held);
    outcome = ::inflate(&stream, Z_NO_FLUSH);
    out.resize(out.size() - stream.avail_out);
    if (outcome == Z_BUF_ERROR || (outcome == Z_OK && stream.avail_out != 0)) break;  // the input ends early
  }
  const bool whole = outcome == Z_STREAM_END && stream.avail_in == 0;
  inflateEnd(&stream);
  if (whole) return out;
  if (outcome == Z_OK && out.size() == bytes_max) {
    return fail(codes::corrupt, "a deflated block grows over {} bytes", bytes_max);
  }
  return fail(codes::corrupt, "a block is not one whole deflate stream");
}

}  // namespace lakegate::iceberg
