// Discovery: where an issuer keeps its keys. OpenID Connect Discovery 1.0, section 4.
#pragma once

#include <string>
#include <string_view>

#include "base/result.h"

namespace lakegate::auth {

inline constexpr size_t discovery_bytes_max = 64 * 1024;

// "https://login.example.com/realm/" → "https://login.example.com/realm/.well-known/openid-configuration".
std::string discovery_address(std::string_view issuer);

// The jwks_uri. `issuer_unreachable`: the document is no strict JSON object, is of another issuer than `issuer` (byte
// by byte), or names no usable address. What was read over http leads to https or to this machine, unless http is
// allowed (setting auth.issuer_http); what was read over https to https alone, on whatever host.
Result<std::string> read_discovery(std::string_view document, std::string_view issuer, bool http_allowed);

}  // namespace lakegate::auth
