#include "auth/issuer.h"

#include <boost/json.hpp>
#include <fmt/core.h>

#include <algorithm>

namespace lakegate::auth {
namespace {

namespace json = boost::json;

bool has_word(std::string_view text, std::string_view word) {
  while (!text.empty()) {
    const size_t end = std::min(text.find(' '), text.size());
    if (text.substr(0, end) == word) return true;
    text.remove_prefix(std::min(end + 1, text.size()));
  }
  return false;
}

bool contains(const json::value& claim, const json::value& wanted) {
  if (const auto* list = claim.if_array()) return std::ranges::find(*list, wanted) != list->end();
  return claim.is_string() && wanted.is_string() && has_word(claim.get_string(), wanted.get_string());
}

}  // namespace

const json::value* find_claim(const json::value& claims, std::string_view claim) {
  if (!claim.starts_with('/')) {
    const auto* object = claims.if_object();
    return object == nullptr ? nullptr : object->if_contains(claim);
  }
  json::error_code failed;
  return claims.find_pointer(claim, failed);
}

bool ClaimCondition::holds(const json::value& claims) const {
  const json::value* found = find_claim(claims, claim);
  if (found == nullptr || values.empty()) return false;
  if (test == Test::contains) return contains(*found, values.front());
  return std::ranges::find(values, *found) != values.end();
}

const KeyMapping* IssuerTerms::mapping_of(const json::value& claims) const {
  const auto holds = [&](const KeyMapping& mapping) {
    return std::ranges::all_of(mapping.when, [&](const ClaimCondition& each) { return each.holds(claims); });
  };
  const auto found = std::ranges::find_if(mappings, holds);
  return found == mappings.end() ? nullptr : &*found;
}

std::string_view to_string(TokenUse use) {
  switch (use) {
    case TokenUse::rfc9068: return "at+jwt";
    case TokenUse::id: return "id";
    case TokenUse::access: break;
  }
  return "access";
}

std::string outside_user(const IssuerTerms& terms, std::string_view value) {
  if (terms.user_claim == "sub") return fmt::format("{}#{}", terms.issuer, value);
  return fmt::format("{}?{}#{}", terms.issuer, terms.user_claim, value);
}

}  // namespace lakegate::auth
