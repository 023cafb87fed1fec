// Signatures of webhooks as Standard Webhooks has them: HMAC-SHA256 over "id.timestamp.body", so that a receiver knows
// who sent what it got, and that it is no recording.
#pragma once

#include <boost/json/object.hpp>

#include <string>
#include <string_view>
#include <vector>

#include "base/clock.h"
#include "base/random.h"

namespace lakegate::delivery {

// "whsec_" and 32 random bytes in base 64.
std::string new_signing_secret(Random& random);

// The keys of one subscription, newest first, as they live in its `secrets`: {"signing": [{"secret", "until"?}, …]}.
struct SigningSecret {
  std::string secret;  // "whsec_…"
  Millis until = 0;    // does not sign from then on; 0: signs always
};
std::vector<SigningSecret> signing_secrets(const boost::json::object& secrets);
boost::json::object to_json(const std::vector<SigningSecret>& secrets);

// The value of `webhook-signature`: "v1,…" for each secret that holds at `now`, a blank between. `timestamp`: seconds.
std::string signatures(const std::vector<SigningSecret>& secrets, Millis now, std::string_view id, int64_t timestamp,
                       std::string_view body);

}  // namespace lakegate::delivery
