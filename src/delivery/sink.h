// Sink: one way out for the events of one subscription. The engine decides what goes out and when, and remembers in
// the ledger what came of it; a sink only sends.
#pragma once

#include <cstdint>
#include <functional>
#include <optional>
#include <string>

#include "base/clock.h"
#include "model/ids.h"

namespace lakegate::delivery {

// One event on its way. The same event that comes again, after a crash or a lost answer, has the same `id`.
struct Message {
  std::string id = {};    // "<datasetId>/<seq>"
  std::string type = {};  // "io.lakegate.batch.active"
  DatasetId dataset = {};
  int64_t seq = 0;
  std::string body = {};         // a CloudEvent as JSON, structured mode
  std::string traceparent = {};  // W3C; empty: unknown
};

struct Outcome {
  enum class Kind {
    delivered,  // the receiver has it for good
    retry,      // not now: the engine tries again as its schedule says
    refused,    // no attempt will ever help, e.g. larger than the receiver takes: a dead letter at once
    gone,       // the receiver wants nothing any more: the subscription is suspended, the event waits
  };
  Kind kind = Kind::retry;
  std::string reason = {};                           // for people: what was found and, where that helps, expected
  int http_status = 0;                               // 0: there was no HTTP answer
  std::optional<Millis> retry_after = std::nullopt;  // what the receiver asked for, from now; the engine bounds it
};

// Thread-safe. The engine keeps the order within a dataset by sending one message of it at a time; messages of several
// datasets may be on their way together, as many as `delivery.in_flight_per_subscription_max`.
class Sink {
 public:
  using Done = std::function<void(Outcome)>;

  // Ends what is on its way, within moments: `done` of everything that was sent has been called when it returns, with
  // `retry` for what has no answer yet.
  virtual ~Sink() = default;

  // Never blocks. `done` is called exactly once, on any thread, perhaps before send returns; it does not block and
  // does not call the sink. A time limit is the sink's own matter: an unanswered message must end as `retry`.
  virtual void send(const Message& message, Done done) = 0;
};

}  // namespace lakegate::delivery
