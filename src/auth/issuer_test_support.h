// Keys of issuers that tests make, and tokens that they sign, right and wrong ones. By OpenSSL alone: what is tested
// verifies with cjose.
#pragma once

#include <memory>
#include <string>
#include <string_view>

using EVP_PKEY = struct evp_pkey_st;

namespace lakegate::auth {

class SigningKey {
 public:
  static SigningKey rsa(std::string key_id, int bits = 2048);
  // "P-256", "P-384" or "P-521".
  static SigningKey elliptic(std::string key_id, const char* curve = "P-256");

  // {"kty", "kid", numbers…} with `more`, members as JSON text: R"("use":"sig")".
  std::string jwk(std::string_view more = {}) const;
  // Raw, as RFC 7518 has it. `algorithm`: RS, PS or ES with 256, 384, 512.
  std::string sign(std::string_view bytes, std::string_view algorithm) const;
  // {"alg", "kid", "typ": "at+jwt"}, `payload`, signed.
  std::string token(std::string_view payload, std::string_view algorithm) const;
  // Any header.
  std::string token_with(std::string_view header, std::string_view payload, std::string_view algorithm) const;

  const std::string& key_id() const { return key_id_; }

 private:
  SigningKey(std::string key_id, EVP_PKEY* key);

  std::string key_id_;
  std::shared_ptr<EVP_PKEY> key_;
};

std::string jwks_of(std::initializer_list<std::string> keys);

}  // namespace lakegate::auth
