#include "auth/assertion.h"

#include <boost/json.hpp>

#include <algorithm>
#include <optional>

#include "auth/base64url.h"
#include "auth/error_codes.h"

namespace lakegate::auth {
namespace {

namespace json = boost::json;

constexpr std::string_view algorithm = "RS256";
constexpr int64_t clock_skew_s = 60;

std::unexpected<Error> invalid(std::string_view why) { return fail(codes::assertion_invalid, "{}", why); }

std::optional<json::object> parse_object(const std::optional<std::string>& text) {
  if (!text) return std::nullopt;
  boost::system::error_code failed;
  json::parse_options options;
  options.max_depth = 8;
  json::value value = json::parse(*text, failed, {}, options);
  if (failed || !value.is_object()) return std::nullopt;
  return std::move(value.as_object());
}

std::string_view text_member(const json::object& object, std::string_view name) {
  const json::value* value = object.if_contains(name);
  return value != nullptr && value->is_string() ? std::string_view(value->get_string()) : std::string_view();
}

// RFC 7519 "NumericDate": seconds, perhaps with a fraction.
std::optional<double> date_member(const json::object& object, std::string_view name) {
  const json::value* value = object.if_contains(name);
  if (value == nullptr || !value->is_number()) return std::nullopt;
  boost::system::error_code no_number;
  const double seconds = value->to_number<double>(no_number);
  return no_number ? std::nullopt : std::optional(seconds);
}

bool is_for(const json::value* audience, const ApiKey& client) {
  if (audience == nullptr) return false;
  const std::string ending = fmt::format("/c/{}", client);
  const auto fits = [&](const json::value& one) {
    return one.is_string() && std::string_view(one.get_string()).ends_with(ending);
  };
  return audience->is_array() ? std::ranges::any_of(audience->get_array(), fits) : fits(*audience);
}

Status check_times(const json::object& claims, Millis now) {
  const auto seconds = static_cast<double>(now) / 1000;
  const auto expires = date_member(claims, "exp");
  if (!expires) return invalid("jwt_token has no exp, a number of seconds since 1970");
  if (*expires <= seconds - clock_skew_s) return invalid("jwt_token has expired");
  const auto begins = date_member(claims, "nbf");
  if (begins && *begins > seconds + clock_skew_s) return invalid("jwt_token is not valid yet");
  return {};
}

Status check_claims(const json::object& claims, const AssertionTerms& terms, Millis now) {
  if (!is_for(claims.if_contains("aud"), terms.client_id)) {
    return fail(codes::assertion_audience, "aud of jwt_token does not end with /c/{}", terms.client_id);
  }
  if (text_member(claims, "iss") != terms.ims_org.text())
    return invalid(fmt::format("iss of jwt_token is not {}", terms.ims_org));
  if (text_member(claims, "sub").empty()) return invalid("jwt_token has no sub, the technical account");
  return check_times(claims, now);
}

}  // namespace

Status verify_assertion(std::string_view text, std::span<const PublicKey> keys, const AssertionTerms& terms,
                        Millis now) {
  if (text.size() > assertion_bytes_max) return invalid("jwt_token is too long");
  const size_t first = text.find('.');
  const size_t last = text.rfind('.');
  if (first == std::string_view::npos || first == last || text.find('.', first + 1) != last) {
    return invalid("jwt_token is not of the form header.payload.signature");
  }
  const auto header = parse_object(from_base64url(text.substr(0, first)));
  if (!header || text_member(*header, "alg") != algorithm || header->contains("crit"))
    return invalid("jwt_token is not signed by RS256");
  if (keys.empty()) return invalid("the client has no public key here; register one with POST /admin/public-keys");
  const auto signature = from_base64url(text.substr(last + 1));
  const auto signed_by = [&](const PublicKey& key) { return key.verify(text.substr(0, last), *signature); };
  if (!signature || !std::ranges::any_of(keys, signed_by))
    return invalid("jwt_token is signed by none of the client's keys");
  const auto claims = parse_object(from_base64url(text.substr(first + 1, last - first - 1)));
  if (!claims) return invalid("jwt_token has no JSON object as its payload");
  return check_claims(*claims, terms, now);
}

}  // namespace lakegate::auth
