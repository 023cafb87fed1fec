#include "base/sha256.h"

#include <fmt/format.h>
#include <openssl/evp.h>

#include <array>
#include <cstdlib>
#include <iterator>

namespace lakegate {

namespace {

using Digest = std::array<unsigned char, 32>;

std::string hex_of(const Digest& digest) {
  std::string hex;
  hex.reserve(2 * digest.size());
  for (const unsigned char byte : digest) fmt::format_to(std::back_inserter(hex), "{:02x}", byte);
  return hex;
}

// Only a lack of memory can stop a digest; an undefined one must never be compared with.
void expect_done(int result) {
  if (result != 1) std::abort();
}

}  // namespace

std::string sha256_hex(std::string_view text) {
  Digest digest{};
  unsigned int length = 0;
  expect_done(EVP_Digest(text.data(), text.size(), digest.data(), &length, EVP_sha256(), nullptr));
  return hex_of(digest);
}

Sha256::Sha256() : context_(EVP_MD_CTX_new()) { expect_done(EVP_DigestInit_ex(context_, EVP_sha256(), nullptr)); }

Sha256::~Sha256() { EVP_MD_CTX_free(context_); }

void Sha256::update(std::span<const std::byte> bytes) {
  expect_done(EVP_DigestUpdate(context_, bytes.data(), bytes.size()));
}

std::string Sha256::hex() && {
  Digest digest{};
  unsigned int length = 0;
  expect_done(EVP_DigestFinal_ex(context_, digest.data(), &length));
  return hex_of(digest);
}

}  // namespace lakegate
