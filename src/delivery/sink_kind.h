// SinkKind: what a kind of subscription ("webhook", "kafka") means. The API asks it whether a target can be used, the
// engine asks it for the sink. One object per kind lives as long as the server; `SinkKinds` lists them.
#pragma once

#include <boost/json/object.hpp>

#include <memory>
#include <span>
#include <string_view>
#include <utility>
#include <vector>

#include "base/result.h"
#include "delivery/sink.h"
#include "ledger/subscriptions.h"

namespace lakegate::delivery {

// A target as it is kept: `shown` is what every answer repeats, `secrets` never leaves the server, but for what was
// made here just now: `shown_once` becomes part of this one answer and is not kept apart.
struct Target {
  boost::json::object shown = {};
  boost::json::object secrets = {};
  boost::json::object shown_once = {};
};

// Thread-safe.
class SinkKind {
 public:
  virtual ~SinkKind() = default;

  virtual std::string_view name() const = 0;

  // `sent`: the member `target` of a client's request, whole. Checks every member (an unknown one is refused by name)
  // and splits secrets off. `former`: what is kept now, when a subscription is changed; a secret that the client does
  // not repeat stays as it is, provided it would not go to another receiver than the one it was given for. May look
  // names up, so it blocks: pool threads only.
  //
  // `invalid_argument`: which member, what was found, what is expected.
  // `target_forbidden`: the target is an address that this server does not send to.
  virtual Result<Target> check(const boost::json::object& sent, const Target* former) const = 0;

  // New secrets that the server makes itself, e.g. the key of signatures; the former ones hold beside them until
  // `former_until`. `invalid_argument`: this kind has none.
  virtual Result<Target> rotate(const Target& former, Millis now, Millis former_until) const = 0;

  // For a subscription whose target passed check(). Does not connect. An error suspends the subscription.
  virtual Result<std::unique_ptr<Sink>> open(const ledger::Subscription& subscription) = 0;
};

// Not owned. At most a handful.
class SinkKinds {
 public:
  explicit SinkKinds(std::vector<SinkKind*> kinds) : kinds_(std::move(kinds)) {}

  // `invalid_argument` names the kinds there are.
  Result<SinkKind*> find(std::string_view name) const;

 private:
  std::vector<SinkKind*> kinds_;
};

}  // namespace lakegate::delivery
