#include "auth/issuer_token.h"

#include <boost/json.hpp>

#include <algorithm>
#include <cmath>

#include "auth/base64url.h"
#include "auth/error_codes.h"
#include "auth/strict_json.h"
#include "base/ascii.h"
#include "base/utf8.h"

namespace lakegate::auth {
namespace {

namespace json = boost::json;

constexpr size_t user_bytes_max = 255;  // OpenID Connect Core: of `sub`
constexpr size_t audiences_in_token_max = 64;
constexpr double seconds_max = 253'402'300'799;  // the end of the year 9999
constexpr size_t shown_bytes_max = 200;          // of what a token says, in messages

std::unexpected<Error> invalid(std::string_view why) { return fail(codes::token_invalid, "{}", why); }

std::string shown(std::string_view text) { return printable(text, shown_bytes_max); }

const json::object& claims_of(const IssuerToken& token) { return token.claims.get_object(); }

struct Parts {
  std::string_view header;
  std::string_view payload;
  std::string_view signature;
};

std::optional<Parts> split(std::string_view text) {
  const size_t first = text.find('.');
  const size_t last = text.rfind('.');
  if (first == std::string_view::npos || first == last || text.find('.', first + 1) != last) return std::nullopt;
  return Parts{text.substr(0, first), text.substr(first + 1, last - first - 1), text.substr(last + 1)};
}

Status read_header(const json::object& header, IssuerToken& token) {
  if (header.contains("crit")) return invalid("Its header has a critical extension (crit); none is known here.");
  for (const std::string_view name : {"alg", "kid", "typ"}) {
    if (header.contains(name) && !header.at(name).is_string())
      return invalid(fmt::format("{} of its header is no text.", name));
  }
  token.algorithm = text_of(header, "alg");
  token.key_id = text_of(header, "kid");
  token.type = ascii::lower(text_of(header, "typ"));
  if (token.type.starts_with("application/")) token.type.erase(0, std::string_view("application/").size());
  if (token.algorithm.empty()) return invalid("Its header names no algorithm (alg).");
  return {};
}

std::vector<std::string_view> audiences_of(const json::object& claims) {
  std::vector<std::string_view> found;
  const json::value* value = claims.if_contains("aud");
  if (value == nullptr) return found;
  if (value->is_string()) found.emplace_back(value->get_string());
  if (const json::array* list = value->if_array(); list != nullptr && list->size() <= audiences_in_token_max) {
    for (const json::value& each : *list) {
      if (!each.is_string()) return {};
      found.emplace_back(each.get_string());
    }
  }
  return found;
}

bool is_one_of(std::string_view text, const std::vector<std::string>& accepted) {
  return std::ranges::find(accepted, text) != accepted.end();
}

Status check_type(const IssuerToken& token, const IssuerTerms& terms) {
  const bool plain = token.type.empty() || token.type == "jwt";
  const bool marked = token.type == "at+jwt";
  const bool fits = terms.token_use == TokenUse::access    ? plain || marked
                    : terms.token_use == TokenUse::rfc9068 ? marked
                                                           : plain;
  if (!fits)
    return invalid(fmt::format("Its typ is \"{}\", which does not fit an issuer whose `tokens` are \"{}\".",
                               shown(token.type), to_string(terms.token_use)));
  if (terms.token_use != TokenUse::access) return {};
  // Keycloak says in a claim what a token is for; at_hash, c_hash and nonce are of id tokens alone.
  const std::string own = ascii::lower(text_of(claims_of(token), "typ"));
  const bool id_token = claims_of(token).contains("at_hash") || claims_of(token).contains("c_hash") ||
                        claims_of(token).contains("nonce") || (!own.empty() && own != "bearer");
  return id_token && !marked ? invalid("It is an id token or a refresh token; expected an access token.") : Status();
}

Status check_audience(const IssuerToken& token, const IssuerTerms& terms) {
  const std::vector<std::string_view> named = audiences_of(claims_of(token));
  if (named.empty()) return invalid("It has no usable aud.");
  if (std::ranges::none_of(named, [&](std::string_view each) { return is_one_of(each, terms.audiences); }))
    return invalid(fmt::format("Its aud is \"{}\", which is not an accepted audience of the issuer.",
                               shown(fmt::format("{}", fmt::join(named, "\", \"")))));
  if (terms.token_use != TokenUse::id) return {};
  // An id token for several has to say who asked for it.
  const json::value* party = claims_of(token).if_contains("azp");
  if (party == nullptr)
    return named.size() == 1 ? Status() : invalid("Its aud has several members and azp is missing.");
  if (!is_one_of(text_of(claims_of(token), "azp"), terms.audiences))
    return invalid(fmt::format("Its azp is \"{}\", which is not an accepted audience of the issuer.",
                               shown(text_of(claims_of(token), "azp"))));
  return {};
}

// RFC 7519 "NumericDate": seconds, perhaps with a fraction. Nothing: the claim is not there.
Result<std::optional<Millis>> date_of(const json::object& claims, std::string_view name) {
  const json::value* value = claims.if_contains(name);
  if (value == nullptr) return std::optional<Millis>();
  json::error_code failed;
  const double seconds = value->is_number() ? value->to_number<double>(failed) : -1;
  if (failed || !(seconds >= 0 && seconds <= seconds_max))
    return invalid(fmt::format("Its {} is no number of seconds since 1970.", name));
  return std::optional(static_cast<Millis>(std::floor(seconds * 1000)));
}

}  // namespace

std::string_view IssuerToken::issuer() const { return text_of(claims.get_object(), "iss"); }

Result<IssuerToken> read_issuer_token(std::string_view text) {
  if (text.size() > issuer_token_bytes_max)
    return invalid(fmt::format("It has {} bytes; at most {} are taken.", text.size(), issuer_token_bytes_max));
  const auto parts = split(text);
  if (!parts) return invalid("It is not of the form header.payload.signature.");
  const auto header_text = from_base64url(parts->header);
  const auto payload_text = from_base64url(parts->payload);
  const auto signature = from_base64url(parts->signature);
  if (!header_text || !payload_text || !signature)
    return invalid("One of its parts is not base 64 with the URL alphabet and without padding.");
  if (signature->empty()) return invalid("It has no signature.");
  const auto header = parse_strict_object(*header_text);
  if (!header) return invalid("Its header is no JSON object whose members each stand there once.");
  auto payload = parse_strict_object(*payload_text);
  if (!payload) return invalid("Its payload is no JSON object whose members each stand there once.");
  IssuerToken token;
  token.text = text;
  token.signature_bytes = signature->size();
  token.claims = std::move(*payload);
  LG_TRY(read_header(*header, token));
  return token;
}

Status check_terms(const IssuerToken& token, const IssuerTerms& terms) {
  if (token.issuer() != terms.issuer) return invalid(fmt::format("Its iss is \"{}\".", shown(token.issuer())));
  if (!is_one_of(token.algorithm, terms.algorithms) || !is_known_algorithm(token.algorithm))
    return invalid(fmt::format("Its alg is \"{}\", which is not accepted of the issuer.", shown(token.algorithm)));
  LG_TRY(check_type(token, terms));
  LG_TRY(check_audience(token, terms));
  LG_TRY(times_of(token));
  if (text_of(claims_of(token), "sub").empty()) return invalid("It has no sub.");
  LG_TRY(user_of(token, terms));
  return {};
}

Result<TokenTimes> times_of(const IssuerToken& token) {
  LG_ASSIGN(const auto expires, date_of(claims_of(token), "exp"));
  LG_ASSIGN(const auto begins, date_of(claims_of(token), "nbf"));
  LG_ASSIGN(const auto issued, date_of(claims_of(token), "iat"));
  if (!expires) return invalid("It has no exp.");
  return TokenTimes{.expires = *expires,
                    .begins = std::max(begins.value_or(0), issued.value_or(0)),
                    .issued = issued ? *issued : begins.value_or(0)};
}

Status check_times(const TokenTimes& times, int64_t clock_skew_s, Millis now) {
  const Millis skew = clock_skew_s * 1000;
  if (now >= times.expires + skew) return invalid("It has expired.");
  if (times.begins > now + skew) return invalid("It begins in the future (nbf or iat).");
  return {};
}

Result<std::string> user_of(const IssuerToken& token, const IssuerTerms& terms) {
  const json::value* claim = find_claim(token.claims, terms.user_claim);
  const std::string_view value = claim != nullptr && claim->is_string() ? std::string_view(claim->get_string()) : "";
  const auto is_control = [](char c) { return static_cast<unsigned char>(c) < ' ' || c == '\x7f'; };
  if (value.empty() || value.size() > user_bytes_max || std::ranges::any_of(value, is_control))
    return invalid(
        fmt::format("Its {} is no text of 1 to {} bytes that names a user.", shown(terms.user_claim), user_bytes_max));
  return std::string(value);
}

Result<std::shared_ptr<const IssuerKey>> signer_of(const IssuerToken& token, const KeySet& keys) {
  const auto candidates = keys.candidates(token.key_id, token.algorithm);
  for (const auto& key : candidates) {
    if (key->verify(token.text, token.algorithm, token.signature_bytes)) return key;
  }
  if (!candidates.empty()) return invalid("Its signature does not match.");
  if (token.key_id.empty()) return invalid("It names no key (kid), and the issuer has not just one that fits its alg.");
  return invalid(fmt::format("The issuer has no key \"{}\" for {}.", shown(token.key_id), token.algorithm));
}

}  // namespace lakegate::auth
