#include "base/random.h"

#include <openssl/rand.h>

#include <array>
#include <cstdlib>
#include <cstring>
#include <string_view>

namespace lakegate {
namespace {

constexpr std::string_view hex_digits = "0123456789abcdef";
constexpr std::string_view crockford = "0123456789ABCDEFGHJKMNPQRSTVWXYZ";

}  // namespace

uint64_t Random::next_u64() {
  uint64_t value = 0;
  fill(std::as_writable_bytes(std::span(&value, 1)));
  return value;
}

std::string Random::hex(size_t digits) {
  std::string bytes((digits + 1) / 2, '\0');
  fill(std::as_writable_bytes(std::span(bytes)));
  std::string text(digits, '0');
  for (size_t i = 0; i < digits; ++i) {
    const auto byte = static_cast<unsigned char>(bytes[i / 2]);
    text[i] = hex_digits[i % 2 == 0 ? byte >> 4 : byte & 15];
  }
  return text;
}

std::string Random::uuid() {
  std::string text = hex(32);
  text[12] = '4';
  text[16] = hex_digits[8 + (hex_digits.find(text[16]) & 3)];
  for (const size_t at : {8, 13, 18, 23}) text.insert(at, 1, '-');
  return text;
}

std::string Random::ulid(Millis now) {
  std::array<std::byte, 16> chance{};
  fill(chance);
  std::string text(26, '0');
  for (size_t i = 0; i < 10; ++i) text[i] = crockford[(now >> (45 - 5 * i)) & 31];
  for (size_t i = 0; i < 16; ++i) text[10 + i] = crockford[std::to_integer<unsigned>(chance[i]) & 31];
  return text;
}

void SystemRandom::fill(std::span<std::byte> out) {
  // Without randomness no id or secret is safe: there is nothing to go on with.
  if (RAND_bytes(reinterpret_cast<unsigned char*>(out.data()), static_cast<int>(out.size())) != 1) std::abort();
}

void SeededRandom::fill(std::span<std::byte> out) {
  const std::lock_guard lock(mutex_);
  for (size_t i = 0; i < out.size(); i += sizeof(uint64_t)) {
    const uint64_t word = engine_();
    std::memcpy(out.data() + i, &word, std::min(sizeof(word), out.size() - i));
  }
}

}  // namespace lakegate
