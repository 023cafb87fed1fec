#include "iceberg/avro_encoder.h"

namespace lakegate::iceberg {

void AvroEncoder::put_long(int64_t value) {
  auto rest = static_cast<uint64_t>(value) << 1 ^ static_cast<uint64_t>(value >> 63);
  while (rest >= 0x80) {
    out_.push_back(static_cast<char>(rest | 0x80));
    rest >>= 7;
  }
  out_.push_back(static_cast<char>(rest));
}

void AvroEncoder::put_bytes(std::string_view value) {
  put_long(static_cast<int64_t>(value.size()));
  out_ += value;
}

void AvroEncoder::begin_array(size_t count) { put_long(static_cast<int64_t>(count)); }

void AvroEncoder::end_array(size_t count) {
  if (count != 0) put_long(0);
}

}  // namespace lakegate::iceberg
