// The address of a webhook, read by the parser of the library that will connect, so that both see the same host.
#pragma once

#include <string>

#include "base/result.h"

namespace lakegate::delivery {

struct WebhookUrl {
  std::string text;  // as it was given
  std::string host;  // without brackets
};

// `invalid_argument`: no http or https address, one with credentials or a fragment, over 2,048 bytes, or http where
// only https is allowed.
Result<WebhookUrl> parse_webhook_url(const std::string& text, bool http_allowed);

}  // namespace lakegate::delivery
