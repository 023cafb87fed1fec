// Pipeline: everything that moves a batch on without a client's request. Each step has a file of its own, reads its
// work in the ledger, and is woken by the ledger's commits. DESIGN.md beside this file has the reasons.
#pragma once

#include <cstdint>
#include <span>

#include "base/clock.h"
#include "ledger/ledger.h"
#include "objects/object_store.h"
#include "pipeline/abandoning.h"
#include "pipeline/advancing.h"
#include "pipeline/expiring.h"
#include "pipeline/forgetting.h"
#include "pipeline/judging.h"
#include "pipeline/pipeline_settings.h"
#include "pipeline/promoting.h"
#include "pipeline/sweeping.h"
#include "promotion/promoter.h"
#include "upload/flowing_bodies.h"
#include "validation/validator.h"

namespace lakegate::pipeline {

// All of it outlives the pipeline.
struct PipelineParts {
  Ledger& ledger;
  ObjectStore& objects;
  validation::Validator& validator;
  Promoter& promoter;
  const upload::FlowingBodies& bodies;
  const Clock& clock;
  int64_t epoch = 0;                      // of this start of the server
  const RemovalGate* removals = nullptr;  // none: nobody copies the objects
};

class Pipeline {
 public:
  explicit Pipeline(const PipelineParts& parts, const PipelineSettings& settings = {});
  ~Pipeline() { stop(); }

  // Goes on with whatever the ledger has, after any kind of stop.
  void start();
  // Ends what runs, begins nothing; returns when no thread is left. What was not finished waits in the ledger.
  void stop();

  // For Ledger::add_listener. Never blocks; also before start and after stop.
  void wake(std::span<const Wake> wakes);

  Promoting::Counts promoting() const { return promoting_.counts(); }

 private:
  void wake(const Wake& wake);

  const PipelineSettings settings_;
  Judging judging_;
  Advancing advancing_;
  Promoting promoting_;
  Sweeping sweeping_;
  Abandoning abandoning_;
  Expiring expiring_;
  Forgetting forgetting_;
};

}  // namespace lakegate::pipeline
