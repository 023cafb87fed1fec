// The public half of a key that a client signs with: what its assertions are verified by.
#pragma once

#include <memory>
#include <string>
#include <string_view>

#include "base/result.h"

using EVP_PKEY = struct evp_pkey_st;

namespace lakegate::auth {

// Immutable; verify is thread-safe.
class PublicKey {
 public:
  // A PEM text: a public key (SubjectPublicKeyInfo) or an X.509 certificate, whose own dates and issuer count for
  // nothing: who may register a key vouches for it. `invalid_argument` where it is neither, a private key, or not RSA
  // of 2048 to 8192 bits.
  static Result<PublicKey> from_pem(std::string_view pem);

  // The key alone, in PEM.
  std::string to_pem() const;
  // The RFC 7638 thumbprint: the same key has the same id.
  std::string key_id() const;
  int bits() const;

  // RS256.
  bool verify(std::string_view bytes, std::string_view signature) const;

 private:
  struct Free {
    void operator()(EVP_PKEY* key) const;
  };
  using Handle = std::unique_ptr<EVP_PKEY, Free>;

  explicit PublicKey(Handle key) : key_(std::move(key)) {}

  Handle key_;
};

}  // namespace lakegate::auth
