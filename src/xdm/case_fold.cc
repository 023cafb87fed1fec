#include "xdm/case_fold.h"

namespace lakegate::xdm {
namespace {

// Two-byte code points only: all alphabets above lie below U+0800.
char32_t lower(char32_t c) {
  if (c >= 0xC0 && c <= 0xDE && c != 0xD7) return c + 0x20;                          // Latin-1
  if ((c >= 0x100 && c <= 0x137) || (c >= 0x14A && c <= 0x177)) return c | 1;        // pairs, upper case even
  if ((c >= 0x139 && c <= 0x148) || (c >= 0x179 && c <= 0x17E)) return c + (c & 1);  // pairs, upper case odd
  if (c == 0x178) return 0xFF;
  if (c >= 0x391 && c <= 0x3A9) return c + 0x20;  // Greek
  if (c >= 0x410 && c <= 0x42F) return c + 0x20;  // Cyrillic
  if (c >= 0x400 && c <= 0x40F) return c + 0x50;
  return c;
}

}  // namespace

std::string fold_case(std::string_view utf8) {
  std::string out;
  out.reserve(utf8.size());
  for (size_t at = 0; at < utf8.size(); ++at) {
    const auto first = static_cast<unsigned char>(utf8[at]);
    const bool is_pair = first >= 0xC2 && first <= 0xDF && at + 1 < utf8.size() &&
                         (static_cast<unsigned char>(utf8[at + 1]) & 0xC0) == 0x80;
    if (!is_pair) {
      out += first >= 'A' && first <= 'Z' ? static_cast<char>(first + 0x20) : utf8[at];
      continue;
    }
    const char32_t folded = lower((first & 0x1Fu) << 6 | (static_cast<unsigned char>(utf8[++at]) & 0x3Fu));
    out += static_cast<char>(0xC0 | folded >> 6);
    out += static_cast<char>(0x80 | (folded & 0x3F));
  }
  return out;
}

}  // namespace lakegate::xdm
