// Client secrets: made by us, shown once, kept as a salted hash.
#pragma once

#include <string>
#include <string_view>

#include "base/random.h"

namespace lakegate::auth {

// A new secret: "lgs-" and 43 characters of 256 random bits.
std::string make_client_secret(Random& random);

// "pbkdf2-sha256:<iterations>:<salt>:<hash>", a salt of its own for each. The work factor is small on purpose: secrets
// are not chosen by people, 256 random bits cannot be guessed at any speed, and every token request pays for it (about
// 1 ms).
std::string hash_client_secret(std::string_view secret, Random& random);

// Compares in constant time. False too where `hash` is not such a text.
bool client_secret_matches(std::string_view secret, std::string_view hash);

}  // namespace lakegate::auth
