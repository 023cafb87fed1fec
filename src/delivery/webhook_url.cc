#include "delivery/webhook_url.h"

#include <curl/curl.h>

#include <algorithm>
#include <memory>

#include "base/error_codes.h"

namespace lakegate::delivery {
namespace {

constexpr size_t url_bytes_max = 2'048;

struct FreeUrl {
  void operator()(CURLU* url) const { curl_url_cleanup(url); }
};

// Empty: the part is not there.
std::string part_of(CURLU* url, CURLUPart part) {
  char* text = nullptr;
  if (curl_url_get(url, part, &text, 0) != CURLUE_OK || text == nullptr) return {};
  const std::unique_ptr<char, decltype(&curl_free)> owned(text, &curl_free);
  return text;
}

std::unexpected<Error> refuse(std::string_view why) {
  return fail(codes::invalid_argument, "Member target.url: {}", why);
}

}  // namespace

Result<WebhookUrl> parse_webhook_url(const std::string& text, bool http_allowed) {
  if (text.size() > url_bytes_max) return refuse("it has over 2,048 bytes.");
  const auto printable = [](char c) { return c > ' ' && c != '\x7f'; };
  const std::unique_ptr<CURLU, FreeUrl> url(curl_url());
  if (!std::ranges::all_of(text, [&](char c) { return static_cast<signed char>(c) > 0 && printable(c); }) ||
      curl_url_set(url.get(), CURLUPART_URL, text.c_str(), CURLU_NON_SUPPORT_SCHEME) != CURLUE_OK) {
    return refuse("expected an absolute address such as https://example.com/hooks; other characters as %XX.");
  }
  const std::string scheme = part_of(url.get(), CURLUPART_SCHEME);
  if (scheme != "https" && scheme != "http") return refuse("expected https://, or http:// where the server allows it.");
  // libcurl would take fewer slashes, and more.
  if (const std::string_view rest = std::string_view(text).substr(scheme.size());
      !rest.starts_with("://") || rest.starts_with(":///")) {
    return refuse("expected two slashes before the host's name, as in https://example.com/hooks.");
  }
  if (scheme == "http" && !http_allowed) {
    return refuse(
        "expected https://; what is sent over http:// can be read and changed on its way. The operator can "
        "allow it with the setting delivery.http_allowed.");
  }
  if (!part_of(url.get(), CURLUPART_USER).empty() || !part_of(url.get(), CURLUPART_PASSWORD).empty() ||
      text.substr(0, text.find_first_of("/?#", scheme.size() + 3)).find('@') != std::string::npos) {
    return refuse("it has a user or password in it. Verify the signature instead; it says who sent an event.");
  }
  if (text.find('#') != std::string::npos) return refuse("it has a fragment (#…), which is never sent.");
  std::string host = part_of(url.get(), CURLUPART_HOST);
  if (host.starts_with('[') && host.ends_with(']')) host = host.substr(1, host.size() - 2);
  if (host.empty()) return refuse("it names no host.");
  return WebhookUrl{.text = text, .host = std::move(host)};
}

}  // namespace lakegate::delivery
