// WebhookClient: POSTs to other people's servers, many at a time on one thread, over libcurl, which no other file of
// this folder knows but webhook_url.cc. It trusts nobody: certificates are verified, redirects are answers, proxies of
// the environment do not count, a body is cut off, and an address is judged when it is connected to.
#pragma once

#include <cstddef>
#include <cstdint>
#include <functional>
#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "base/clock.h"
#include "delivery/address_rules.h"

namespace lakegate::delivery {

struct WebhookClientSettings {
  AddressRules addresses = {};
  std::string ca_file = {};  // PEM of authorities to trust instead of the system's; empty: the system's
  Millis connect_timeout = 10'000;
  Millis timeout = 20'000;                 // of a request, connecting included
  size_t answer_bytes_max = 64 << 10;      // of a body; nobody reads it
  int64_t kept_connections_max = 128;      // between requests
  std::vector<std::string> resolved = {};  // "name:port:address", instead of asking for the name: for tests
};

struct WebhookRequest {
  std::string url = {};
  std::vector<std::string> headers = {};  // "Name: value"
  std::string body = {};
};

struct WebhookAnswer {
  int status = 0;                                    // 0: there was none, `failure` says why
  std::string failure = {};                          // for people, without an address
  std::optional<Millis> retry_after = std::nullopt;  // from now
};

// Thread-safe.
class WebhookClient {
 public:
  using Done = std::function<void(WebhookAnswer)>;
  using Owner = uint64_t;  // of requests that end together

  explicit WebhookClient(WebhookClientSettings settings);
  // Ends all requests.
  ~WebhookClient();
  WebhookClient(const WebhookClient&) = delete;
  WebhookClient& operator=(const WebhookClient&) = delete;

  Owner new_owner();
  // Never blocks. `done` is called once, on the client's thread; it does not block.
  void send(Owner owner, WebhookRequest request, Done done);
  // Returns when `done` of all that the owner sent has been called. Not from within a `done`.
  void end(Owner owner);

 private:
  struct State;
  const std::unique_ptr<State> state_;
};

}  // namespace lakegate::delivery
