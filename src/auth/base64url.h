// Base 64 with the URL alphabet and no padding, RFC 4648 section 5: the spelling of JSON Web Tokens.
#pragma once

#include <optional>
#include <string>
#include <string_view>

namespace lakegate::auth {

std::string to_base64url(std::string_view bytes);

// Nothing where `text` has padding, another alphabet, an impossible length or stray bits at its end: each
// byte sequence has exactly one spelling.
std::optional<std::string> from_base64url(std::string_view text);

}  // namespace lakegate::auth
