#include "auth/issuer_address.h"

#include <curl/curl.h>

#include <algorithm>
#include <memory>

#include "base/ascii.h"
#include "base/error_codes.h"
#include "base/utf8.h"

namespace lakegate::auth {
namespace {

struct FreeUrl {
  void operator()(CURLU* url) const { curl_url_cleanup(url); }
};

// Empty where the address has no such part.
std::string part(CURLU* url, CURLUPart which) {
  char* text = nullptr;
  std::string value;
  if (curl_url_get(url, which, &text, 0) == CURLUE_OK && text != nullptr) value = text;
  curl_free(text);
  return value;
}

bool is_loopback(std::string_view host) {
  const bool numbers = std::ranges::all_of(host, [](char c) { return c == '.' || ascii::is_digit(c); });
  return host == "localhost" || (numbers && host.starts_with("127.")) || host == "[::1]" || host == "::1";
}

// `forbidden`: bytes that the address must not have. Looked for in the text: an empty query or fragment is one, too,
// and would let two spellings be one address.
Result<IssuerAddress> read(std::string_view address, std::string_view forbidden) {
  const auto refused = [&](std::string_view why) {
    return fail(codes::invalid_argument,
                "The issuer \"{}\" cannot be used: {}. Expected an address like https://login.example.com/realm.",
                printable(address, issuer_bytes_max), why);
  };
  if (address.empty() || address.size() > issuer_bytes_max)
    return refused(fmt::format("it has {} bytes; 1 to {} are possible", address.size(), issuer_bytes_max));
  if (!std::ranges::all_of(address, [](char c) { return c > ' ' && c <= '~'; }))
    return refused("it has bytes that no address has");
  if (address.find_first_of(forbidden) != std::string_view::npos)
    return refused(fmt::format("it has one of {}", forbidden));
  const std::unique_ptr<CURLU, FreeUrl> url(curl_url());
  const std::string text(address);
  if (!url || curl_url_set(url.get(), CURLUPART_URL, text.c_str(), CURLU_NON_SUPPORT_SCHEME) != CURLUE_OK)
    return refused("it is no address");
  const std::string scheme = part(url.get(), CURLUPART_SCHEME);
  if (scheme != "https" && scheme != "http") return refused("its scheme is neither https nor http");
  const std::string host = part(url.get(), CURLUPART_HOST);
  if (host.empty()) return refused("it has no host");
  // curl writes both in lower case; a token's `iss` is compared byte by byte.
  if (!address.starts_with(scheme + "://")) return refused("its scheme is not written in lower case");
  return IssuerAddress{.https = scheme == "https", .loopback = is_loopback(host)};
}

}  // namespace

Result<IssuerAddress> read_issuer_address(std::string_view url) { return read(url, "?#@\\"); }

Result<IssuerAddress> read_jwks_address(std::string_view url) { return read(url, "#@\\"); }

}  // namespace lakegate::auth
