// Addresses of issuers, read by libcurl, which also fetches them: there is no second opinion of what an address means.
#pragma once

#include <string>
#include <string_view>

#include "base/result.h"

namespace lakegate::auth {

inline constexpr size_t issuer_bytes_max = 512;

struct IssuerAddress {
  bool https = false;
  bool loopback = false;  // localhost, 127.0.0.0/8, ::1
};

// `invalid_argument`: not http or https, with user, query or fragment, with bytes other than printable ASCII, too long.
Result<IssuerAddress> read_issuer_address(std::string_view url);

// The same for where its keys are: a query is possible there (Entra and B2C have one).
Result<IssuerAddress> read_jwks_address(std::string_view url);

}  // namespace lakegate::auth
