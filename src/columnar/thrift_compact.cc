#include "columnar/thrift_compact.h"

#include <limits>

namespace lakegate::columnar {

void ThriftReader::enter() {
  if (++depth_ > limits_.depth_max || !count(1)) fail();
}

bool ThriftReader::count(int64_t elements) {
  elements_ += elements;
  if (elements_ > limits_.elements_max) fail();
  return !failed_;
}

bool ThriftReader::next_field(int16_t& last_id, Field& field) {
  const uint8_t header = byte();
  if (failed_ || header == 0) return false;
  const uint8_t type = header & 0x0f;
  const int delta = header >> 4;
  const int64_t id = delta == 0 ? integer(16) : last_id + delta;
  if (failed_ || type == 0 || type > static_cast<uint8_t>(ThriftType::uuid) || id < 0 ||
      id > std::numeric_limits<int16_t>::max()) {
    fail();
    return false;
  }
  last_id = static_cast<int16_t>(id);
  field = {last_id, static_cast<ThriftType>(type)};
  return true;
}

uint8_t ThriftReader::byte() {
  if (failed_ || position_ == end_) {
    fail();
    return 0;
  }
  return static_cast<uint8_t>(*position_++);
}

uint64_t ThriftReader::varint(int bits) {
  uint64_t value = 0;
  for (int shift = 0; shift < bits; shift += 7) {
    const uint8_t next = byte();
    if (failed_) return 0;
    const uint64_t payload = next & 0x7f;
    if (shift + 7 > bits && payload >> (bits - shift) != 0) break;  // does not fit
    value |= payload << shift;
    if ((next & 0x80) == 0) return value;
  }
  fail();
  return 0;
}

int64_t ThriftReader::integer(int bits) {
  const uint64_t zigzag = varint(bits);
  return static_cast<int64_t>(zigzag >> 1) ^ -static_cast<int64_t>(zigzag & 1);
}

std::string_view ThriftReader::binary() {
  const uint64_t size = varint(32);
  if (failed_ || size > bytes_left()) {
    fail();
    return {};
  }
  const std::string_view bytes(position_, size);
  position_ += size;
  return bytes;
}

ThriftReader::List ThriftReader::list() {
  const uint8_t header = byte();
  uint64_t size = header >> 4;
  if (size == 15) size = varint(32);
  const uint8_t type = header & 0x0f;
  // Every element takes a byte at least.
  const bool usable = type != 0 && type <= static_cast<uint8_t>(ThriftType::uuid) && size <= bytes_left();
  if (failed_ || !usable || !count(static_cast<int64_t>(size))) {
    fail();
    return {};
  }
  return {static_cast<ThriftType>(type), static_cast<int32_t>(size)};
}

std::string_view ThriftReader::skip(ThriftType type) {
  const char* begin = position_;
  skip_value(type, false);
  return failed_ ? std::string_view{} : std::string_view(begin, static_cast<size_t>(position_ - begin));
}

void ThriftReader::skip_value(ThriftType type, bool in_container) {
  if (failed_) return;
  const auto step = [&](size_t bytes) {
    if (bytes > bytes_left()) return fail();
    position_ += bytes;
  };
  switch (type) {
    case ThriftType::stop: return fail();
    case ThriftType::boolean_true:
    case ThriftType::boolean_false: return step(in_container ? 1 : 0);
    case ThriftType::i8: return step(1);
    case ThriftType::i16: return void(varint(16));
    case ThriftType::i32: return void(varint(32));
    case ThriftType::i64: return void(varint(64));
    case ThriftType::float64: return step(8);
    case ThriftType::uuid: return step(16);
    case ThriftType::binary: return void(binary());
    case ThriftType::list:
    case ThriftType::set: {
      if (++depth_ > limits_.depth_max) return fail();
      const List elements = list();
      for (int32_t i = 0; i < elements.size && !failed_; ++i) skip_value(elements.type, true);
      --depth_;
      return;
    }
    case ThriftType::map: {
      if (++depth_ > limits_.depth_max) return fail();
      const uint64_t size = varint(32);
      const uint8_t types = size == 0 ? 0 : byte();
      if (size > bytes_left() || !count(static_cast<int64_t>(size))) return fail();
      for (uint64_t i = 0; i < size && !failed_; ++i) {
        skip_value(static_cast<ThriftType>(types >> 4), true);
        skip_value(static_cast<ThriftType>(types & 0x0f), true);
      }
      --depth_;
      return;
    }
    case ThriftType::structure: {
      enter();
      int16_t last_id = 0;
      for (Field field; !failed_ && next_field(last_id, field);) skip_value(field.type, false);
      leave();
      return;
    }
  }
  fail();
}

void ThriftWriter::field(int16_t& last_id, int16_t id, ThriftType type) {
  const int delta = id - last_id;
  if (delta > 0 && delta <= 15) {
    byte(static_cast<uint8_t>(delta << 4 | static_cast<int>(type)));
  } else {
    byte(static_cast<uint8_t>(type));
    integer(id);
  }
  last_id = id;
}

void ThriftWriter::varint(uint64_t value) {
  for (; value >= 0x80; value >>= 7) byte(static_cast<uint8_t>(value | 0x80));
  byte(static_cast<uint8_t>(value));
}

void ThriftWriter::integer(int64_t value) {
  varint(static_cast<uint64_t>(value) << 1 ^ static_cast<uint64_t>(value >> 63));
}

void ThriftWriter::binary(std::string_view bytes) {
  varint(bytes.size());
  raw(bytes);
}

void ThriftWriter::list(ThriftType type, size_t size) {
  if (size < 15) return byte(static_cast<uint8_t>(size << 4 | static_cast<size_t>(type)));
  byte(static_cast<uint8_t>(0xf0 | static_cast<int>(type)));
  varint(size);
}

}  // namespace lakegate::columnar
