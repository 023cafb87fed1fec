#include "auth/client_secret.h"

#include <fmt/core.h>
#include <openssl/crypto.h>
#include <openssl/evp.h>

#include <charconv>
#include <cstdlib>

#include "auth/base64url.h"

namespace lakegate::auth {
namespace {

constexpr std::string_view scheme = "pbkdf2-sha256";
constexpr int iterations_default = 4096;
constexpr int iterations_max = 1'000'000;  // of a stored hash: a damaged row must not hang a thread
constexpr size_t hash_bytes = 32;
constexpr size_t salt_bytes = 16;

std::string random_bytes(Random& random, size_t count) {
  std::string bytes(count, '\0');
  random.fill(std::as_writable_bytes(std::span(bytes)));
  return bytes;
}

std::string derive(std::string_view secret, std::string_view salt, int iterations) {
  std::string hash(hash_bytes, '\0');
  const int done =
      PKCS5_PBKDF2_HMAC(secret.data(), static_cast<int>(secret.size()),
                        reinterpret_cast<const unsigned char*>(salt.data()), static_cast<int>(salt.size()), iterations,
                        EVP_sha256(), static_cast<int>(hash.size()), reinterpret_cast<unsigned char*>(hash.data()));
  // Only a lack of memory can stop it; an undefined hash must never be compared with.
  if (done != 1) std::abort();
  return hash;
}

// Cuts the text before the next ':' off `rest`.
std::string_view next_part(std::string_view& rest) {
  const size_t colon = rest.find(':');
  const std::string_view part = rest.substr(0, colon);
  rest = colon == std::string_view::npos ? std::string_view{} : rest.substr(colon + 1);
  return part;
}

}  // namespace

std::string make_client_secret(Random& random) { return "lgs-" + to_base64url(random_bytes(random, 32)); }

std::string hash_client_secret(std::string_view secret, Random& random) {
  const std::string salt = random_bytes(random, salt_bytes);
  return fmt::format("{}:{}:{}:{}", scheme, iterations_default, to_base64url(salt),
                     to_base64url(derive(secret, salt, iterations_default)));
}

bool client_secret_matches(std::string_view secret, std::string_view hash) {
  std::string_view rest = hash;
  if (next_part(rest) != scheme) return false;
  const std::string_view count = next_part(rest);
  int iterations = 0;
  const auto read = std::from_chars(count.data(), count.data() + count.size(), iterations);
  if (read.ec != std::errc{} || iterations < 1 || iterations > iterations_max) return false;
  const auto salt = from_base64url(next_part(rest));
  const auto expected = from_base64url(rest);
  if (!salt || !expected || expected->size() != hash_bytes) return false;
  const std::string found = derive(secret, *salt, iterations);
  return CRYPTO_memcmp(found.data(), expected->data(), hash_bytes) == 0;
}

}  // namespace lakegate::auth
