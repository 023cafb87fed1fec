// Assertions: JSON Web Tokens that a client signs with its own key, to be exchanged for an access token.
// contract/auth.md "Token endpoints", JWT exchange.
#pragma once

#include <span>
#include <string>
#include <string_view>

#include "auth/public_key.h"
#include "base/clock.h"
#include "base/result.h"
#include "model/ids.h"

namespace lakegate::auth {

inline constexpr size_t assertion_bytes_max = 16 * 1024;

// Whom the assertion has to be from and for.
struct AssertionTerms {
  ApiKey client_id;
  ImsOrgId ims_org;
};

// Fine where one of `keys` signed it by RS256, `iss` is the org, `sub` names someone, `aud` is an address that ends
// with
// "/c/" and the client's id, on whatever host, and `exp` (seconds) is to come. `assertion_invalid` says what is wrong;
// `assertion_audience` where it is for another client. Nothing of its payload is looked at before its signature.
Status verify_assertion(std::string_view text, std::span<const PublicKey> keys, const AssertionTerms& terms,
                        Millis now);

}  // namespace lakegate::auth
