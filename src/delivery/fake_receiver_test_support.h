// FakeReceiver: a kind of subscription whose messages wait until the test answers them.
#pragma once

#include <boost/json/object.hpp>

#include <condition_variable>
#include <cstddef>
#include <deque>
#include <memory>
#include <mutex>
#include <string>
#include <vector>

#include "delivery/sink_kind.h"

namespace lakegate::delivery {

class FakeReceiver final : public SinkKind {
 public:
  struct Sent {
    std::string subscription;  // its name
    Message message;
    Sink::Done done;
  };

  std::string_view name() const override { return "webhook"; }
  Result<Target> check(const boost::json::object& sent, const Target*) const override { return Target{.shown = sent}; }
  Result<Target> rotate(const Target& former, Millis, Millis) const override { return former; }
  Result<std::unique_ptr<Sink>> open(const ledger::Subscription& subscription) override;

  // The next message of a subscription; waits for it. An exception after ten seconds.
  Sent take(const std::string& subscription);
  // Those that nobody took.
  size_t waiting() const;
  // From now on every message is answered so within send().
  void answer_at_once(Outcome outcome);

 private:
  class OneSink;

  mutable std::mutex mutex_;
  std::condition_variable changed_;
  std::deque<Sent> sent_;           // guarded by mutex_
  std::optional<Outcome> at_once_;  // guarded by mutex_
};

}  // namespace lakegate::delivery
