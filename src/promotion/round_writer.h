// RoundWriter: carries a planned round out: objects first, then the ledger.
#pragma once

#include <span>
#include <string>

#include "base/clock.h"
#include "base/random.h"
#include "base/result.h"
#include "ledger/ledger.h"
#include "ledger/object_reserve.h"
#include "model/batch_status.h"
#include "objects/object_store.h"
#include "promotion/promotion_settings.h"
#include "promotion/round_builder.h"

namespace lakegate {

// What a round does to its batches, and what their history says of it.
struct BatchChange {
  BatchEvent event = BatchEvent::promote;
  std::string cause = {};
  std::string user = {};   // empty: ours
  std::string trace = {};  // of the request that asks for it; empty: the batch keeps its own
};

// Thread-safe.
class RoundWriter {
 public:
  // `begun`: objects begun ahead, which each round fills up again with as many as it took.
  RoundWriter(Ledger& ledger, ObjectStore& objects, const Clock& clock, Random& random, int64_t epoch,
              const PromotionSettings& settings, ledger::ObjectReserve& begun)
      : ledger_(ledger),
        objects_(objects),
        clock_(clock),
        random_(random),
        epoch_(epoch),
        settings_(settings),
        begun_(begun) {}

  // Puts the objects, then commits: table, batches with history and events, what is referenced no more, and the objects
  // of the table's next round (of `org`); all in one transaction. After a failure the objects are condemned, unless the
  // outcome is unknown. `conflict` and `batch_wrong_state`: table or batches are not any more what the plan was made
  // from.
  Status write(const RoundPlan& plan, OrgNumber org, const BatchChange& change);

  // The table with fewer snapshots than before, `lists` theirs: one transaction stores it and condemns what nothing
  // shows any more. `conflict` as above.
  Status forget(TableState table, std::span<const ObjectKey> lists);

 private:
  Status begin_objects(const RoundPlan& plan);
  Status put_objects(const RoundPlan& plan);
  Status commit(const RoundPlan& plan, OrgNumber org, const BatchChange& change);
  void discard(const RoundPlan& plan);

  Ledger& ledger_;
  ObjectStore& objects_;
  const Clock& clock_;
  Random& random_;
  const int64_t epoch_;
  const PromotionSettings& settings_;
  ledger::ObjectReserve& begun_;
};

}  // namespace lakegate
