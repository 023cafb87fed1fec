// Tokens of outside issuers: their form, and what an issuer's terms say of their claims. RFC 7519, RFC 8725, RFC 9068,
// OpenID Connect Core section 3.1.3.7.
#pragma once

#include <boost/json/value.hpp>

#include <optional>
#include <string>
#include <string_view>

#include "auth/issuer.h"
#include "auth/jwks.h"
#include "base/clock.h"
#include "base/result.h"

namespace lakegate::auth {

inline constexpr size_t issuer_token_bytes_max = 16 * 1024;

// What is written in a token, before anyone believes it.
struct IssuerToken {
  std::string_view text;
  std::string algorithm;
  std::string key_id;  // empty: it names none
  std::string type;    // `typ` in lower case, without "application/"; empty: it has none
  size_t signature_bytes = 0;
  boost::json::value claims;  // an object

  std::string_view issuer() const;
};

// The form alone. `token_invalid`: over `issuer_token_bytes_max`, not three parts of canonical base 64, header or
// claims no strict JSON objects, no `alg`, a critical extension (none is known here). `jku`, `x5u`, `jwk`, `x5c` are
// not looked at: keys come from the registered issuer and from nowhere else. `text` outlives the result.
Result<IssuerToken> read_issuer_token(std::string_view text);

// When a token holds, in milliseconds.
struct TokenTimes {
  Millis expires = 0;
  Millis begins = 0;  // the later of `nbf` and `iat`; 0: it has neither
  Millis issued = 0;  // `iat`, else `nbf`; 0: it has neither
};

// Everything that does not need a key: algorithm, type, audience, times that are usable, `sub`, the user's claim, azp.
// `token_invalid` with what was found.
Status check_terms(const IssuerToken& token, const IssuerTerms& terms);
Result<TokenTimes> times_of(const IssuerToken& token);
Status check_times(const TokenTimes& times, int64_t clock_skew_s, Millis now);

// The value of the claim that names the user: a text of 1 to 255 bytes without control characters.
Result<std::string> user_of(const IssuerToken& token, const IssuerTerms& terms);

// The key of the set that signed it. `token_invalid`: none.
Result<std::shared_ptr<const IssuerKey>> signer_of(const IssuerToken& token, const KeySet& keys);

}  // namespace lakegate::auth
