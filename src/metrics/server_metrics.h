// ServerMetrics: everything that a running server can say about itself in figures, on request.
//
// Folders count for themselves and know nothing of this one; it reads their counts when it is asked.
#pragma once

#include <chrono>
#include <cstdint>
#include <functional>
#include <mutex>
#include <optional>
#include <string>

#include "base/clock.h"
#include "delivery/counts.h"
#include "events/commit_watch.h"
#include "http/worker_pool.h"
#include "ledger/delivery_lanes.h"
#include "ledger/ledger.h"
#include "ledger/work_counts.h"
#include "metrics/batch_counts.h"
#include "metrics/request_counts.h"
#include "objects/object_store.h"
#include "pipeline/pipeline.h"
#include "promotion/promoter.h"
#include "upload/flowing_bodies.h"
#include "validation/validator.h"

namespace lakegate::metrics {

struct Limits {
  int64_t connections_max = 0;
  int64_t pool_queue_max = 0;
  int64_t storage_reserve_bytes = 0;
};

// All of it outlives the metrics.
struct ServerParts {
  Ledger& ledger;
  const ObjectStore& objects;
  const http::WorkerPool& pool;
  const validation::Validator& validator;
  const Promoter& promoter;
  const pipeline::Pipeline& pipeline;
  const upload::FlowingBodies& bodies;
  const events::CommitWatch& watch;
  const Clock& clock;
  const RequestCounts& requests;
  const BatchCounts& batches;
  std::function<int64_t()> event_streams;
  std::function<size_t()> connections;
  Limits limits;
  const delivery::Counts* delivery = nullptr;  // none: nobody delivers
};

class ServerMetrics {
 public:
  explicit ServerMetrics(ServerParts parts) : parts_(std::move(parts)) {}

  // The text format of Prometheus. Thread-safe; blocks for some milliseconds. What is asked of ledger and disk is
  // up to `asked_age_max` old and costs the same however much there is; where they do not answer it is left out.
  std::string scrape();

 private:
  static constexpr std::chrono::seconds asked_age_max{5};

  // What has to be asked for.
  struct Asked {
    std::optional<ledger::WaitingWork> waiting;
    std::optional<ledger::Outbox> outbox;
    Millis outbox_lag = 0;
    std::optional<StoreSpace> space;
  };

  Asked ask();
  void expose_traffic(Exposition& out) const;
  void expose_judging(Exposition& out, const Asked& asked) const;
  void expose_promotion(Exposition& out, const Asked& asked) const;
  void expose_ledger(Exposition& out) const;
  void expose_delivery(Exposition& out, const Asked& asked) const;
  void expose_storage(Exposition& out, const Asked& asked) const;

  const ServerParts parts_;
  std::mutex mutex_;
  Asked asked_;                                                    // guarded by mutex_
  std::optional<std::chrono::steady_clock::time_point> asked_at_;  // guarded by mutex_
};

}  // namespace lakegate::metrics
