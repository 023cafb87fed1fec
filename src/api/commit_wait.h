// Waiting within a request for something to be committed, without holding a thread: for a batch to end, for the next
// event of a sandbox.
#pragma once

#include <boost/asio/any_io_executor.hpp>
#include <boost/asio/awaitable.hpp>

#include <chrono>
#include <functional>
#include <memory>
#include <optional>

#include "events/commit_watch.h"
#include "model/ids.h"

namespace lakegate::api {

// Hears from its construction on: make it before the ledger is read, or before the move whose end is waited for. Lives
// on the request's network thread.
class CommitWait {
 public:
  // Until no upload or action can lead on to `active` any more (active, failed, aborted …).
  static CommitWait for_end(events::CommitWatch& watch, const boost::asio::any_io_executor& executor,
                            const BatchId& batch);
  // For events, of whatever kind and dataset.
  static CommitWait for_events(events::CommitWatch& watch, const boost::asio::any_io_executor& executor,
                               SandboxNumber sandbox);

  // False: too many wait already, or the server is stopping. Then until_told returns at once.
  bool waits() const { return entry_.has_value(); }

  // Until it was told since its construction or since this returned last, `patience` is over, or the server stops. May
  // return early: look, and wait again. However much is committed meanwhile, it is told once.
  boost::asio::awaitable<void> until_told(std::chrono::steady_clock::duration patience);

 private:
  struct Bell;

  CommitWait(std::shared_ptr<Bell> bell, std::optional<events::CommitWatch::Entry> entry)
      : bell_(std::move(bell)), entry_(std::move(entry)) {}

  std::shared_ptr<Bell> bell_;
  std::optional<events::CommitWatch::Entry> entry_;
};

}  // namespace lakegate::api
