// Engine: takes events from the ledger to those who subscribed to them. One thread, woken by commits and by answers;
// it reads what is due, hands it to the sinks, and writes what came of it, many steps in one commit. At least once: a
// lane's cursor moves after the receiver's yes, so that a crash in between sends the same event, under the same id,
// again. What it keeps in memory can be lost at any time. DESIGN.md beside this file has the reasons.
#pragma once

#include <atomic>
#include <cstdint>
#include <map>
#include <memory>
#include <mutex>
#include <optional>
#include <span>
#include <string>
#include <unordered_set>
#include <vector>

#include "base/clock.h"
#include "base/random.h"
#include "base/result.h"
#include "base/woken_thread.h"
#include "delivery/counts.h"
#include "delivery/delivery_record.h"
#include "delivery/delivery_settings.h"
#include "delivery/sink_kind.h"
#include "ledger/events.h"
#include "ledger/ledger.h"
#include "ledger/subscriptions.h"

namespace lakegate::delivery {

// All of it outlives the engine.
struct EngineParts {
  Ledger& ledger;
  const Clock& clock;
  Random& random;
  const SinkKinds& kinds;
};

class Engine {
 public:
  explicit Engine(const EngineParts& parts, const DeliverySettings& settings = {});
  ~Engine() { stop(); }

  // Goes on with what the ledger has, after any kind of stop.
  void start();
  // Ends what is on its way and returns when no thread is left; what has no answer yet is sent again by the next start.
  void stop();

  // For Ledger::add_listener. Never blocks; also before start and after stop.
  void wake(std::span<const Wake> wakes);

  const Counts& counts() const { return counts_; }

 private:
  // A subscription that is active, of an org that is enabled, and its way out.
  struct Open {
    ledger::Subscription row;
    std::unordered_set<std::string> kinds;  // wanted; empty: all
    int64_t generation = 0;                 // tells answers of this sink from those of one before
    std::unique_ptr<Sink> sink;
    std::unordered_set<std::string> busy = {};  // lanes with a message on its way or a step to be written
    bool look = true;                           // there may be lanes that are due
    std::optional<Millis> next_due = {};        // look again then
  };
  struct Finished {
    Step step;
    int64_t generation = 0;
  };
  struct Ready {
    ledger::DeliveryLane lane;
    std::optional<ledger::DeadLetter> letter;
    std::vector<ledger::Event> events;
  };

  std::optional<Millis> pass();
  Status refresh();
  void open(ledger::Subscription row);
  void close(Open& open);

  Status write_finished();
  Status write(const std::vector<Decision>& decisions);
  std::map<SubscriptionNumber, std::optional<Millis>> failing_by(const std::vector<Decision>& decisions) const;
  std::vector<Decision> decide(std::vector<Finished>& finished);
  std::optional<Decision> decide(const Finished& finished, Millis now);
  void settle(const std::vector<Finished>& finished);

  Status dispatch();
  Status dispatch(Open& open, Millis now);
  Result<std::vector<ledger::Event>> find_next(ReadTx& tx, const Open& open, const ledger::DeliveryLane& lane) const;
  Result<std::vector<Ready>> find_ready(const Open& open, Millis now, size_t places);
  void take(Open& open, Ready ready);
  void send(Open& open, Step step, const ledger::Event& event);
  size_t free_places(const Open& open) const;
  std::optional<Millis> until_next_due(Millis now) const;

  const EngineParts parts_;
  const DeliverySettings settings_;
  Counts counts_;

  // The thread's own
  std::map<SubscriptionNumber, Open> open_;
  std::vector<Finished> unwritten_;  // the ledger failed: once more
  int64_t generations_ = 0;
  SubscriptionNumber turn_ = {};  // who was first in the pass before

  std::mutex mutex_;
  std::vector<Finished> finished_;  // guarded by mutex_; at most one for each message on its way

  std::atomic<bool> subscriptions_changed_{true};
  std::atomic<bool> events_came_{true};

  WokenThread thread_;
};

}  // namespace lakegate::delivery
