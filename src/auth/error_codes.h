// The gateway's errors, contract/auth.md "Gateway errors". The first three digits are the HTTP status; `title` is the
// wire's message, word for word, because clients compare it.
#pragma once

#include "base/error.h"

namespace lakegate::codes {

inline constexpr ErrorCode token_missing{"403010", ErrorKind::unauthenticated, "Oauth token is missing."};
inline constexpr ErrorCode token_invalid{"401013", ErrorKind::unauthenticated, "Oauth token is not valid"};
inline constexpr ErrorCode api_key_missing{"403000", ErrorKind::forbidden, "Api Key is required"};
inline constexpr ErrorCode api_key_invalid{"403003", ErrorKind::forbidden, "Api Key is invalid"};
inline constexpr ErrorCode org_missing{"400003", ErrorKind::invalid, "Missing header"};
inline constexpr ErrorCode org_forbidden{"403025", ErrorKind::forbidden, "Profile is not valid"};
inline constexpr ErrorCode org_malformed{"403027", ErrorKind::forbidden, "User region is missing"};
// Token routes answer {"error","error_description"}: `title` is the former, the message the latter.
inline constexpr ErrorCode client_unknown{"IMS-1-400", ErrorKind::unauthenticated, "invalid_client"};
inline constexpr ErrorCode client_secret_wrong{"IMS-2-400", ErrorKind::unauthenticated, "invalid_client"};
inline constexpr ErrorCode token_request_invalid{"IMS-3-400", ErrorKind::invalid, "invalid_request"};
inline constexpr ErrorCode grant_type_unsupported{"IMS-4-400", ErrorKind::invalid, "unsupported_grant_type"};

inline constexpr ErrorCode assertion_invalid{"IMS-5-400", ErrorKind::unauthenticated, "invalid_token"};
inline constexpr ErrorCode assertion_audience{"IMS-6-400", ErrorKind::unauthenticated, "invalid_client"};
inline constexpr ErrorCode exchange_refused{"IMS-7-401", ErrorKind::unauthenticated, "invalid_client"};

inline constexpr ErrorCode too_many_requests{"429050", ErrorKind::unavailable, "Too many requests"};
// The contract found no code for an unknown sandbox: ours.
inline constexpr ErrorCode sandbox_unknown{"404010", ErrorKind::not_found, "Sandbox is unknown"};

// The keys of an outside token's issuer cannot be read, and none that still hold are kept: ours, too.
inline constexpr ErrorCode issuer_unreachable{"503010", ErrorKind::unavailable, "Issuer cannot be reached"};

// The service's form.
inline constexpr ErrorCode operator_only{"LG-1501-403", ErrorKind::forbidden, "Only for the operator's org"};
inline constexpr ErrorCode grant_exceeds{"LG-1504-403", ErrorKind::forbidden,
                                         "A key can hand on only what it may itself"};
inline constexpr ErrorCode key_needed{"LG-1505-409", ErrorKind::conflict, "The org needs this key"};
inline constexpr ErrorCode org_needed{"LG-1506-409", ErrorKind::conflict, "The server needs this org"};
inline constexpr ErrorCode sandbox_needed{"LG-1507-409", ErrorKind::conflict, "The org needs this sandbox"};

}  // namespace lakegate::codes
