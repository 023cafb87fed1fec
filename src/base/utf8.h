// UTF-8 as RFC 3629 has it: no surrogates, no over-long forms, nothing above U+10FFFF.
#pragma once

#include <cstddef>
#include <cstdint>
#include <cstring>
#include <string>
#include <string_view>

namespace lakegate {

bool is_utf8(std::string_view text);

// Whether all bytes are below 0x80. Inline since it is asked of each short text of large files.
inline bool is_ascii(std::string_view text) {
  constexpr uint64_t high_bits = 0x8080808080808080;
  const auto word_at = [&](size_t at) {
    uint64_t word = 0;
    std::memcpy(&word, text.data() + at, sizeof(word));
    return word;
  };
  constexpr size_t word_bytes = sizeof(uint64_t);
  uint64_t bits = 0;
  if (text.size() < word_bytes) {
    for (const char c : text) bits |= static_cast<uint8_t>(c);
    return (bits & 0x80) == 0;
  }
  for (size_t at = 0; at + word_bytes <= text.size(); at += word_bytes) bits |= word_at(at);
  bits |= word_at(text.size() - word_bytes);  // the rest, and some bytes once more
  return (bits & high_bits) == 0;
}

// Code points of valid UTF-8.
size_t code_point_count(std::string_view text);

// Valid UTF-8 for people: at most `code_points_max` code points, then "…"; control characters and bytes that are not
// UTF-8 as \xNN, disguises (base/disguise.h) as \uNNNN.
std::string printable(std::string_view bytes, size_t code_points_max);

}  // namespace lakegate
