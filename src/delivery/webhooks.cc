#include "delivery/webhooks.h"

#include <boost/json.hpp>

#include <utility>
#include <vector>

#include "base/crash_point.h"
#include "base/error_codes.h"
#include "delivery/webhook_signature.h"
#include "delivery/webhook_url.h"
#include "events/cloud_event.h"

namespace lakegate::delivery {
namespace {

namespace json = boost::json;

constexpr size_t secrets_max = 4;  // of rotations that follow each other quickly

class WebhookSink final : public Sink {
 public:
  WebhookSink(WebhookClient& client, const Clock& clock, std::string url, std::vector<SigningSecret> secrets)
      : client_(client),
        clock_(clock),
        owner_(client.new_owner()),
        url_(std::move(url)),
        secrets_(std::move(secrets)) {}
  ~WebhookSink() override { client_.end(owner_); }

  void send(const Message& message, Done done) override {
    const Millis now = clock_.now_ms();
    const int64_t timestamp = now / 1'000;
    WebhookRequest request{.url = url_, .headers = {}, .body = message.body};
    request.headers = {
        fmt::format("Content-Type: {}; charset=utf-8", events::cloud_event_media_type),
        "webhook-id: " + message.id,
        fmt::format("webhook-timestamp: {}", timestamp),
        "webhook-signature: " + signatures(secrets_, now, message.id, timestamp, message.body),
        "Accept:",
        "Expect:",
    };
    if (!message.traceparent.empty()) request.headers.push_back("traceparent: " + message.traceparent);
    client_.send(owner_, std::move(request), [done = std::move(done)](const WebhookAnswer& answer) {
      crash_point("delivery.acknowledged");
      done(outcome_of(answer));
    });
  }

 private:
  WebhookClient& client_;
  const Clock& clock_;
  const WebhookClient::Owner owner_;
  const std::string url_;
  const std::vector<SigningSecret> secrets_;
};

Result<std::string> read_url(const json::object& sent) {
  for (const auto& member : sent) {
    if (member.key() == "url") continue;
    return fail(codes::invalid_argument, "Member target.{}: a webhook's target has the member url alone.",
                std::string_view(member.key()));
  }
  const json::value* url = sent.if_contains("url");
  if (url == nullptr || !url->is_string())
    return fail(codes::invalid_argument, "Member target.url: expected a text, the address of the receiver.");
  return std::string(url->get_string());
}

Target with_new_secret(json::object shown, std::vector<SigningSecret> former, Random& random) {
  std::string secret = new_signing_secret(random);
  former.insert(former.begin(), {.secret = secret});
  if (former.size() > secrets_max) former.resize(secrets_max);
  return {.shown = std::move(shown), .secrets = to_json(former), .shown_once = {{"secret", std::move(secret)}}};
}

}  // namespace

Outcome outcome_of(const WebhookAnswer& answer) {
  if (answer.status == 0) return {.kind = Outcome::Kind::retry, .reason = answer.failure};
  Outcome outcome{.kind = Outcome::Kind::retry, .http_status = answer.status, .retry_after = answer.retry_after};
  if (answer.status >= 200 && answer.status < 300) {
    outcome.kind = Outcome::Kind::delivered;
  } else if (answer.status == 410) {
    outcome.kind = Outcome::Kind::gone;
    outcome.reason = "It answered 410 Gone.";
  } else if (answer.status >= 300 && answer.status < 400) {
    outcome.reason = fmt::format("It answered {}, a redirect, which is not followed; expected 2xx.", answer.status);
  } else {
    outcome.reason = fmt::format("It answered {}; expected 2xx.", answer.status);
  }
  return outcome;
}

Webhooks::Webhooks(WebhookSettings settings, const Clock& clock, Random& random)
    : settings_(std::move(settings)), clock_(clock), random_(random), client_(settings_.client) {}

// A signing key is no password of the receiver's: it stays when the address changes.
Result<Target> Webhooks::check(const json::object& sent, const Target* former) const {
  LG_ASSIGN(const std::string text, read_url(sent));
  LG_ASSIGN(const WebhookUrl url, parse_webhook_url(text, settings_.http_allowed));
  LG_TRY(settings_.client.addresses.check_host(url.host));
  json::object shown{{"url", url.text}};
  if (former == nullptr) return with_new_secret(std::move(shown), {}, random_);
  return Target{.shown = std::move(shown), .secrets = former->secrets};
}

Result<Target> Webhooks::rotate(const Target& former, Millis now, Millis former_until) const {
  std::vector<SigningSecret> kept;
  for (SigningSecret& one : signing_secrets(former.secrets)) {
    if (one.until != 0 && one.until <= now) continue;
    if (one.until == 0 || one.until > former_until) one.until = former_until;
    if (one.until > now) kept.push_back(std::move(one));
  }
  return with_new_secret(former.shown, std::move(kept), random_);
}

Result<std::unique_ptr<Sink>> Webhooks::open(const ledger::Subscription& subscription) {
  boost::system::error_code failed;
  const json::value target = json::parse(subscription.target, failed);
  const json::value secrets = failed ? json::value() : json::parse(subscription.secrets, failed);
  if (failed || !target.is_object() || !secrets.is_object())
    return fail(codes::corrupt, "Its target in the ledger cannot be read.");
  LG_ASSIGN(const std::string text, read_url(target.get_object()));
  LG_ASSIGN(const WebhookUrl url, parse_webhook_url(text, settings_.http_allowed));
  return std::make_unique<WebhookSink>(client_, clock_, url.text, signing_secrets(secrets.get_object()));
}

}  // namespace lakegate::delivery
