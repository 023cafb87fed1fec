#include "auth/issuer_test_support.h"

#include <fmt/format.h>
#include <openssl/bn.h>
#include <openssl/core_names.h>
#include <openssl/ec.h>
#include <openssl/evp.h>
#include <openssl/rsa.h>

#include <stdexcept>

#include "auth/base64url.h"

namespace lakegate::auth {
namespace {

void must_be(bool fine) {
  if (!fine) throw std::runtime_error("OpenSSL refused");
}

std::string number(const EVP_PKEY* key, const char* name, size_t bytes = 0) {
  BIGNUM* value = nullptr;
  must_be(EVP_PKEY_get_bn_param(key, name, &value) == 1);
  std::string text(bytes == 0 ? static_cast<size_t>(BN_num_bytes(value)) : bytes, '\0');
  must_be(BN_bn2binpad(value, reinterpret_cast<unsigned char*>(text.data()), static_cast<int>(text.size())) > 0);
  BN_free(value);
  return to_base64url(text);
}

size_t coordinate_bytes(const EVP_PKEY* key) { return static_cast<size_t>(EVP_PKEY_get_bits(key) + 7) / 8; }

const EVP_MD* digest_of(std::string_view algorithm) {
  if (algorithm.ends_with("256")) return EVP_sha256();
  return algorithm.ends_with("384") ? EVP_sha384() : EVP_sha512();
}

// DER → r and s beside each other.
std::string raw_signature(const std::string& der, size_t bytes) {
  const auto* begin = reinterpret_cast<const unsigned char*>(der.data());
  ECDSA_SIG* parsed = d2i_ECDSA_SIG(nullptr, &begin, static_cast<long>(der.size()));
  must_be(parsed != nullptr);
  std::string raw(bytes * 2, '\0');
  auto* into = reinterpret_cast<unsigned char*>(raw.data());
  must_be(BN_bn2binpad(ECDSA_SIG_get0_r(parsed), into, static_cast<int>(bytes)) > 0);
  must_be(BN_bn2binpad(ECDSA_SIG_get0_s(parsed), into + bytes, static_cast<int>(bytes)) > 0);
  ECDSA_SIG_free(parsed);
  return raw;
}

}  // namespace

SigningKey::SigningKey(std::string key_id, EVP_PKEY* key) : key_id_(std::move(key_id)), key_(key, EVP_PKEY_free) {
  must_be(key != nullptr);
}

SigningKey SigningKey::rsa(std::string key_id, int bits) {
  return {std::move(key_id), EVP_RSA_gen(static_cast<unsigned>(bits))};
}

SigningKey SigningKey::elliptic(std::string key_id, const char* curve) {
  return {std::move(key_id), EVP_EC_gen(curve)};
}

std::string SigningKey::jwk(std::string_view more) const {
  const std::string rest = more.empty() ? "" : fmt::format(",{}", more);
  if (EVP_PKEY_get_base_id(key_.get()) == EVP_PKEY_RSA)
    return fmt::format(R"({{"kty":"RSA","kid":"{}","n":"{}","e":"{}"{}}})", key_id_,
                       number(key_.get(), OSSL_PKEY_PARAM_RSA_N), number(key_.get(), OSSL_PKEY_PARAM_RSA_E), rest);
  const size_t bytes = coordinate_bytes(key_.get());
  return fmt::format(R"({{"kty":"EC","kid":"{}","crv":"P-{}","x":"{}","y":"{}"{}}})", key_id_,
                     EVP_PKEY_get_bits(key_.get()), number(key_.get(), OSSL_PKEY_PARAM_EC_PUB_X, bytes),
                     number(key_.get(), OSSL_PKEY_PARAM_EC_PUB_Y, bytes), rest);
}

std::string SigningKey::sign(std::string_view bytes, std::string_view algorithm) const {
  const std::unique_ptr<EVP_MD_CTX, decltype(&EVP_MD_CTX_free)> context(EVP_MD_CTX_new(), EVP_MD_CTX_free);
  EVP_PKEY_CTX* options = nullptr;
  must_be(EVP_DigestSignInit(context.get(), &options, digest_of(algorithm), nullptr, key_.get()) == 1);
  if (algorithm.starts_with("PS")) {
    must_be(EVP_PKEY_CTX_set_rsa_padding(options, RSA_PKCS1_PSS_PADDING) == 1);
    must_be(EVP_PKEY_CTX_set_rsa_pss_saltlen(options, RSA_PSS_SALTLEN_DIGEST) == 1);
  }
  const auto* data = reinterpret_cast<const unsigned char*>(bytes.data());
  size_t size = 0;
  must_be(EVP_DigestSign(context.get(), nullptr, &size, data, bytes.size()) == 1);
  std::string signature(size, '\0');
  must_be(EVP_DigestSign(context.get(), reinterpret_cast<unsigned char*>(signature.data()), &size, data,
                         bytes.size()) == 1);
  signature.resize(size);
  return algorithm.starts_with("ES") ? raw_signature(signature, coordinate_bytes(key_.get())) : signature;
}

std::string SigningKey::token_with(std::string_view header, std::string_view payload,
                                   std::string_view algorithm) const {
  const std::string text = to_base64url(header) + "." + to_base64url(payload);
  return text + "." + to_base64url(sign(text, algorithm));
}

std::string SigningKey::token(std::string_view payload, std::string_view algorithm) const {
  return token_with(fmt::format(R"({{"alg":"{}","kid":"{}","typ":"at+jwt"}})", algorithm, key_id_), payload, algorithm);
}

std::string jwks_of(std::initializer_list<std::string> keys) {
  return fmt::format(R"({{"keys":[{}]}})", fmt::join(keys, ","));
}

}  // namespace lakegate::auth
