// Waiting for a batch to end within a request, without holding a thread.
#pragma once

#include <boost/asio/any_io_executor.hpp>
#include <boost/asio/awaitable.hpp>

#include <chrono>
#include <memory>
#include <optional>

#include "events/commit_watch.h"
#include "model/ids.h"

namespace lakegate::api {

// Hears from its construction on of each move of the batch: make it before the move whose end is waited for. Lives on
// the request's network thread.
class BatchWait {
 public:
  BatchWait(events::CommitWatch& watch, const boost::asio::any_io_executor& executor, const BatchId& batch);

  // False: too many wait already, or the server is stopping. Then until_final returns at once.
  bool waits() const { return entry_.has_value(); }

  // Until no upload or action can lead on to `active` any more (active, failed, aborted …), `patience` is over, or the
  // server stops.
  boost::asio::awaitable<void> until_final(std::chrono::seconds patience);

 private:
  struct Bell;

  const std::shared_ptr<Bell> bell_;
  const std::optional<events::CommitWatch::Entry> entry_;
};

}  // namespace lakegate::api
