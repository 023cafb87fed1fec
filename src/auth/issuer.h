// Issuer: what an org says of an OIDC issuer whose tokens it trusts, and how their claims name an API key.
#pragma once

#include <boost/json/value.hpp>

#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

#include "base/clock.h"
#include "base/result.h"
#include "model/ids.h"

namespace lakegate::auth {

inline constexpr size_t audiences_max = 16;
inline constexpr size_t mappings_max = 64;
inline constexpr size_t conditions_max = 16;
inline constexpr size_t condition_values_max = 64;
inline constexpr size_t claim_bytes_max = 512;  // of an audience, a claim's name, a value
inline constexpr int64_t clock_skew_s_max = 300;

// One claim and what it has to be.
struct ClaimCondition {
  enum class Test {
    equals,    // the claim is the one value
    one_of,    // the claim is one of the values
    contains,  // the claim is a list with the value, or a text with it as one of its words (as `scope` has them)
  };
  std::string claim;  // a claim's name, or a JSON pointer into the claims: "/realm_access/roles"
  Test test = Test::equals;
  std::vector<boost::json::value> values;  // texts, numbers, booleans; one unless one_of

  bool holds(const boost::json::value& claims) const;
  bool operator==(const ClaimCondition&) const = default;
};

// All conditions hold: the token acts with that key.
struct KeyMapping {
  std::vector<ClaimCondition> when;
  ApiKey api_key;

  bool operator==(const KeyMapping&) const = default;
};

// What kind of token clients send.
enum class TokenUse {
  access,   // access tokens as issuers have them: typ at+jwt, JWT or none; what shows itself as an id token is refused
  rfc9068,  // access tokens of typ at+jwt and nothing else
  id,       // id tokens
};
std::string_view to_string(TokenUse use);

struct IssuerTerms {
  std::string issuer;  // `iss`, byte by byte
  std::vector<std::string> audiences;
  std::vector<std::string> algorithms = {"RS256", "PS256", "ES256"};
  int64_t clock_skew_s = 60;
  TokenUse token_use = TokenUse::access;
  std::string user_claim = "sub";    // as ClaimCondition::claim
  std::vector<KeyMapping> mappings;  // the first that holds decides

  // The mapping that holds; null: none.
  const KeyMapping* mapping_of(const boost::json::value& claims) const;
  bool operator==(const IssuerTerms&) const = default;
};

struct Issuer {
  std::string id;
  OrgNumber org;
  IssuerTerms terms;
  Millis created = 0;
  Millis updated = 0;
};

// The claim; null: the token has none of that name or at that place.
const boost::json::value* find_claim(const boost::json::value& claims, std::string_view claim);

// Who a token of that issuer is for, as createdUser has it: "ISSUER#SUB", or "ISSUER?CLAIM#VALUE" where another claim
// than `sub` names users. An issuer has neither ? nor #, and users of our own no ":": no two of them can be the same.
std::string outside_user(const IssuerTerms& terms, std::string_view value);

}  // namespace lakegate::auth
