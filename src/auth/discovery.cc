#include "auth/discovery.h"

#include "auth/error_codes.h"
#include "auth/issuer_address.h"
#include "auth/strict_json.h"
#include "base/utf8.h"

namespace lakegate::auth {
namespace {

constexpr size_t shown_bytes_max = 200;

}  // namespace

std::string discovery_address(std::string_view issuer) {
  if (issuer.ends_with('/')) issuer.remove_suffix(1);
  return std::string(issuer) + "/.well-known/openid-configuration";
}

Result<std::string> read_discovery(std::string_view document, std::string_view issuer, bool http_allowed) {
  const auto object = parse_strict_object(document);
  if (!object)
    return fail(codes::issuer_unreachable, "{} is no JSON object whose members each stand there once.",
                discovery_address(issuer));
  if (text_of(*object, "issuer") != issuer) {
    return fail(codes::issuer_unreachable, "{} is of issuer \"{}\", not of \"{}\".", discovery_address(issuer),
                printable(text_of(*object, "issuer"), shown_bytes_max), issuer);
  }
  const std::string_view keys = text_of(*object, "jwks_uri");
  const bool read_over_http = issuer.starts_with("http://");
  const auto address = read_jwks_address(keys);
  if (address && (address->https || (read_over_http && (address->loopback || http_allowed)))) return std::string(keys);
  return fail(codes::issuer_unreachable, "{} has the jwks_uri \"{}\"; expected an https address{}.",
              discovery_address(issuer), printable(keys, shown_bytes_max),
              read_over_http ? ", or one on this machine" : "");
}

}  // namespace lakegate::auth
