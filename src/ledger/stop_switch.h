// StopSwitch: calls the fatal handler once, and remembers that the ledger must not be written any more.
#pragma once

#include <atomic>

#include "base/fatal.h"
#include "base/log.h"

namespace lakegate::ledger {

// Thread-safe.
class StopSwitch {
 public:
  explicit StopSwitch(FatalHandler on_fatal) : on_fatal_(std::move(on_fatal)) {}

  void stop(const Error& cause) {
    if (stopped_.exchange(true)) return;
    log::error("The ledger stops", {{"cause", cause}});
    on_fatal_(cause);
  }
  bool stopped() const { return stopped_.load(); }

 private:
  const FatalHandler on_fatal_;
  std::atomic<bool> stopped_ = false;
};

}  // namespace lakegate::ledger
