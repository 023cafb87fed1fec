// Access tokens: JSON Web Tokens (RFC 7519) in the payload that contract/auth.md describes. Clients treat them as
// opaque.
#pragma once

#include <string>
#include <string_view>

#include "auth/token_key.h"
#include "base/clock.h"
#include "base/result.h"

namespace lakegate::auth {

inline constexpr Millis token_lifetime_ms = 24 * 60 * 60 * 1000;
inline constexpr size_t token_bytes_max = 8192;

struct AccessToken {
  std::string id;  // unique
  std::string client_id;
  std::string user_id;
  std::string org;    // "…@AdobeOrg"
  std::string scope;  // as the client asked for it
  Millis created_at = 0;
  Millis expires_in = token_lifetime_ms;

  bool operator==(const AccessToken&) const = default;
};

// `token_invalid`: it begins in the future or has ended.
Status check_times(const AccessToken& token, Millis now);

std::string sign_token(const AccessToken& token, const TokenKey& key);

// What a token says, once it is sure that `key` signed it for that use, that it began and has not ended.
// `token_invalid` in every other case: another algorithm (or none) or key id in its header, a changed byte, another
// spelling of its base 64, an unknown critical extension, another kind of token, times that are missing, in the future
// or over. Nothing of a token is looked at before its signature was found good, its header excepted.
Result<AccessToken> verify_token(std::string_view text, const TokenKey& key, Millis now);

// Whether the token's header names `key`: no other server's token and no outside issuer's does.
bool names_key(std::string_view text, const TokenKey& key);

}  // namespace lakegate::auth
