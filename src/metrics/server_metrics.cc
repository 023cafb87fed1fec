#include "metrics/server_metrics.h"

#include <algorithm>
#include <utility>

#include "metrics/exposition.h"
#include "metrics/process_facts.h"

namespace lakegate::metrics {
namespace {

constexpr double milliseconds_a_second = 1000;

double figure(const auto& count) { return static_cast<double>(count); }

}  // namespace

std::string ServerMetrics::scrape() {
  const Asked asked = ask();
  Exposition out;
  out.begin_gauge("lakegate_build_info", "1; which version this is.");
  out.add(1, {{"version", LAKEGATE_VERSION}});
  expose_traffic(out);
  parts_.batches.expose(out);
  expose_judging(out, asked);
  expose_promotion(out, asked);
  expose_delivery(out, asked);
  expose_ledger(out);
  expose_storage(out, asked);
  expose_process(out);
  return out.text();
}

// Whoever comes meanwhile waits and takes the same.
ServerMetrics::Asked ServerMetrics::ask() {
  const std::lock_guard lock(mutex_);
  const auto now = std::chrono::steady_clock::now();
  if (asked_at_ && now - *asked_at_ < asked_age_max) return asked_;
  asked_ = Asked();
  const Millis time = parts_.clock.now_ms();
  const auto waiting = parts_.ledger.read([&](ReadTx& tx) { return ledger::count_waiting(tx, time); });
  if (waiting) asked_.waiting = *waiting;
  const auto outbox = parts_.ledger.read([](ReadTx& tx) { return ledger::get_outbox(tx); });
  if (outbox) {
    asked_.outbox = *outbox;
    asked_.outbox_lag = std::max<Millis>(0, time - outbox->oldest.value_or(time));
  }
  if (const auto space = parts_.objects.space()) asked_.space = *space;
  asked_at_ = now;
  return asked_;
}

void ServerMetrics::expose_traffic(Exposition& out) const {
  parts_.requests.expose(out);
  out.gauge("lakegate_http_connections", "Open connections.", figure(parts_.connections()));
  out.gauge("lakegate_http_connections_max", "Setting http.connections_max.", figure(parts_.limits.connections_max));
  out.gauge("lakegate_http_waiting_requests", "Requests that wait for a batch or for events, without a thread.",
            figure(parts_.watch.count()));
  out.gauge("lakegate_event_streams_open", "Streams of events (server-sent) that are open.",
            figure(parts_.event_streams()));
  out.gauge("lakegate_uploads_open", "Files and parts whose bytes are on their way.", figure(parts_.bodies.count()));
  const http::WorkerPool::Counts pool = parts_.pool.counts();
  out.gauge("lakegate_pool_threads", "Setting http.pool_threads.", figure(pool.threads));
  out.gauge("lakegate_pool_busy_threads", "Pool threads at work.", figure(pool.busy));
  out.gauge("lakegate_pool_queue", "Steps of requests that wait for a pool thread.", figure(pool.queued));
  out.gauge("lakegate_pool_queue_max", "Setting http.pool_queue_max: with so many waiting new requests are refused.",
            figure(parts_.limits.pool_queue_max));
}

void ServerMetrics::expose_judging(Exposition& out, const Asked& asked) const {
  const validation::ValidatorCounts counts = parts_.validator.counts();
  out.begin_counter("lakegate_files_judged_total", "Verdicts; a fault is a file that could not be judged twice.");
  out.add(figure(counts.good), {{"verdict", "good"}});
  out.add(figure(counts.bad), {{"verdict", "bad"}});
  out.add(figure(counts.faults), {{"verdict", "fault"}});
  out.durations("lakegate_file_judging_duration_seconds", "Judging one file in its worker.", counts.judging_us);
  if (asked.waiting) {
    out.gauge("lakegate_files_unjudged", "Complete files without a verdict; counting ends at 10000.",
              figure(asked.waiting->unjudged_files));
  }
  out.gauge("lakegate_files_with_workers", "Files that are given to workers.", figure(counts.files_given));
  out.gauge("lakegate_files_queued_for_workers", "Files that wait for a worker.", figure(counts.files_waiting));
  out.gauge("lakegate_workers", "Worker processes that there shall be.", figure(counts.workers));
  out.gauge("lakegate_workers_ready", "Worker processes that can judge.", figure(counts.workers_ready));
  out.begin_counter("lakegate_worker_ends_total", "Worker processes that were ended to be replaced.");
  for (const validation::WorkerEnd end : validation::all_worker_ends) {
    out.add(figure(counts.worker_ends[static_cast<size_t>(end)]), {{"cause", to_string(end)}});
  }
}

void ServerMetrics::expose_promotion(Exposition& out, const Asked& asked) const {
  const PromotionCounts counts = parts_.promoter.counts();
  out.begin_counter("lakegate_rounds_total", "Commits of tables, by Iceberg's operation.");
  for (const RoundKind kind : all_round_kinds)
    out.add(figure(counts.rounds[static_cast<size_t>(kind)]), {{"operation", to_string(kind)}});
  out.sizes("lakegate_round_batches", "Batches of one round.", counts.batches);
  out.durations("lakegate_round_duration_seconds", "One round, from reading its batches to its commit.",
                counts.round_us);
  out.durations("lakegate_batch_complete_to_active_seconds", "From a client's COMPLETE until the batch is readable.",
                counts.complete_to_active_us);
  if (asked.waiting) {
    out.gauge("lakegate_batch_oldest_waiting_seconds", "How long the oldest completed batch has waited to be active.",
              figure(asked.waiting->oldest_completed) / milliseconds_a_second);
  }
  const pipeline::Promoting::Counts tables = parts_.pipeline.promoting();
  out.gauge("lakegate_rounds_running", "Rounds under way.", figure(tables.running));
  out.gauge("lakegate_tables_waiting", "Tables that wait for their round.", figure(tables.waiting));
  out.gauge("lakegate_tables_set_back", "Tables whose round failed, to be tried again.", figure(tables.set_back));
}

void ServerMetrics::expose_delivery(Exposition& out, const Asked& asked) const {
  static const delivery::Counts nothing;
  const delivery::Counts& counts = parts_.delivery == nullptr ? nothing : *parts_.delivery;
  out.begin_counter("lakegate_delivery_attempts_total", "Events sent to subscriptions, by what the receiver said.");
  using Kind = delivery::Outcome::Kind;
  for (const auto& [kind, word] : {std::pair{Kind::delivered, "delivered"}, std::pair{Kind::retry, "retry"},
                                   std::pair{Kind::refused, "refused"}, std::pair{Kind::gone, "gone"}}) {
    out.add(figure(counts.count_of(kind)), {{"outcome", word}});
  }
  out.counter("lakegate_delivery_skipped_total", "Events that a subscription did not ask for.", figure(counts.skipped));
  out.counter("lakegate_delivery_dead_letters_total", "Events given up.", figure(counts.dead_letters));
  out.counter("lakegate_delivery_suspensions_total", "Subscriptions suspended.", figure(counts.suspensions));
  out.gauge("lakegate_delivery_in_flight", "Events on their way.", figure(counts.in_flight));
  out.gauge("lakegate_delivery_subscriptions_active", "Subscriptions at work.", figure(counts.subscriptions_active));
  if (!asked.outbox) return;
  out.gauge("lakegate_outbox_lanes", "Datasets with events that wait, for each subscription.",
            figure(asked.outbox->lanes));
  out.gauge("lakegate_outbox_events", "Events that wait to be delivered.", figure(asked.outbox->events));
  out.gauge("lakegate_outbox_lag_seconds", "How long ago the oldest of them happened.",
            figure(asked.outbox_lag) / milliseconds_a_second);
}

void ServerMetrics::expose_ledger(Exposition& out) const {
  const Ledger::Counts counts = parts_.ledger.counts();
  out.counter("lakegate_ledger_commits_total", "Commits; each is one sync of the disk.", figure(counts.commits));
  out.counter("lakegate_ledger_writes_total", "Changes that were committed.", figure(counts.members));
  out.counter("lakegate_ledger_refused_total", "Changes refused since too many waited.", figure(counts.refused));
  out.durations("lakegate_ledger_commit_duration_seconds", "One commit with its sync.", counts.commit_us);
  out.sizes("lakegate_ledger_group_size", "Changes of one commit.", counts.group_sizes);
  out.gauge("lakegate_ledger_write_queue", "Changes that wait for a commit.", figure(counts.waiting));
  out.gauge("lakegate_ledger_log_bytes", "The write-ahead log, until it is copied into the database.",
            figure(counts.log_bytes));
}

void ServerMetrics::expose_storage(Exposition& out, const Asked& asked) const {
  out.gauge("lakegate_storage_reserve_bytes", "Setting storage.reserve_bytes: with less free, uploads are refused.",
            figure(parts_.limits.storage_reserve_bytes));
  if (asked.space) {
    out.gauge("lakegate_storage_free_bytes", "Free on the disk of the objects.", figure(asked.space->free_bytes));
    out.gauge("lakegate_storage_total_bytes", "Size of the disk of the objects.", figure(asked.space->total_bytes));
  }
  if (!asked.waiting) return;
  out.gauge("lakegate_objects_due", "Objects that nothing refers to, to be removed now; counting ends at 10000.",
            figure(asked.waiting->objects_due));
  out.gauge("lakegate_objects_condemned", "The same, to be removed when their grace is over.",
            figure(asked.waiting->objects_condemned));
  out.gauge("lakegate_sweep_lag_seconds", "How long the object that is due longest has been.",
            figure(asked.waiting->sweep_lag) / milliseconds_a_second);
}

}  // namespace lakegate::metrics
