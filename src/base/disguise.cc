#include "base/disguise.h"

#include <cstdint>

namespace lakegate {

CodePoint find_disguise(std::string_view text) {
  const auto byte = [&](size_t i) { return i < text.size() ? static_cast<uint8_t>(text[i]) : 0U; };
  if (byte(0) == 0xC2 && byte(1) < 0xA0) return {byte(1), 2};
  if (byte(0) == 0xD8 && byte(1) == 0x9C) return {0x061C, 2};
  if (byte(0) != 0xE2) return {};
  const unsigned number = 0x2000U | (byte(1) & 0x3F) << 6 | (byte(2) & 0x3F);
  const bool hides = number == 0x200E || number == 0x200F || (number >= 0x2028 && number <= 0x202E) ||
                     (number >= 0x2066 && number <= 0x2069);
  return hides ? CodePoint{number, 3} : CodePoint{};
}

}  // namespace lakegate
