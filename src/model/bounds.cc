#include "model/bounds.h"

#include <bit>
#include <cassert>
#include <cmath>
#include <vector>

namespace lakegate {
namespace {

template <class Unsigned>
std::string little_endian(Unsigned value) {
  std::string bytes(sizeof(value), '\0');
  for (char& byte : bytes) {
    byte = static_cast<char>(value & 0xff);
    value = static_cast<Unsigned>(value >> 8);
  }
  return bytes;
}

struct Prefix {
  std::vector<uint32_t> code_points;
  size_t byte_count = 0;
  bool valid = true;  // false: the text goes on with something that is not UTF-8
};

// Bytes of the sequence that `first` opens; 0 where it opens none.
size_t sequence_length(unsigned char first) {
  if (first < 0x80) return 1;
  if (first >= 0xc2 && first <= 0xdf) return 2;
  if (first >= 0xe0 && first <= 0xef) return 3;
  if (first >= 0xf0 && first <= 0xf4) return 4;
  return 0;
}

bool is_scalar(uint32_t code_point, size_t length) {
  constexpr uint32_t smallest[] = {0, 0, 0x80, 0x800, 0x10000};
  const bool surrogate = code_point >= 0xd800 && code_point <= 0xdfff;
  return code_point >= smallest[length] && code_point <= 0x10ffff && !surrogate;
}

Prefix decode_prefix(std::string_view text, size_t code_points_max) {
  Prefix prefix;
  while (prefix.byte_count < text.size() && prefix.code_points.size() < code_points_max) {
    const auto first = static_cast<unsigned char>(text[prefix.byte_count]);
    const size_t length = sequence_length(first);
    prefix.valid = length != 0 && prefix.byte_count + length <= text.size();
    if (!prefix.valid) return prefix;
    uint32_t code_point = length == 1 ? first : first & (0x7fU >> length);
    for (size_t i = 1; i < length; ++i) {
      const auto next = static_cast<unsigned char>(text[prefix.byte_count + i]);
      prefix.valid = prefix.valid && (next & 0xc0) == 0x80;
      code_point = code_point << 6 | (next & 0x3fU);
    }
    prefix.valid = prefix.valid && is_scalar(code_point, length);
    if (!prefix.valid) return prefix;
    prefix.code_points.push_back(code_point);
    prefix.byte_count += length;
  }
  return prefix;
}

void append_utf8(std::string& out, uint32_t code_point) {
  const auto byte = [&](uint32_t bits) { out.push_back(static_cast<char>(bits)); };
  if (code_point < 0x80) return byte(code_point);
  if (code_point < 0x800) {
    byte(0xc0 | code_point >> 6);
  } else if (code_point < 0x10000) {
    byte(0xe0 | code_point >> 12);
    byte(0x80 | (code_point >> 6 & 0x3f));
  } else {
    byte(0xf0 | code_point >> 18);
    byte(0x80 | (code_point >> 12 & 0x3f));
    byte(0x80 | (code_point >> 6 & 0x3f));
  }
  byte(0x80 | (code_point & 0x3f));
}

}  // namespace

std::string encode_bound(bool value) { return std::string(1, value ? '\1' : '\0'); }

std::string encode_bound(int32_t value) { return little_endian(static_cast<uint32_t>(value)); }

std::string encode_bound(int64_t value) { return little_endian(static_cast<uint64_t>(value)); }

std::string encode_bound(double value) {
  assert(!std::isnan(value));
  return little_endian(std::bit_cast<uint64_t>(value));
}

std::string encode_lower(double smallest) { return encode_bound(smallest == 0 ? -0.0 : smallest); }

std::string encode_upper(double largest) { return encode_bound(largest == 0 ? 0.0 : largest); }

std::string truncate_lower(std::string_view smallest, size_t code_points) {
  return std::string(smallest.substr(0, decode_prefix(smallest, code_points).byte_count));
}

std::optional<std::string> truncate_upper(std::string_view largest, size_t code_points) {
  Prefix prefix = decode_prefix(largest, code_points);
  if (!prefix.valid) return std::nullopt;
  if (prefix.byte_count == largest.size()) return std::string(largest);
  while (!prefix.code_points.empty()) {
    uint32_t& last = prefix.code_points.back();
    if (last != 0x10ffff) {
      last = last == 0xd7ff ? 0xe000 : last + 1;
      std::string bound;
      for (const uint32_t code_point : prefix.code_points) append_utf8(bound, code_point);
      return bound;
    }
    prefix.code_points.pop_back();
  }
  return std::nullopt;
}

}  // namespace lakegate
