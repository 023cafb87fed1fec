// Expiring: active batches whose time to live is over are taken out of their tables: active → inactive. Sweeping does
// the rest. A dataset may have a time of its own (rowExpiration.ttlValue); the setting counts for all others.
#pragma once

#include <functional>
#include <optional>
#include <vector>

#include "base/clock.h"
#include "base/result.h"
#include "base/woken_thread.h"
#include "ledger/datasets.h"
#include "ledger/ledger.h"
#include "model/batch.h"
#include "model/calendar_period.h"
#include "pipeline/pipeline_settings.h"
#include "pipeline/set_backs.h"

namespace lakegate::pipeline {

class Expiring {
 public:
  // Takes one batch out of its table, as Promoter::revert with BatchEvent::expire.
  using Expire = std::function<Status(const Batch&)>;

  Expiring(Ledger& ledger, Expire expire, const Clock& clock, const PipelineSettings& settings);
  ~Expiring() { stop(); }

  void start() { thread_.start(); }
  void stop() { thread_.stop(); }
  // Look again now: a dataset's time may be another. That a batch grew old needs no wake, unless a test set the clock.
  void wake() { thread_.wake(); }

 private:
  // What a pass met.
  struct Outlook {
    bool more = false;           // batches that are old already
    std::optional<Millis> next;  // when the next is old; none: nothing expires
  };

  std::optional<Millis> pass();
  Result<Outlook> look_at_datasets(Millis now);
  Status look_at(const ledger::DatasetAge& age, Millis now, Outlook& outlook);
  Result<bool> expire_old(const DatasetId& dataset, const CalendarPeriod& time_to_live, Millis now);
  std::optional<CalendarPeriod> time_to_live_of(const ledger::DatasetAge& age) const;

  Ledger& ledger_;
  const Expire expire_;
  const Clock& clock_;
  const PipelineSettings& settings_;

  // The thread's own
  SetBacks<BatchId> set_back_;
  std::vector<BatchId> due_;  // of these, in this pass: not met yet
  int64_t failures_ = 0;

  WokenThread thread_;
};

}  // namespace lakegate::pipeline
