// The key that signs and verifies access tokens: RSA, so RS256 and nothing else. The algorithm belongs to the key; what
// a token's header says is compared with it and never chosen by it.
#pragma once

#include <filesystem>
#include <memory>
#include <string>
#include <string_view>

#include "base/result.h"

using EVP_PKEY = struct evp_pkey_st;

namespace lakegate::auth {

// Immutable; sign and verify are thread-safe.
class TokenKey {
 public:
  // A new RSA key of 2048 bits. About 100 ms.
  static Result<TokenKey> generate();
  // An unencrypted PKCS#8 text. `corrupt` where it is none, or no RSA key of 2048 bits or more.
  static Result<TokenKey> from_pem(std::string_view pem);
  // Reads the key from `path`; where there is no such file, makes one there, readable by its owner alone and durable
  // before this returns. A crash leaves the whole file or none.
  static Result<TokenKey> load_or_create(const std::filesystem::path& path);

  std::string to_pem() const;
  // The RFC 7638 thumbprint of the public key: the same at every start.
  const std::string& key_id() const { return key_id_; }

  std::string sign(std::string_view bytes) const;
  bool verify(std::string_view bytes, std::string_view signature) const;

 private:
  struct Free {
    void operator()(EVP_PKEY* key) const;
  };
  using Handle = std::unique_ptr<EVP_PKEY, Free>;

  explicit TokenKey(Handle key);

  Handle key_;
  std::string key_id_;
};

}  // namespace lakegate::auth
