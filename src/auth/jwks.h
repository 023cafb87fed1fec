// JWKS: the public keys that an issuer shows (RFC 7517), and the signatures of its tokens (RFC 7515, 7518). The only
// user of cjose, which reads the keys and verifies.
#pragma once

#include <cstdint>
#include <memory>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "base/result.h"

using cjose_jwk_t = struct _cjose_jwk_int;

namespace lakegate::auth {

inline constexpr size_t jwks_bytes_max = 256 * 1024;
inline constexpr size_t jwks_keys_max = 128;
// That are tried on a token: each try costs, and anybody may send tokens.
inline constexpr size_t keys_of_one_id_max = 4;

// RS, PS and ES with 256, 384 and 512 bits: what cjose verifies of what a public key can sign. No HS, no none; EdDSA is
// beyond it.
std::span<const std::string_view> known_algorithms();
bool is_known_algorithm(std::string_view name);

// Immutable; verify is thread-safe.
class IssuerKey {
 public:
  struct Made {
    cjose_jwk_t* handle = nullptr;  // owned
    std::string key_id;
    std::string algorithm;
    std::string fingerprint;
    bool elliptic = false;
    int bits = 0;
  };
  explicit IssuerKey(Made made);

  const std::string& key_id() const { return made_.key_id; }  // empty: it has none
  const std::string& fingerprint() const {
    return made_.fingerprint;
  }  // of all its members: the same key, the same text

  // The key is of the algorithm's kind, size and curve, and names no other one.
  bool fits(std::string_view algorithm) const;

  // `token`: a compact JWS whose header names `algorithm`, `signature_bytes` long. False where the key does not fit.
  bool verify(std::string_view token, std::string_view algorithm, size_t signature_bytes) const;

 private:
  struct Release {
    void operator()(cjose_jwk_t* key) const;
  };

  Made made_;
  std::unique_ptr<cjose_jwk_t, Release> handle_;
};

struct KeySet {
  std::vector<std::shared_ptr<const IssuerKey>> keys;
  std::vector<std::string> unusable;  // of each key that was left out: its id and why, for people

  // Those that a token with that key id (empty: none) and algorithm may be signed by, at most the first
  // keys_of_one_id_max. Without an id: only where there is no choice.
  std::vector<std::shared_ptr<const IssuerKey>> candidates(std::string_view key_id, std::string_view algorithm) const;
  bool contains(std::string_view fingerprint) const;
};

// A key that cannot verify is left out, not an error: of another kind or curve, small, for encryption, private.
// `issuer_unreachable`: this is no JWKS, or too much of one.
Result<KeySet> parse_jwks(std::string_view text);

}  // namespace lakegate::auth
