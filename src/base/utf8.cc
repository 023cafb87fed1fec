#include "base/utf8.h"

#include <fmt/core.h>

#include <algorithm>
#include <cstddef>
#include <cstdint>
#include <cstring>

#include "base/disguise.h"

namespace lakegate {
namespace {

// Length of the sequence that `lead` begins, 0 when none does.
size_t sequence_length(uint8_t lead) {
  if (lead < 0x80) return 1;
  if (lead >= 0xC2 && lead <= 0xDF) return 2;
  if (lead >= 0xE0 && lead <= 0xEF) return 3;
  if (lead >= 0xF0 && lead <= 0xF4) return 4;
  return 0;
}

// The second byte carries all limits that the lead leaves open (RFC 3629 section 4).
bool second_fits(uint8_t lead, uint8_t second) {
  switch (lead) {
    case 0xE0: return second >= 0xA0 && second <= 0xBF;
    case 0xED: return second >= 0x80 && second <= 0x9F;
    case 0xF0: return second >= 0x90 && second <= 0xBF;
    case 0xF4: return second >= 0x80 && second <= 0x8F;
    default: return second >= 0x80 && second <= 0xBF;
  }
}

// Length of the valid sequence at the front of a text that is not empty, 0 when there is none.
size_t valid_sequence(std::string_view text) {
  const auto lead = static_cast<uint8_t>(text[0]);
  const size_t length = sequence_length(lead);
  if (length == 0 || text.size() < length) return 0;
  if (length > 1 && !second_fits(lead, static_cast<uint8_t>(text[1]))) return 0;
  for (size_t i = 2; i < length; ++i) {
    if ((static_cast<uint8_t>(text[i]) & 0xC0) != 0x80) return 0;
  }
  return length;
}

}  // namespace

bool is_utf8(std::string_view text) {
  size_t at = 0;
  while (at < text.size()) {
    // Most text is ASCII: eight bytes at a time.
    uint64_t word = 0;
    if (text.size() - at >= sizeof(word)) {
      std::memcpy(&word, text.data() + at, sizeof(word));
      if ((word & 0x8080808080808080) == 0) {
        at += sizeof(word);
        continue;
      }
    }
    const size_t length = valid_sequence(text.substr(at));
    if (length == 0) return false;
    at += length;
  }
  return true;
}

size_t code_point_count(std::string_view text) {
  return static_cast<size_t>(
      std::ranges::count_if(text, [](char c) { return (static_cast<uint8_t>(c) & 0xC0) != 0x80; }));
}

std::string printable(std::string_view bytes, size_t code_points_max) {
  std::string shown;
  while (!bytes.empty()) {
    if (code_points_max-- == 0) return shown + "…";
    const size_t length = valid_sequence(bytes);
    const auto first = static_cast<uint8_t>(bytes[0]);
    if (length == 0 || first < 0x20 || first == 0x7F) {
      shown += fmt::format("\\x{:02x}", first);
      bytes.remove_prefix(1);
    } else if (const CodePoint disguise = find_disguise(bytes.substr(0, length)); disguise.bytes > 0) {
      shown += fmt::format("\\u{:04x}", disguise.number);
      bytes.remove_prefix(length);
    } else {
      shown += bytes.substr(0, length);
      bytes.remove_prefix(length);
    }
  }
  return shown;
}

}  // namespace lakegate
