// Abandoning: a loading batch that nobody touched for so long, and to which no body flows, is given up: its client has
// forgotten it, and its objects must not stay for ever.
#pragma once

#include <optional>

#include "base/clock.h"
#include "base/result.h"
#include "base/woken_thread.h"
#include "ledger/ledger.h"
#include "ledger/org_names.h"
#include "model/batch.h"
#include "pipeline/pipeline_settings.h"
#include "upload/flowing_bodies.h"

namespace lakegate::pipeline {

class Abandoning {
 public:
  Abandoning(Ledger& ledger, const upload::FlowingBodies& bodies, const Clock& clock, const PipelineSettings& settings);
  ~Abandoning() { stop(); }

  void start() { thread_.start(); }
  void stop() { thread_.stop(); }
  // Look again now. Nothing in the server needs it, since a batch grows idle only by time; tests set the clock.
  void wake() { thread_.wake(); }

 private:
  std::optional<Millis> pass();
  Result<bool> abandon_idle(Millis now);
  Result<Millis> next_date(Millis now);
  void tell(const Batch& batch);

  Ledger& ledger_;
  const upload::FlowingBodies& bodies_;
  const Clock& clock_;
  const PipelineSettings& settings_;
  ledger::OrgNames org_names_{ledger_};
  int64_t failures_ = 0;  // the thread's own

  WokenThread thread_;
};

}  // namespace lakegate::pipeline
