// Expiring: active batches whose time to live is over are taken out of their tables: active → inactive. Sweeping does
// the rest.
#pragma once

#include <functional>
#include <optional>

#include "base/clock.h"
#include "base/result.h"
#include "ledger/ledger.h"
#include "model/batch.h"
#include "pipeline/pipeline_settings.h"
#include "pipeline/set_backs.h"
#include "pipeline/woken_thread.h"

namespace lakegate::pipeline {

class Expiring {
 public:
  // Takes one batch out of its table, as Promoter::revert with BatchEvent::expire.
  using Expire = std::function<Status(const Batch&)>;

  // PipelineSettings::batch_time_to_live 0: nothing expires, and there is no thread.
  Expiring(Ledger& ledger, Expire expire, const Clock& clock, const PipelineSettings& settings);
  ~Expiring() { stop(); }

  void start();
  void stop() { thread_.stop(); }
  // Look again now. Nothing in the server needs it, since a batch grows old only by time; tests set the clock.
  void wake() { thread_.wake(); }

 private:
  std::optional<Millis> pass();
  Result<bool> expire_old(Millis now);
  Result<Millis> next_date(Millis now);

  Ledger& ledger_;
  const Expire expire_;
  const Clock& clock_;
  const PipelineSettings& settings_;

  // The thread's own
  SetBacks<BatchId> set_back_;
  int64_t failures_ = 0;

  WokenThread thread_;
};

}  // namespace lakegate::pipeline
