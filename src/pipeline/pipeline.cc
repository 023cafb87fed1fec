#include "pipeline/pipeline.h"

#include <optional>
#include <utility>

namespace lakegate::pipeline {
namespace {

Judging::Submit submit_to(validation::Validator& validator) {
  return [&validator](validation::ValidationRequest request, std::function<void(validation::ValidationOutcome)> done) {
    return validator.submit(std::move(request), std::move(done));
  };
}

Promoting::Promote promote_by(Promoter& promoter) {
  return [&promoter](const DatasetId& dataset) -> Result<bool> {
    LG_ASSIGN(const std::optional<Round> round, promoter.promote(dataset));
    return round && round->more;
  };
}

Expiring::Expire expire_by(Promoter& promoter) {
  return [&promoter](const Batch& batch) -> Status {
    LG_TRY(promoter.revert(Sight::whole(batch.scope), batch.id, BatchEvent::expire, "its time to live is over"));
    return {};
  };
}

Forgetting::Forget forget_by(Promoter& promoter) {
  return [&promoter](const DatasetId& dataset, Millis before) { return promoter.forget_history(dataset, before); };
}

}  // namespace

Pipeline::Pipeline(const PipelineParts& parts, const PipelineSettings& settings)
    : settings_(settings),
      judging_(parts.ledger, parts.objects, submit_to(parts.validator), parts.clock, settings_),
      advancing_(parts.ledger, parts.clock, settings_),
      promoting_(parts.ledger, promote_by(parts.promoter), settings_),
      sweeping_(parts.ledger, parts.objects, parts.removals, parts.clock, parts.epoch, settings_),
      abandoning_(parts.ledger, parts.bodies, parts.clock, settings_),
      expiring_(parts.ledger, expire_by(parts.promoter), parts.clock, settings_),
      forgetting_(parts.ledger, forget_by(parts.promoter), parts.clock, settings_) {}

void Pipeline::start() {
  judging_.start();
  advancing_.start();
  promoting_.start();
  sweeping_.start();
  abandoning_.start();
  expiring_.start();
  forgetting_.start();
}

void Pipeline::stop() {
  judging_.stop();
  advancing_.stop();
  promoting_.stop();
  sweeping_.stop();
  abandoning_.stop();
  expiring_.stop();
  forgetting_.stop();
}

void Pipeline::wake(std::span<const Wake> wakes) {
  for (const Wake& one : wakes) wake(one);
}

void Pipeline::wake(const Wake& wake) {
  switch (wake.kind) {
    case Wake::Kind::file_complete: return judging_.wake();
    case Wake::Kind::verdict: return advancing_.wake(wake.batch);
    case Wake::Kind::object: return sweeping_.wake();
    case Wake::Kind::dataset: return expiring_.wake();
    case Wake::Kind::table:
    case Wake::Kind::lane:
    case Wake::Kind::subscription:
    case Wake::Kind::event: return;
    case Wake::Kind::batch_status: break;
  }
  if (wake.status == BatchStatus::staged) promoting_.wake(wake.dataset);
  if (wake.status == BatchStatus::inactive) {
    sweeping_.wake();
    forgetting_.wake();
  }
}

}  // namespace lakegate::pipeline
