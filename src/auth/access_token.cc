#include "auth/access_token.h"

#include <boost/json.hpp>

#include <charconv>
#include <optional>

#include "auth/base64url.h"
#include "auth/error_codes.h"

namespace lakegate::auth {
namespace {

namespace json = boost::json;

constexpr std::string_view algorithm = "RS256";
constexpr std::string_view token_kind = "access_token";
constexpr Millis clock_skew_ms = 5'000;  // the server's own clock may have been set back a little since it signed

std::unexpected<Error> invalid(std::string_view why) { return fail(codes::token_invalid, "{}", why); }

std::optional<json::object> parse_object(std::string_view text) {
  boost::system::error_code failed;
  json::parse_options options;
  options.max_depth = 8;
  json::value value = json::parse(json::string_view(text.data(), text.size()), failed, {}, options);
  if (failed || !value.is_object()) return std::nullopt;
  return std::move(value.as_object());
}

std::string text_member(const json::object& object, std::string_view name) {
  const json::value* value = object.if_contains(json::string_view(name.data(), name.size()));
  return value != nullptr && value->is_string() ? std::string(value->as_string()) : std::string();
}

// Times are decimal texts in this payload.
std::optional<Millis> time_member(const json::object& object, std::string_view name) {
  const std::string text = text_member(object, name);
  Millis value = 0;
  const auto read = std::from_chars(text.data(), text.data() + text.size(), value);
  if (read.ec != std::errc{} || read.ptr != text.data() + text.size() || value < 0) return std::nullopt;
  return value;
}

bool header_fits(std::string_view encoded, const TokenKey& key) {
  const auto text = from_base64url(encoded);
  const auto header = text ? parse_object(*text) : std::nullopt;
  return header && text_member(*header, "alg") == algorithm && text_member(*header, "kid") == key.key_id() &&
         !header->contains("crit");
}

Result<AccessToken> read_payload(std::string_view encoded) {
  const auto text = from_base64url(encoded);
  const auto payload = text ? parse_object(*text) : std::nullopt;
  if (!payload || text_member(*payload, "type") != token_kind) return invalid("It is not an access token.");
  const auto created_at = time_member(*payload, "created_at");
  const auto expires_in = time_member(*payload, "expires_in");
  if (!created_at || !expires_in || *expires_in > token_lifetime_ms) return invalid("Its times are not usable.");
  return AccessToken{.id = text_member(*payload, "id"),
                     .client_id = text_member(*payload, "client_id"),
                     .user_id = text_member(*payload, "user_id"),
                     .org = text_member(*payload, "org"),
                     .scope = text_member(*payload, "scope"),
                     .created_at = *created_at,
                     .expires_in = *expires_in};
}

}  // namespace

Status check_times(const AccessToken& token, Millis now) {
  if (token.created_at > now + clock_skew_ms) return invalid("It begins in the future.");
  if (now - token.created_at >= token.expires_in) return invalid("It has expired; ask /ims/token/v3 for a new one.");
  return {};
}

bool names_key(std::string_view text, const TokenKey& key) {
  if (text.size() > token_bytes_max) return false;
  return header_fits(text.substr(0, text.find('.')), key);
}

std::string sign_token(const AccessToken& token, const TokenKey& key) {
  const json::object header{{"alg", algorithm}, {"typ", "JWT"}, {"kid", key.key_id()}, {"itt", "at"}};
  const json::object payload{{"id", token.id},
                             {"type", token_kind},
                             {"client_id", token.client_id},
                             {"user_id", token.user_id},
                             {"org", token.org},
                             {"scope", token.scope},
                             {"created_at", std::to_string(token.created_at)},
                             {"expires_in", std::to_string(token.expires_in)}};
  std::string text = to_base64url(json::serialize(header)) + "." + to_base64url(json::serialize(payload));
  text += "." + to_base64url(key.sign(text));
  return text;
}

Result<AccessToken> verify_token(std::string_view text, const TokenKey& key, Millis now) {
  if (text.size() > token_bytes_max) return invalid("It is longer than any of ours.");
  const size_t first = text.find('.');
  const size_t last = text.rfind('.');
  if (first == std::string_view::npos || first == last || text.find('.', first + 1) != last) {
    return invalid("It is not of the form header.payload.signature.");
  }
  if (!header_fits(text.substr(0, first), key)) return invalid("Another server or algorithm signed it.");
  const auto signature = from_base64url(text.substr(last + 1));
  if (!signature || !key.verify(text.substr(0, last), *signature)) return invalid("Its signature does not match.");
  LG_ASSIGN(AccessToken token, read_payload(text.substr(first + 1, last - first - 1)));
  LG_TRY(check_times(token, now));
  return token;
}

}  // namespace lakegate::auth
